"""The values of settings: texts that are read as a type and held to a rule."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import DataError, OperationalError, connection
from psycopg.errors import InvalidRegularExpression, QueryCanceled

from apps.core import errors
from apps.core.models import SystemSetting
from kernel.viewer import acting_as, current_viewer

Type = SystemSetting.Type

#: As many digits as the columns of the least and the greatest value have.
INTEGER = re.compile(r"-?[0-9]{1,14}")
DECIMAL = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,6})?")
#: How long PostgreSQL may match one value.
PATIENCE = "500ms"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value has to be: of a type, within a range, and of a form."""

    type: str
    least: Decimal | int | None = None
    most: Decimal | int | None = None
    pattern: str = ""
    #: Raises DomainError for a value that it refuses besides.
    besides: Callable[[Any], None] | None = None

    def check(self, text: str) -> None:
        """Raise InvalidRule where the rule makes no sense, and InvalidType, OutOfRange or
        PatternMismatch where the text does not keep it.
        """
        self.check_range()
        fits = not self.pattern or matches(text, self.pattern)
        self.read(text)
        if not fits:
            raise errors.PatternMismatch

    def check_range(self) -> None:
        """Raise InvalidRule for a range that is upside down, or of what has no size."""
        if self.least is None and self.most is None:
            return
        if self.type in (Type.BOOLEAN, Type.JSON):
            raise errors.InvalidRule(params={"reason": f"a {self.type} has no range"})
        if self.least is not None and self.most is not None and self.least > self.most:
            raise errors.InvalidRule(params={"reason": "the least value is above the greatest"})

    def read(self, text: str) -> Any:
        """The value that a text stands for. Raises InvalidType, OutOfRange, or what ``besides``
        raises.
        """
        value = parse(self.type, text)
        size = len(value) if self.type == Type.STRING else value
        if self.least is not None and size < self.least:
            raise errors.OutOfRange
        if self.most is not None and size > self.most:
            raise errors.OutOfRange
        if self.besides is not None:
            self.besides(value)
        return value


def rule_of(setting: SystemSetting) -> Rule:
    """The rule that the row of a setting has."""
    return Rule(
        type=setting.setting_type,
        least=setting.min_value,
        most=setting.max_value,
        pattern=setting.validation_regex,
    )


def parse(kind: str, text: str) -> Any:
    """A text as a value of a type. Raises InvalidType."""
    try:
        return PARSERS[kind](text)
    except (ValueError, RecursionError) as error:
        raise errors.InvalidType(params={"type": kind}) from error


def unparse(kind: str, value: Any) -> str:
    """The text that is read as a value of a type."""
    if kind in (Type.BOOLEAN, Type.JSON):
        return json.dumps(value, ensure_ascii=False)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def matches(text: str, pattern: str) -> bool:
    """Whether the whole of a text matches a regular expression of PostgreSQL's.

    Raises InvalidPattern for what is no expression, and for one that takes too long.
    """
    # Asked of PostgreSQL, for people write these expressions. Python's engine can be kept busy for
    # years by a short one, in C and holding the interpreter's lock, so that nothing could stop it
    # and no thread would run beside it; a statement of PostgreSQL's is ended by its time-out.
    # The expression is tried by itself too: "a)|(b" would make sense between the parentheses alone.
    try:
        with (
            acting_as(current_viewer(), statement_timeout=PATIENCE),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT %s::text ~ %s, '' ~ %s", [text, rf"\A(?:{pattern})\Z", pattern])
            return bool(cursor.fetchone()[0])
    except DataError as error:
        if not isinstance(error.__cause__, InvalidRegularExpression):
            raise
        raise errors.InvalidPattern(params={"reason": "this is no regular expression"}) from error
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise errors.InvalidPattern(params={"reason": "the expression takes too long"}) from error


def _digits(form: re.Pattern[str], kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if not form.fullmatch(text):
            raise ValueError
        return kind(text)

    return read


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


def _json(text: str) -> Any:
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    """Python reads NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


PARSERS: dict[str, Callable[[str], Any]] = {
    Type.STRING: str,
    Type.INTEGER: _digits(INTEGER, int),
    Type.DECIMAL: _digits(DECIMAL, Decimal),
    Type.BOOLEAN: _boolean,
    Type.JSON: _json,
}
