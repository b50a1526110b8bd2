"""Global ids: what clients hold, and the keys in them."""

from uuid import UUID

from django.db.models import Model
from strawberry import relay
from strawberry_django import BaseFilterLookup

from kernel.errors import DomainError

#: How filters take ids. One of another type matches nothing: keys are unique across types.
Ids = BaseFilterLookup[relay.GlobalID]


class InvalidId(DomainError):
    """The id names an object of another type, or nothing at all."""

    code = "invalid_id"
    message = "This id is not one of the expected type."
    field = "id"


def key(global_id: relay.GlobalID, *, of: type[Model]) -> UUID:
    """The key of a row of a model; InvalidId where the id is one of another type."""
    if global_id.type_name != of.__name__:
        raise InvalidId
    return parse_key(global_id.node_id)


def parse_key(text: str) -> UUID:
    """A key from the text within an id; InvalidId for any other text."""
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidId from error
