"""Countries by their ISO 3166-1 alpha-2 codes."""

from functools import cache

from babel import Locale

from kernel.errors import DomainError

#: Two letters that CLDR has names for, and that are no country of the standard.
NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN"})
UNASSIGNED = frozenset({"XA", "XB", "XK", "ZZ"})


class UnknownCountry(DomainError):
    """The code is none of a country."""

    code = "unknown_country"
    message = "There is no country with this ISO 3166-1 alpha-2 code."
    field = "country"


def check_country(code: str) -> None:
    """Raise UnknownCountry for a code that is not of the standard."""
    if code not in _codes():
        raise UnknownCountry


@cache
def _codes() -> frozenset[str]:
    known = map(str, Locale("en").territories)
    names = {name for name in known if len(name) == 2 and name.isalpha()}
    return frozenset(names - NO_COUNTRIES - UNASSIGNED)
