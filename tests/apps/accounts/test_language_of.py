"""The language that somebody is written to in."""

import pytest

from apps.accounts.selectors import language_of
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.catalog import LanguageFactory


@pytest.mark.parametrize(
    ("preferred", "accepted", "language"),
    [
        ("fr", "ru", "fr"),
        ("fr-CA", "", "fr"),
        ("RU", "", "ru"),
        ("zu", "ru, fr", "ru"),
        ("zu", "", "en"),
    ],
)
def test_the_preferred_one_comes_first(db: None, preferred: str, accepted: str, language: str):
    user = UserProfileFactory(preferred_language=LanguageFactory(code=preferred)).user

    assert language_of(user, accept_language=accepted) == language


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("ru", "ru"),
        ("FR-be", "fr"),
        ("de, fr;q=0.5, ru;q=0.9", "ru"),
        ("en;q=0.1, fr;q=0.2", "fr"),
        ("rubbish;;;q=x", "en"),
        ("a" * 100_000, "en"),
    ],
)
def test_then_what_the_client_accepts(db: None, accepted: str, language: str):
    UserProfileFactory(preferred_language=LanguageFactory(code="fr"))

    assert language_of(UserFactory(), accept_language=accepted) == language
    assert language_of(UserProfileFactory().user, accept_language=accepted) == language
    assert language_of(None, accept_language=accepted) == language
