"""One way to write a mutation: gate, idempotency and resolver inside one handler of errors."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Union

import strawberry
import strawberry_django
from django.apps import apps
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from strawberry.utils.str_converters import capitalize_first, to_camel_case

from apps.core.services import idempotency
from apps.core.services.idempotency import Outcome
from kernel.errors import EXPECTED, DomainError, NotFound
from kernel.viewer import acting_as
from schema.base import errors
from schema.base.context import Context
from schema.base.errors import OperationInfo
from schema.base.gates import Gate
from schema.base.limits import UPLOAD, Limit
from schema.base.tariff import CostDirective
from schema.base.types import planned

PAYLOAD = "What was done, or why it was not."


class InvalidKey(DomainError):
    """The idempotency key is empty or too long."""

    code = "invalid_idempotency_key"
    message = "An idempotency key has 1 to 100 characters."
    field = "idempotencyKey"


@strawberry.input(description="What a repeatable mutation takes besides its own fields.")
class Keyed:
    """The base of inputs of mutations that create rows or move money or messages."""

    idempotency_key: str | None = strawberry.field(
        default=None,
        description="A key of your own making: a repeat with the same key has no second effect.",
    )

    def visitor(self) -> str:
        """By what a visitor's keys are told from those of other visitors."""
        return ""


@strawberry.input(description="What a change takes besides its own fields.")
class Versioned:
    """The base of inputs of mutations that change an object."""

    version: int | None = strawberry.field(
        default=None, description="The version that was read: another one answers version_conflict."
    )


#: What an effect costs, besides the rows of its payload.
MUTATION_COST = 10


def mutation(
    *,
    gate: Gate,
    description: str,
    own_transactions: bool = False,
    limit: Limit | None = None,
    cost: int = MUTATION_COST,
    to_visitors: Callable[[str], Any] | None = None,
) -> Any:
    """A root field of the mutation type, which answers its object or an OperationInfo.

    The resolver runs in one transaction, together with the note of its idempotency key; after the
    commit its object is read again for the payload, as a repeat would read it. With
    ``own_transactions`` the service opens them itself, where a refusal has to leave a trace.
    ``to_visitors`` makes what is answered to those without an account, who may see no row, of the
    key of the object.
    """

    def decorate(resolver: Callable[..., Any]) -> Any:
        @wraps(resolver)
        def run(self: Any, info: strawberry.Info[Context], **kwargs: Any) -> Any:
            try:
                gate.check(info.context.viewer)
                if limit is not None:
                    limit.take(info, kwargs.get("input"))
                if _holds_a_file(kwargs):
                    UPLOAD.take(info, None)
                if own_transactions:
                    result = resolver(self, info, **kwargs)
                else:
                    result = _run(lambda: resolver(self, info, **kwargs), info, kwargs)
                return _answer(result, info, to_visitors)
            except EXPECTED as error:
                return errors.operation_info(errors.explain(error))

        name = capitalize_first(to_camel_case(resolver.__name__))
        answer = resolver.__annotations__["return"]
        run.__annotations__["return"] = Annotated[
            Union[answer, OperationInfo],  # noqa: UP007 - made at run time
            strawberry.union(f"{name}Payload", description=PAYLOAD),
        ]
        directives = [gate.directive, CostDirective(weight=cost)]
        return strawberry_django.mutation(run, description=description, directives=directives)

    return decorate


def _holds_a_file(given: Any) -> bool:
    if dataclasses.is_dataclass(given):
        given = [getattr(given, field.name) for field in dataclasses.fields(given)]
    if isinstance(given, dict):
        given = list(given.values())
    if isinstance(given, list):
        return any(map(_holds_a_file, given))
    return isinstance(given, UploadedFile)


def _run(run: Callable[[], Any], info: strawberry.Info[Context], kwargs: dict[str, Any]) -> Any:
    """Run a resolver in one transaction, and once under its key where it has one."""
    viewer, given = info.context.viewer, kwargs.get("input")
    key = getattr(given, "idempotency_key", None)
    with acting_as(viewer):
        return run() if key is None else _once(key, run, info, given)


def _answer(
    result: Any, info: strawberry.Info[Context], to_visitors: Callable[[str], Any] | None
) -> Any:
    """What a resolver came to, as clients see it: an object is read again for them."""
    if isinstance(result, models.Model):
        result = Outcome(model=result._meta.label, key=str(result.pk))
    if not isinstance(result, Outcome):
        return result
    if result.refusal is not None:
        return errors.operation_info(result.refusal)
    if to_visitors is not None and not info.context.viewer.is_signed_in:
        return to_visitors(result.key)
    return _payload(result, info)


def _once(key: str, run: Callable[[], Any], info: strawberry.Info[Context], given: Any) -> Outcome:
    if not 0 < len(key) <= 100:
        raise InvalidKey
    return idempotency.once(
        scope=str(info.context.viewer.user_id or f"visitor{given.visitor()}"),
        operation=info.field_name,
        key=key,
        fingerprint=_fingerprint(given),
        run=run,
        explain=errors.explain,
    )


def _fingerprint(given: Any) -> str:
    """A digest of an input that is the same for the same input."""
    text = json.dumps(given, default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return _digest(value) if isinstance(value, UploadedFile) else repr(value)


def _digest(file: "UploadedFile[Any]") -> str:
    """A file by what is in it: two of the same name may differ."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _payload(outcome: Outcome, info: strawberry.Info[Context]) -> models.Model:
    """The object of an outcome as the viewer sees it now, in the payload's own transaction."""
    info.context.payload.enter_context(acting_as(info.context.viewer))
    manager: Any = apps.get_model(outcome.model).objects
    rows = manager.all_with_deleted() if hasattr(manager, "all_with_deleted") else manager.all()
    seen = rows.visible_to(info.context.viewer).filter(pk=outcome.key)
    found: models.Model | None = planned(seen, info).first()
    if found is None:
        raise NotFound
    return found
