"""What is written to whom about leads, and in which language."""

from typing import Any

import pytest
from pytest_django import Settings

from apps.catalog.models import Language
from apps.core.models import OutboundMessage
from apps.leads.events import (
    LeadAssigned,
    LeadOffered,
    LeadQuoted,
    LeadRefundApproved,
    LeadRefundRejected,
)
from apps.leads.handlers import (
    tell_assigned,
    tell_not_refunded,
    tell_offered,
    tell_quoted,
    tell_refunded,
)
from apps.leads.models import Lead, LeadAssignment
from apps.leads.services.leads import reject_lead
from apps.leads.services.outcomes import about, quote_lead
from apps.leads.services.refunds import (
    approve_refund,
    refund_rejected_lead,
    reject_refund,
    request_refund,
)
from kernel.money import Money
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.catalog import LanguageFactory
from tests.factories.leads import bought_lead, offer, open_lead
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.letters import letters_of

pytestmark = pytest.mark.django_db

#: How mails in a language are known.
WORDS = {"en": "work", "fr": "travail", "ru": "работ"}
LANGUAGES = pytest.mark.parametrize("language", list(WORDS))
SECRETS = ("Sam", "+27821234567", "sam@example.org", "12 Lower Main Road", "A new roof")


def reads(code: str) -> Language:
    """A language that somebody reads."""
    found: Language | None = Language.objects.filter(code=code).first()
    return found or LanguageFactory(code=code)


def business(language: str = "en", **fields: Any) -> Any:
    """A provider whose owner reads a language."""
    user = UserFactory(first_name="Ada", name="Ada Nkosi")
    profile = UserProfileFactory(user=user, preferred_language=reads(language), **fields)
    return ProviderFactory(user_profile=profile)


def only(template: str) -> OutboundMessage:
    """The one message of a template."""
    (message,) = letters_of(template)
    return message


def whole(message: OutboundMessage) -> str:
    """All that a message says."""
    return f"{message.subject}\n{message.text}\n{message.html}"


@LANGUAGES
def test_who_is_offered_a_lead_hears_what_and_where_and_not_from_whom(language: str):
    provider = business(language)
    lead = open_lead(description="Call 082 123 4567.", suburb="Observatory", postal_code="7925")
    offer(lead, provider)
    user = provider.user_profile.user

    tell_offered(LeadOffered(lead_id=lead.pk, user_ids=[str(user.pk)]))

    mail = only("lead_offered")
    assert (mail.recipient, mail.language, mail.user_id) == (user.email, language, user.pk)
    assert all(
        said in whole(mail) for said in ("Plumbing", "Cape Town", "Ada Nkosi", "4", WORDS[language])
    )
    told = [secret for secret in (*SECRETS, "082", "7925", "Observatory") if secret in whole(mail)]
    assert told == []


def test_each_of_those_who_are_offered_it_gets_one_mail_and_others_none():
    lead, told = open_lead(), [business(), business("fr")]
    business()
    users = [str(provider.user_profile.user_id) for provider in told]

    tell_offered(LeadOffered(lead_id=lead.pk, user_ids=users))

    assert {(mail.recipient, mail.language) for mail in letters_of("lead_offered")} == {
        (told[0].user_profile.user.email, "en"),
        (told[1].user_profile.user.email, "fr"),
    }
    assert not letters_of("lead_assigned_sms")


@LANGUAGES
def test_who_has_a_lead_is_written_to_and_texted(language: str):
    phone = {"phone_number": "+27831112222", "is_phone_verified": True}
    held = bought_lead(business(language, **phone))

    tell_assigned(LeadAssigned(**about(held)))

    mail, text = only("lead_assigned"), only("lead_assigned_sms")
    assert (mail.language, text.language) == (language, language)
    assert text.recipient == "+27831112222"
    assert all("A new roof" in message.text for message in (mail, text))
    assert all("Cape Town" in message.text for message in (mail, text))
    # Mail and text lie about in more hands than one: the number is read in the app.
    said = whole(mail) + text.text
    assert [secret for secret in SECRETS[:4] if secret in said] == []


