"""Settings that the code declares, with what they are by default.

A domain declares those that it reads in a ``configuration.py`` of its own, which is loaded when a
process starts::

    URGENT = Setting(
        "pricing.urgent_percent",
        Type.DECIMAL,
        default=Decimal(25),
        least=0,
        most=200,
        is_public=True,
        description="What an urgent order costs more, in percent.",
        category="pricing",
    )

and asks ``URGENT.value()``. Each has a row, made by ``initialize_app``, in which administrators
change the value; its key and its type stay.
"""

import copy
import re
from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

import structlog

from apps.core.models import SETTING_KEY, SystemSetting
from apps.core.values import Rule, Type, unparse
from kernel.errors import DomainError

log = structlog.get_logger(__name__)

Value = TypeVar("Value")

STRING, INTEGER, DECIMAL = Type.STRING, Type.INTEGER, Type.DECIMAL
BOOLEAN, JSON = Type.BOOLEAN, Type.JSON


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """A setting that the code reads. Raises ValueError where another one has its key, and
    DomainError where its default is not what it may be.
    """

    key: str
    type: Type
    _: KW_ONLY
    default: Value
    description: str
    least: Decimal | int | None = None
    most: Decimal | int | None = None
    pattern: str = ""
    #: Raises DomainError for a value that it cannot be, where type, range and form say too little.
    besides: Callable[[Any], None] | None = None
    is_public: bool = False
    requires_admin: bool = True
    category: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(SETTING_KEY, self.key):
            raise ValueError(f"{self.key} is no key of a setting.")
        if self.key in DECLARED:
            raise ValueError(f"There is another setting {self.key}.")
        self.rule.check_range()
        self.rule.read(unparse(self.type, self.default))
        DECLARED[self.key] = self

    @property
    def rule(self) -> Rule:
        """What its value has to be, whatever rule the row has besides."""
        return Rule(self.type, self.least, self.most, self.pattern, self.besides)

    def value(self) -> Value:
        """What administrators set, as it is at this moment; the default where they set nothing."""
        return cast("Value", values(self)[0])

    def read(self, text: str | None) -> Value:
        """The value that a row's text stands for; the default without a row, and for a text that is
        none of its values, which only one who went round the services can have written.
        """
        if text is not None:
            try:
                return cast("Value", self.rule.read(text))
            except DomainError:
                log.error("setting_unreadable", key=self.key)
        return copy.deepcopy(self.default)

    def row(self) -> SystemSetting:
        """The row in which administrators change it, with its default."""
        return SystemSetting(
            key=self.key,
            value=unparse(self.type, self.default),
            setting_type=self.type,
            description=self.description,
            is_public=self.is_public,
            requires_admin=self.requires_admin,
            category=self.category,
            validation_regex=self.pattern,
            min_value=self.least,
            max_value=self.most,
        )


#: Every declared setting by its key.
DECLARED: dict[str, Setting[Any]] = {}


def values(*settings: Setting[Any]) -> list[Any]:
    """The values of several settings, read by one statement."""
    texts = _texts(setting.key for setting in settings)
    return [setting.read(texts.get(setting.key)) for setting in settings]


def _texts(keys: Iterable[str]) -> dict[str, str]:
    """What the rows say, read each time: what was kept would be out of date in other processes."""
    return dict(SystemSetting.objects.filter(key__in=[*keys]).values_list("key", "value"))
