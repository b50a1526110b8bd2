"""What messages say, in each language."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings

from apps.core.messages import LANGUAGES, SOURCES, VALUES, expires_at, render_mail, render_sms

LINK = "https://app.example.org/reset?token=abc&lang=fr"
PLAIN: dict[str, Any] = {
    "name": "Ada",
    "title": "A new roof",
    "category": "Roofing",
    "city": "Durban",
    "credits": 4,
    "business": "Nkosi Plumbing",
    "amount": "R 850.00",
    "asked": True,
    "code": "482913",
    "minutes": 10,
    "hours": 1,
    "days": 7,
    "link": LINK,
    "email": "ada@example.org",
    "organization": "Nkosi Plumbing",
    "inviter": "Ben",
    "role": "Manager",
    "enabled": True,
    "device": "Firefox on Ubuntu",
    "address": "196.25.1.17",
    "time": datetime(2026, 11, 21, 8, 52, tzinfo=UTC),
    "type": "ADDRESS",
    "approved": True,
    "notes": "Well done.",
    "sender": "Cleo",
    "other": "Ada",
    "answered": True,
}
TEXTS = ("phone_code", "lead_code")
MAILS = [name for name in VALUES if name not in (*TEXTS, "lead_assigned_sms")]
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
each_mail = pytest.mark.parametrize("template", MAILS)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


class Shape(HTMLParser):
    """The tags of a page in order, and its text; fails where tags are not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note a tag."""
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last tag."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def values(template: str, **changed: Any) -> dict[str, Any]:
    return {name: (PLAIN | changed)[name] for name in VALUES[template]}


@in_each_language
@pytest.mark.parametrize("template", VALUES)
def test_a_source_uses_the_values_of_its_message_and_no_others(template: str, language: str):
    source = (SOURCES / language / f"{template}.txt").read_text()
    tags = " ".join(re.findall(r"{[{%](.*?)[%}]}", source))
    words = set(re.findall(r"[a-z]+", re.sub(r'"\w+"', "", tags)))

    used = words - {"if", "else", "elif", "endif"} | ({"link"} if "\n[" in source else set())

    assert used == VALUES[template]


@in_each_language
def test_there_is_a_source_for_each_message_and_no_other(language: str):
    found = {path.stem for path in (SOURCES / language).iterdir()}

    assert found == set(VALUES)


@in_each_language
@each_mail
def test_a_mail_says_the_same_in_text_and_in_html(template: str, language: str):
    mail = render_mail(template, language=language, context=values(template))

    page = Shape(mail.html)
    body, reason = mail.text.rstrip("\n").split("\n\n-- \n")
    lines = [re.sub("^(- |> )", "", line.strip()) for line in body.splitlines() if line.strip()]
    assert 10 < len(mail.subject) <= 78
    assert [line for line in [mail.subject, *lines, reason] if line not in page.text] == []
    assert f'<html lang="{language}">' in mail.html
    assert not re.search(r"<img|<script|url\(|@import|<link", mail.html)


@in_each_language
@each_mail
def test_what_strangers_typed_cannot_shape_a_mail(template: str, language: str):
    texts = ["<b>x</b>\r\nBcc: y@z", "[x]", "> x", "- x", "--", "    1", "{{ code }}", "\n\n--\nx"]
    typed = [name for name, value in values(template).items() if isinstance(value, str)]
    names = set(typed) - {"link", "type", "code"}
    usual = render_mail(template, language=language, context=values(template))

    for text in texts:
        context = values(template, **dict.fromkeys(names, text))
        mail = render_mail(template, language=language, context=context)

        assert Shape(mail.html).tags == Shape(usual.html).tags
        assert mail.text.count("\n") == usual.text.count("\n")
        assert " ".join(text.split()) in mail.text or not names
        assert "\n" not in mail.subject
        assert "\r" not in mail.subject + mail.text


def test_values_are_escaped_in_html_and_only_there():
    context = values("friend_request", sender="<script>alert(1)</script> & Co")

    mail = render_mail("friend_request", language="en", context=context)

    assert mail.subject == "<script>alert(1)</script> & Co wants to be friends"
    assert "<script>alert(1)</script> & Co would like" in mail.text
    assert "<script" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co would like" in mail.html


@in_each_language
def test_a_link_can_be_clicked_and_copied(language: str):
    mail = render_mail("password_reset", language=language, context=values("password_reset"))

    escaped = LINK.replace("&", "&amp;")
    assert f"\n{LINK}\n" in mail.text
    assert mail.html.count(f'href="{escaped}"') == 2
    assert f">{escaped}</a>" in mail.html


@in_each_language
def test_a_code_stands_by_itself(language: str):
    mail = render_mail("email_code", language=language, context=values("email_code"))

    assert "\n\n    482913\n\n" in mail.text
    assert ">482913</td>" in mail.html
    assert "482913" not in mail.subject


@pytest.mark.parametrize(
    ("language", "within"),
    [
        ("en", ["expires in 1 hour", "expires in 2 hours"]),
        ("fr", ["expire dans 1\xa0heure", "expire dans 2\xa0heures"]),
        ("ru", ["действия — 1 час.", "действия — 2 часа."]),
    ],
)
def test_durations_are_counted_as_the_language_does(language: str, within: list[str]):
    texts = [
        render_mail("password_reset", language=language, context=values("password_reset", hours=n))
        for n in (1, 2)
    ]

    assert [phrase in mail.text for phrase, mail in zip(within, texts, strict=True)] == [True] * 2


def test_an_instant_is_told_in_utc():
    at = datetime.fromisoformat("2026-11-21T10:52:30+02:00")

    mail = render_mail("new_sign_in", language="fr", context=values("new_sign_in", time=at))

    assert "- Date : 21 novembre 2026, 08:52 UTC\n" in mail.text


@pytest.mark.parametrize(
    ("changed", "subject", "phrase"),
    [
        ({"approved": True, "notes": ""}, "You are verified", "verify your address. Everything"),
        ({"approved": False}, "We could not verify your details", "> Well done."),
        ({"type": "BUSINESS"}, "You are verified", "verify your business."),
    ],
)
def test_a_review_says_what_came_of_it(changed: dict[str, Any], subject: str, phrase: str):
    context = values("verification_reviewed", **changed)

    mail = render_mail("verification_reviewed", language="en", context=context)

    assert mail.subject == subject
    assert phrase in mail.text
    assert ("Our team adds" in mail.text) is bool(context["notes"])


def test_turning_the_second_factor_on_and_off_are_two_pieces_of_news():
    mails = [
        render_mail("mfa_changed", language="en", context={"name": "", "enabled": enabled})
        for enabled in (True, False)
    ]

    assert [mail.subject for mail in mails] == ["Two-step sign-in is on", "Two-step sign-in is off"]
    assert ["recovery codes" in mail.text for mail in mails] == [True, False]
    assert mails[0].text.startswith("Hello,\n\n")


@pytest.mark.parametrize("template", TEXTS)
@pytest.mark.parametrize(("language", "longest"), [("en", 160), ("fr", 160), ("ru", 70)])
def test_a_text_message_fits_into_one_segment(template: str, language: str, longest: int):
    text = render_sms(template, language=language, context={"code": "482913", "minutes": 10})

    assert len(text) <= longest
    assert (set(text) <= GSM_7) is (longest == 160)
    assert "482913" in text
    assert "10 min" in text or "10 мин" in text


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("fr-CH", "Votre mot de passe a été modifié"),
        ("RU_ru", "Ваш пароль изменён"),
        ("sw", "Your password was changed"),
        ("", "Your password was changed"),
        ("../en", "Your password was changed"),
    ],
)
def test_a_language_without_a_translation_falls_back(language: str, subject: str):
    mail = render_mail("password_changed", language=language, context={"name": "Ada"})

    assert mail.subject == subject


@pytest.mark.parametrize("context", [{}, {"name": "Ada", "nmae": "Ada"}])
def test_a_message_with_missing_or_unknown_values_is_refused(context: dict[str, Any]):
    with pytest.raises(TypeError, match="password_changed"):
        render_mail("password_changed", language="en", context=context)


def test_long_names_are_cut():
    context = values("friend_request", sender="x" * 5000)

    mail = render_mail("friend_request", language="en", context=context)

    assert (len(mail.subject), mail.text.count("x")) == (150, 500)


@pytest.mark.parametrize(
    ("template", "seconds"),
    [
        ("phone_code", settings.CODE_SECONDS),
        ("lead_code", settings.CODE_SECONDS),
        ("password_reset", settings.RESET_SECONDS),
        ("friend_request", 86_400),
    ],
)
def test_a_message_expires_with_what_it_carries(template: str, seconds: int):
    written = datetime(2026, 11, 21, tzinfo=UTC)

    assert expires_at(template, since=written) - written == timedelta(seconds=seconds)
