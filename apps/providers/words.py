"""What people type to find providers, as a query of words in three languages."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import SearchQuery

from apps.providers.errors import SearchTooLong

MAX_LENGTH = 200
#: Fewer letters begin too many words to say what is meant.
MIN_BEGINNING = 3

#: The database's text search configurations. All of them drop the stop words of all languages and
#: fold accents; each reduces words to the stems of its language.
CONFIGURATIONS = ("fundi_english", "fundi_french", "fundi_russian")

OR = {"or", "ou", "или"}
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_BEGINNING = re.compile(rf"\w{{{MIN_BEGINNING},}}")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
#: What no text in the database can hold.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or a phrase in quotes, that is looked for or left out."""

    text: str
    is_phrase: bool
    is_excluded: bool

    def query(self, *, unfinished: bool) -> Any:
        """Whoever has it in any language, or a word that it begins; or, excluded, all others."""
        kind = "phrase" if self.is_phrase else "plain"
        found = [SearchQuery(self.text, config=c, search_type=kind) for c in CONFIGURATIONS]
        if self.is_excluded:
            return reduce(and_, [~each for each in found])
        # Letters and digits alone: nothing that the syntax of raw queries has a meaning for.
        if unfinished and not self.is_phrase and _BEGINNING.fullmatch(self.text):
            found.append(_beginning(self.text))
        return reduce(or_, found)


def _beginning(text: str) -> SearchQuery:
    """Whoever has a word that begins so."""
    # Russian leaves Latin words as they are, and English Cyrillic ones: half a word has no stem.
    config = "fundi_english" if _CYRILLIC.search(text) else "fundi_russian"
    return SearchQuery(f"{text}:*", config=config, search_type="raw")


def query_of(text: str) -> Any:
    """The query of a text as search engines read it; None where it asks for nothing.

    All words have to be there; ``"words in quotes"`` one after the other; ``-word`` must not;
    ``or`` parts alternatives. The last word may be the beginning of one. What only leaves out asks
    for nothing. Raises SearchTooLong.
    """
    if len(text) > MAX_LENGTH:
        raise SearchTooLong
    groups = [group for group in _groups(text) if any(not term.is_excluded for term in group)]
    if not groups:
        return None
    last = groups[-1][-1]
    return reduce(
        or_, [reduce(and_, [t.query(unfinished=t is last) for t in group]) for group in groups]
    )


def words_of(text: str) -> list[str]:
    """The words of a text as they stand, for those who look for parts of words.

    Raises SearchTooLong.
    """
    if len(text) > MAX_LENGTH:
        raise SearchTooLong
    return _UNSTORABLE.sub(" ", text).split()


def _groups(text: str) -> Iterator[list[Term]]:
    """The alternatives, each as its terms."""
    group: list[Term] = []
    for found in _TERM.finditer(unicodedata.normalize("NFC", _UNSTORABLE.sub(" ", text))):
        if (found["word"] or "").lower() in OR and not found["minus"]:
            yield group
            group = []
        else:
            phrase = found["phrase"]
            group.append(Term(found["word"] or phrase, phrase is not None, bool(found["minus"])))
    yield group
