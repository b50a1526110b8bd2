"""What is asked of accounts besides their rows."""

from django.utils.translation.trans_real import parse_accept_lang_header

from apps.accounts.models import User, UserProfile
from apps.core.messages import LANGUAGES


def language_of(user: User | None, *, accept_language: str = "") -> str:
    """The language to write to somebody in: the one that they prefer, else the first that their
    client's Accept-Language header names, of those that we write.
    """
    accepted = [code for code, _ in parse_accept_lang_header(accept_language.lower())]
    for code in (*_preferred_by(user), *accepted):
        if (language := code.lower().partition("-")[0]) in LANGUAGES:
            return language
    return LANGUAGES[0]


def _preferred_by(user: User | None) -> list[str]:
    if user is None:
        return []
    profiles = UserProfile.objects.filter(user=user).exclude(preferred_language=None)
    return list(profiles.values_list("preferred_language__code", flat=True))


def takes_mail(user: User) -> bool:
    """Whether a user wants mails that they could do without."""
    settings = UserProfile.objects.filter(user=user).values_list("notification_settings", flat=True)
    return bool((settings.first() or {}).get("email", True))
