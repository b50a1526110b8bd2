"""From ids to objects for reading: always through ``visible_to``, planned by the optimizer."""

from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Model
from strawberry import relay
from strawberry.types.base import StrawberryObjectDefinition
from strawberry_django.utils.typing import get_django_definition

from kernel.errors import NotFound
from schema.base.context import Context, Info
from schema.base.gates import Anyone
from schema.base.ids import InvalidId, key, parse_key
from schema.base.pagination import query
from schema.base.tariff import ListSizeDirective
from schema.base.types import Node, planned


def fetch(
    model: type[Model], id: relay.GlobalID | UUID | None, info: strawberry.Info[Context]
) -> Any:
    """The row of an id with all that the selection needs; NotFound if missing or hidden."""
    found = find(model, key(id, of=model) if isinstance(id, relay.GlobalID) else id, info)
    if found is None:
        raise NotFound
    return found


def find(model: type[Model], pk: UUID | str | None, info: strawberry.Info[Context]) -> Any:
    """The row of a key with all that the selection needs; None if missing or hidden."""
    rows: Any = model.objects  # type: ignore[attr-defined]
    return planned(rows.visible_to(info.context.viewer).filter(pk=pk), info).first()


def _type_of(id: relay.GlobalID, info: strawberry.Info[Context]) -> tuple[type, type[Model]]:
    definition = info.schema.get_type_by_name(id.type_name)
    if isinstance(definition, StrawberryObjectDefinition) and issubclass(definition.origin, Node):
        django_type = get_django_definition(definition.origin)
        if django_type is not None:
            return definition.origin, django_type.model
    raise InvalidId


def _visible(id: relay.GlobalID, info: strawberry.Info[Context]) -> Any:
    origin, model = _type_of(id, info)
    found = find(model, parse_key(id.node_id), info)
    return strawberry.cast(origin, found) if found is not None else None


@strawberry.type
class NodesQuery:
    """Relay's two root fields."""

    @query(gate=Anyone, description="The object of a global id.")
    def node(self, info: Info, id: relay.GlobalID) -> relay.Node | None:
        """The object of a global id; not_found if it is missing or hidden."""
        found = _visible(id, info)
        if found is None:
            raise NotFound
        return found

    @query(
        gate=Anyone,
        description="The objects of global ids; null for missing or hidden ones.",
        size=ListSizeDirective(slicing_arguments=["ids"]),
    )
    def nodes(self, info: Info, ids: list[relay.GlobalID]) -> list[relay.Node | None]:
        """The objects of global ids, in the order asked for."""
        return [_visible(id, info) for id in ids]
