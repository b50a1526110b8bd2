"""The executor: each mutation's payload in a transaction, and what is answered counted."""

from contextlib import ExitStack
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.base.tariff import tariff_of


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Reads the payload of each mutation in a transaction that ends with its last field, counts
    what an operation costs, and ends it where nobody waits for it any more.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tariff = tariff_of(self.schema)
        self._weights, self._rows = tariff.weights, tariff.rows

    def execute_field(self, parent_type: Any, source: Any, details: Any, *args: Any) -> Any:
        """Execute a field; at the mutation's root, with a place for its payload's transaction."""
        context = self.context_value
        if context.stop is not None and context.stop.reason is not None:
            raise context.stop.reason
        if weights := self._weights.get(parent_type.name):
            context.cost += weights.get(details[0].node.name.value, 0)
        is_root_of_mutation: bool = parent_type is self.schema.mutation_type
        if not is_root_of_mutation:
            return super().execute_field(parent_type, source, details, *args)
        with ExitStack() as stack:
            context.payload = stack
            return super().execute_field(parent_type, source, details, *args)

    def complete_object_value(self, return_type: Any, *args: Any) -> Any:
        """Complete an object, which costs 1 where it is a row."""
        self.context_value.cost += return_type.name in self._rows
        return super().complete_object_value(return_type, *args)
