"""Money as minor units with an ISO 4217 currency: never a float."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, total_ordering
from typing import Any, Self

from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from kernel.errors import DomainError


class CurrencyMismatch(DomainError):
    """Two amounts of different currencies met."""

    code = "currency_mismatch"
    message = "The amount is in another currency than expected."
    field = "amount"


class InvalidAmount(DomainError):
    """The text is no amount of this currency."""

    code = "invalid_amount"
    message = "This is not an amount in that currency."
    field = "amount"


_AMOUNT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class InvalidCurrency(DomainError):
    """The text is no code of a currency."""

    code = "invalid_currency"
    message = "This is not an ISO 4217 code."


@lru_cache
def exponent(currency: str) -> int:
    """The number of decimal places of a currency (CLDR); InvalidAmount for an unknown one."""
    if currency not in list_currencies():
        raise InvalidAmount(f"There is no currency {currency}.")
    return get_currency_precision(currency)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of a currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int):
            raise TypeError(f"Minor units are whole numbers, not {self.minor!r}.")

    @classmethod
    def parse(cls, amount: str | Decimal | int, currency: str) -> Self:
        """Read a decimal amount; InvalidAmount for text that is none or has too many places."""
        if isinstance(amount, str) and not _AMOUNT.fullmatch(amount):
            raise InvalidAmount
        if isinstance(amount, float):
            raise TypeError(f"Amounts are decimal, not {amount!r}.")
        value = Decimal(amount)
        if not value.is_finite() or value.adjusted() >= 15:
            raise InvalidAmount
        # By fractions, for decimal arithmetic would round away the 29th digit.
        minor = Fraction(value) * 10 ** exponent(currency)
        if minor.denominator != 1 or abs(minor) >= 10**15:
            raise InvalidAmount
        return cls(minor.numerator, currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        """The amount to the nearest minor unit, halves to the even one."""
        return cls(int(amount.scaleb(exponent(currency)).to_integral_value()), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with all decimal places of its currency."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @property
    def formatted(self) -> str:
        """The amount as people in the platform's language write it."""
        return format_currency(self.amount, self.currency, locale="en")

    def __str__(self) -> str:
        return self.formatted

    def __add__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.minor - other.minor, self.currency)

    def __mul__(self, factor: int) -> Self:
        return type(self)(self.minor * factor, self.currency)

    def __lt__(self, other: Self) -> bool:
        self._same(other)
        return self.minor < other.minor

    def split(self, weights: Sequence[int]) -> list[Self]:
        """Parts in proportion to the weights that add up to the whole (largest remainder)."""
        total = sum(weights)
        shares = [divmod(self.minor * weight, total) for weight in weights]
        parts = [quotient for quotient, _ in shares]
        largest = sorted(range(len(weights)), key=lambda i: -shares[i][1])
        for index in largest[: self.minor - sum(parts)]:
            parts[index] += 1
        return [type(self)(part, self.currency) for part in parts]

    def _same(self, other: Self) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch


class _MoneyAttribute(DeferredAttribute):
    """Reads a row's minor units as Money in the row's currency."""

    field: "MoneyField"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        if instance is None or not isinstance(value, int):
            return value
        return Money(value, self.field.currency_of(instance))

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value.minor if isinstance(value, Money) else value


class MoneyField(models.BigIntegerField[Any, Any]):
    """Minor units in a bigint; the currency stands in another column of the row.

    ``currency`` names that column; without it the amount is in the platform's currency.
    Assigning Money of another currency than the row's is the caller's fault and not checked here:
    services compare first and raise CurrencyMismatch.
    """

    # What django-stubs reads: Money, and in queries also minor units and expressions.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    _pyi_lookup_exact_type: Any

    descriptor_class = _MoneyAttribute

    def __init__(self, *args: Any, currency: str | None = None, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def currency_of(self, instance: models.Model) -> str:
        """The currency of this amount on a row."""
        found = getattr(instance, self.currency) if self.currency else settings.PLATFORM_CURRENCY
        return str(found)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.currency:
            kwargs["currency"] = self.currency
        return name, path, args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.minor if isinstance(value, Money) else value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Money) else super().to_python(value)

    @property
    def validators(self) -> list[Callable[..., None]]:
        """None: limits of an amount are check constraints."""
        return []

    def value_to_string(self, obj: models.Model) -> str:
        return str(obj.__dict__[self.attname])


def _check_currency(code: str) -> None:
    try:
        exponent(code)
    except InvalidAmount as error:
        raise InvalidCurrency from error


class CurrencyField(models.CharField[str, str]):
    """An ISO 4217 code."""

    default_validators = [_check_currency]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        super().__init__(*args, **kwargs)
