"""Ways to get in touch that stand in a text: addresses of the web and of mail, phone numbers.

What looks like one is taken for one: a long number is lost rather than a phone told. The patterns
mean the same to Python and to PostgreSQL, and each part is bounded, so that no text takes long.
"""

import re

from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable

#: What stands where something was left out.
BLOT = "•••"

#: A label of a name, and what stands before the @: at most as long as RFC 1035 and RFC 5321 say.
_LABEL, _LOCAL = r"[\w-]{1,63}", r"[\w.%+-]{1,64}"
_AT = r"(?:\s?@\s?|\s?[\[(]\s?(?:at|@)\s?[\])]\s?|\s{1,3}at\s{1,3})"
_DOT = r"(?:\.|\s?[\[(]\s?(?:dot|\.)\s?[\])]\s?|\s{1,3}dot\s{1,3})"
_ENDINGS = "com|net|org|info|biz|io|me|ly|co|app|shop|online|site|africa|link"
_COUNTRIES = "za|ke|ng|kg|ru|fr|uk|de|eu"
#: Between the digits of a number: spaces, brackets, points, and all kinds of strokes.
_GAP = r"[\s()\[\].,/\u00b7\u2022_\u2010-\u2015-]{0,4}"
_DIGIT = r"(?:\d|[\uff10-\uff19]|zero|one|two|three|four|five|six|seven|eight|nine)"

PATTERNS = (
    r"(?:https?:|www\.)\S+",
    rf"{_LOCAL}{_AT}{_LABEL}(?:{_DOT}{_LABEL}){{0,4}}{_DOT}(?:(?!\d)\w){{2,63}}",
    rf"(?:{_LABEL}\.){{1,4}}(?:{_ENDINGS}|{_COUNTRIES})(?!\w)(?:/\S*)?",
    rf"(?:\+\s?)?[(\[]?{_DIGIT}(?:{_GAP}{_DIGIT}){{6,}}",
)
_ANY = [re.compile(pattern, re.IGNORECASE) for pattern in PATTERNS]


def names_contact(*texts: str) -> bool:
    """Whether a text says where somebody is reached besides the platform."""
    return any(pattern.search(text) for pattern in _ANY for text in texts)


def without_contacts(text: Combinable) -> Combinable:
    """A text of the database's with the ways to get in touch blotted out."""
    for pattern in PATTERNS:
        arguments = (text, Value(pattern), Value(BLOT), Value("gi"))
        text = Func(*arguments, function="regexp_replace", output_field=TextField())
    return text