@pytest.mark.parametrize(
    "fields", [{"phone_number": "+27831112222"}, {"phone_number": ""}], ids=["unverified", "none"]
)
def test_to_a_number_that_is_not_verified_nothing_is_texted(fields: dict[str, str]):
    held = bought_lead(business(**fields))

    tell_assigned(LeadAssigned(**about(held)))

    assert only("lead_assigned")
    assert not letters_of("lead_assigned_sms")


def test_past_the_days_limit_of_texts_the_mail_goes_anyway(settings: Settings):
    settings.SMS_PER_DAY = 1
    for number in ("+27831112221", "+27831112222"):
        held = bought_lead(business(phone_number=number, is_phone_verified=True))
        tell_assigned(LeadAssigned(**about(held)))

    assert len(letters_of("lead_assigned")) == 2
    assert only("lead_assigned_sms").recipient == "+27831112221"


@LANGUAGES
def test_who_asked_hears_of_a_price(language: str):
    client = UserProfileFactory(user__name="Ben Botha", preferred_language=reads(language)).user
    held = bought_lead(business(), client=client)
    quote_lead(assignment=held, amount=Money(850_50, "ZAR"))

    tell_quoted(LeadQuoted(**about(held)))

    mail = only("lead_quoted")
    assert (mail.recipient, mail.language) == (client.email, language)
    assert all(said in whole(mail) for said in (held.provider.business_name, "850", "Ben Botha"))


@pytest.mark.parametrize(("email", "count"), [("visitor@example.org", 1), ("", 0)])
def test_a_visitor_hears_of_a_price_where_they_gave_an_address(email: str, count: int):
    held = bought_lead(business(), client=None, contact_email=email)
    quote_lead(assignment=held, amount=Money(850_50, "ZAR"))

    tell_quoted(LeadQuoted(**about(held)))

    mails = letters_of("lead_quoted")
    assert [mail.recipient for mail in mails] == [email] * count
    assert all("Sam" in mail.text for mail in mails)


@LANGUAGES
@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_who_asked_something_back_hears_what_came_of_it(verdict: str, language: str):
    held, by = bought_lead(business(language)), UserFactory(is_staff=True)
    request_refund(assignment=held, reason=RefundReasonFactory())
    decide = approve_refund if verdict == "approved" else reject_refund
    decide(assignment=held, by=by, note="We rang the client.")

    _tell(verdict, held)

    mail = only("lead_refund_decided")
    assert (mail.recipient, mail.language) == (held.provider.user_profile.user.email, language)
    assert "We rang the client." in mail.text
    assert (": 4" in mail.text) is (verdict == "approved")


@pytest.mark.parametrize(
    ("language", "said", "not_said"),
    [
        ("en", "We turned this lead down", "You asked"),
        ("fr", "Nous avons écarté cette demande", "Vous avez demandé"),
        ("ru", "Мы отклонили эту заявку", "Вы просили"),
    ],
    ids=["en", "fr", "ru"],
)
def test_who_did_not_ask_hears_why_it_comes_back(language: str, said: str, not_said: str):
    held = bought_lead(business(language))
    reject_lead(lead=held.lead, reason=Lead.RejectionReason.SPAM)
    refund_rejected_lead(lead_id=held.lead_id)

    _tell("approved", held)

    mail = only("lead_refund_decided")
    assert (said in mail.text, not_said in whole(mail)) == (True, False)
    assert "The lead was turned down." not in mail.text


def _tell(verdict: str, held: LeadAssignment) -> None:
    if verdict == "approved":
        tell_refunded(LeadRefundApproved(**about(held), credits=4, is_automatic=False))
    else:
        tell_not_refunded(LeadRefundRejected(**about(held)))
