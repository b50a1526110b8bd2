"""How the operation of a request runs: priced before, paid for, and ended in time."""

from typing import Any

from django.conf import settings
from strawberry import Schema
from strawberry.types.execution import ExecutionResult

from schema.base.charges import Charge
from schema.base.context import Context
from schema.base.cost import price_of
from schema.base.deadline import in_time
from schema.base.execution import Prepared, execute
from schema.base.measures import check_variables
from schema.base.observing import Observation
from schema.base.stop import Stop


async def run(
    schema: Schema,
    prepared: Prepared,
    variables: dict[str, Any] | None,
    context: Context,
) -> ExecutionResult:
    """What an operation answers. Raises LimitExceeded where it asks for more than one may, before
    anything is looked up.
    """
    charge = charged(schema, prepared, variables, context)
    context.pay, context.stop = charge.pay, Stop()

    def work() -> ExecutionResult:
        seen = Observation(prepared, context)
        result = execute(schema, prepared, variables, context)
        charge.settle()
        seen.ended(result)
        # Who could not be let in is told nothing.
        if charge.left or result.data is not None:
            result.extensions = {"cost": charge.told(), **(result.extensions or {})}
        return result

    found: ExecutionResult = await in_time(work, context.stop, settings.OPERATION_SECONDS)
    return found


def charged(
    schema: Schema, prepared: Prepared, variables: dict[str, Any] | None, context: Context
) -> Charge:
    """What is to be paid for an operation. Raises LimitExceeded."""
    check_variables(variables, settings.DOCUMENT_LIMITS)
    return Charge(context, price_of(schema, prepared, variables))
