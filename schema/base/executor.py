"""The executor: each mutation's payload in a transaction, and what is answered counted."""

from contextlib import ExitStack
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.base.tariff import tariff_of


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Reads the payload of each mutation in a transaction that ends with its last field, counts
    what an operation costs, and ends it where nobody waits for it any more.

    It looks at objects rather than at fields, of which there are many times more.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tariff = tariff_of(self.schema)
        self._weights, self._rows = tariff.weights, tariff.rows

    def execute_root_grouped_field_set(
        self, root_type: Any, root_value: Any, grouped_field_set: Any, *more: Any
    ) -> Any:
        """Execute the fields at the root, each with a place for its payload's transaction."""
        answered: dict[str, Any] = {}
        for name, details in grouped_field_set.items():
            self._begin(root_type, {name: details})
            with ExitStack() as self.context_value.payload:
                found: Any = super().execute_root_grouped_field_set(
                    root_type, root_value, {name: details}, *more
                )
                answered |= found
        return answered

    def execute_collected_subfields(
        self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: Any, *more: Any
    ) -> Any:
        """Execute the fields of an object, which costs 1 where it is a row."""
        self.context_value.cost += parent_type.name in self._rows
        self._begin(parent_type, grouped_field_set)
        return super().execute_collected_subfields(
            parent_type, source_value, path, grouped_field_set, *more
        )

    def _begin(self, kind: Any, fields: Any) -> None:
        """Pay for fields. Raises what ends the operation."""
        context = self.context_value
        if context.stop is not None and context.stop.reason is not None:
            raise context.stop.reason
        if weights := self._weights.get(kind.name):
            context.cost += sum(
                weights.get(details[0].node.name.value, 0) for details in fields.values()
            )
