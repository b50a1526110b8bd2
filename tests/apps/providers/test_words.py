"""Whatever people type is a query."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.providers.errors import SearchTooLong
from apps.providers.models import ServiceProviderProfile
from apps.providers.selectors import matching
from apps.providers.services.search import index_all
from apps.providers.words import MAX_LENGTH, query_of
from tests.factories.providers import ProviderFactory

#: What queries of words are made of, and what no text can hold.
SIGNS = ["-", '"', " ", "or ", "&", "|", "!", ":*", "(", ")", "<->", "'", "\\", "\x00", "\ud800"]
PARTS = st.one_of(
    st.sampled_from([*SIGNS, "pipes", "the", "сантехник", "é", "e\u0301"]),
    st.text(st.characters(), max_size=20),
)


def found(text: str) -> list[str]:
    """The names of those whom a text finds."""
    everyone = ServiceProviderProfile.objects.all()
    return [provider.business_name for provider in matching(everyone, text)]


@pytest.mark.django_db
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example("\ufdfa" * MAX_LENGTH)
@example("a " * (MAX_LENGTH // 2))
@example('-"' * (MAX_LENGTH // 2))
@example("_" * MAX_LENGTH)
@given(st.lists(PARTS, max_size=30).map(lambda parts: "".join(parts)[:MAX_LENGTH]))
def test_no_text_is_a_syntax_error(text: str) -> None:
    assert set(found(text)) == set()


@pytest.mark.django_db
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(categories=("Lu", "Ll", "Nd")), min_size=3, max_size=60))
def test_every_word_of_a_name_finds_it_and_so_does_its_beginning(word: str) -> None:
    provider = ProviderFactory(business_name=f"Zq {word}")
    index_all(advance=int)

    assert found("zq") == [provider.business_name]
    assert found(f"zq {word}") == [provider.business_name]
    provider.hard_delete()


def test_a_text_can_be_two_hundred_characters_long() -> None:
    query_of("x" * MAX_LENGTH)

    with pytest.raises(SearchTooLong):
        query_of("x" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("text", ["", " \t\n", "-plumbing", '-"odd jobs" -bay', "or", "ou или or"])
def test_what_looks_for_nothing_is_no_query(text: str) -> None:
    assert query_of(text) is None
