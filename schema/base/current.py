"""The object that a change was refused for, as it is now: what a client shows to whom it merges."""

from typing import Any

import strawberry
from django.apps import apps
from strawberry import relay
from strawberry.types.base import StrawberryObjectDefinition

from kernel.viewer import acting_as
from schema.base.context import Context
from schema.base.types import Node, planned

#: The label of its model, and its key.
Reference = tuple[str, str]


def current_object(root: Any, info: strawberry.Info[Context]) -> relay.Node | None:
    """The object of ``root.about`` as the viewer sees it, in the payload's transaction; None where
    the refusal is about no object's version.
    """
    if root.about is None:
        return None
    label, key = root.about
    model: Any = apps.get_model(label)
    definition = info.schema.get_type_by_name(model.__name__)
    if not isinstance(definition, StrawberryObjectDefinition):
        return None
    origin: type[Node] = definition.origin
    viewer = info.context.viewer
    info.context.payload.enter_context(acting_as(viewer))
    found = planned(model.objects.visible_to(viewer).filter(pk=key), info).first()
    return strawberry.cast(origin, found) if found is not None else None
