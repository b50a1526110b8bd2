"""The answer of operations that have nothing to show."""

import strawberry


@strawberry.type(description="An operation that has nothing to show but that it was done.")
class Done:
    """The answer of mutations without an object."""

    ok: bool = strawberry.field(default=True, description="Always true.")
