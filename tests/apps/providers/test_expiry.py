"""Documents that come to their end."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from apps.core.models import OutboundMessage
from apps.providers import tasks
from apps.providers.events import ProviderDocumentExpired, ProviderUnverified
from apps.providers.models import ProviderDocument
from apps.providers.services.expiry import (
    expire_document,
    expired_documents,
    expiring_documents,
    remind_of_document,
)
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.catalog import LanguageFactory
from tests.factories.providers import DocumentFactory, ProviderFactory
from tests.support.announced import announced
from tests.support.races import race

TODAY = date(2026, 3, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Any:
    """It is noon in UTC."""
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as travel:
        yield travel


def _document(days: int, **traits: Any) -> ProviderDocument:
    found: ProviderDocument = DocumentFactory(
        approved=True, expires_date=TODAY + timedelta(days=days), **traits
    )
    return found


def _letters() -> list[str]:
    return sorted(OutboundMessage.objects.values_list("template", flat=True))


def test_one_whose_last_day_is_over_expires_and_its_owner_is_told(cast: Cast):
    document = _document(-1, provider=cast.ada_business)

    with announced() as heard:
        done = expire_document(document_id=document.pk)
        again = expire_document(document_id=document.pk)

    document.refresh_from_db()
    message = OutboundMessage.objects.get()
    assert (done, again, document.status) == (True, False, "EXPIRED")
    assert (message.template, message.recipient) == ("document_expired", "ada@example.org")
    assert heard[-1] == ProviderDocumentExpired(
        document_id=document.pk,
        provider_id=cast.ada_business.pk,
        user_id=cast.ada.pk,
        document_type="LICENSE",
    )
    assert len(heard) == 2


def test_its_last_day_is_that_of_the_providers_zone():
    ahead, behind = (
        _document(days, provider=ProviderFactory(time_zone=zone))
        for days, zone in ((0, "Pacific/Kiritimati"), (-1, "Pacific/Pago_Pago"))
    )
    _document(0), _document(1, provider=ProviderFactory(time_zone="Pacific/Kiritimati"))

    first = expired_documents()
    with time_machine.travel("2026-03-01T10:30:00Z", tick=False):
        earlier = [expire_document(document_id=each.pk) for each in (ahead, behind)]

    assert first == [behind.pk, ahead.pk]
    assert earlier == [True, False]


@pytest.mark.parametrize("status", ["PENDING", "REJECTED", "EXPIRED", "SUPERSEDED"])
def test_nothing_but_an_approved_one_expires(status: str):
    document = DocumentFactory(status=status, expires_date=TODAY - timedelta(days=1))

    assert expired_documents() == []
    assert not expire_document(document_id=document.pk)


@pytest.mark.parametrize(
    ("other", "verified"),
    [
        (None, False),
        ({"document_type": "REGISTRATION"}, True),
        ({"document_type": "REGISTRATION", "expires_date": TODAY}, True),
        ({"document_type": "REGISTRATION", "expires_date": TODAY - timedelta(days=1)}, False),
        ({"document_type": "LICENSE"}, False),
    ],
    ids=["nothing else", "a registration", "on its last day", "expired as well", "a licence"],
)
def test_once_the_last_proof_of_who_it_is_expires_a_provider_is_not_verified(
    other: dict[str, Any] | None, verified: bool
):
    document = _document(-1, document_type="IDENTITY")
    provider = document.provider
    if other is not None:
        DocumentFactory(provider=provider, approved=True, **other)

    with announced() as heard:
        expire_document(document_id=document.pk)

    provider.refresh_from_db()
    assert provider.is_verified_provider == verified
    unverified = [fact for fact in heard if isinstance(fact, ProviderUnverified)]
    assert len(unverified) == (0 if verified else 1)


def test_owners_are_told_thirty_and_seven_days_ahead_once_each(noon: Any):
    document = _document(31)

    told = []
    for _ in range(33):
        for key in (*expiring_documents(), *expiring_documents()):
            if remind_of_document(document_id=key):
                told.append((document.expires_date - clock.today()).days)
        noon.shift(timedelta(days=1))

    assert told == [30, 7]
    first, last = OutboundMessage.objects.order_by("created_at", "pk")
    assert ("expires in 30 days" in first.text, "expires in 7 days" in last.text) == (True, True)


@pytest.mark.parametrize(
    ("language", "reminder", "end"),
    [
        ("en", "Your licence expires in 7 days.", "Your licence has expired"),
        ("fr", "jours : votre licence", "a expiré et ne compte plus : votre licence"),
        ("ru", "Через 7 дней истекает", "больше не учитывается: лицензия"),
    ],
)
def test_owners_are_told_in_their_language(
    cast: Cast, noon: Any, language: str, reminder: str, end: str
):
    profile = cast.ada_business.user_profile
    profile.preferred_language = LanguageFactory(code=language)
    profile.save()
    document = _document(7, provider=cast.ada_business)

    remind_of_document(document_id=document.pk)
    noon.shift(timedelta(days=8))
    expire_document(document_id=document.pk)

    first, second = OutboundMessage.objects.order_by("created_at")
    assert (reminder in first.text, end in second.text) == (True, True)


def test_one_approved_late_is_noticed_by_its_days_left():
    document = _document(5)

    sent = [remind_of_document(document_id=document.pk) for _ in range(2)]

    assert sent == [True, False]
    assert "expires in 5 days" in OutboundMessage.objects.get().text


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_neither_too_early_nor_too_late(days: int):
    document = _document(days)

    assert not remind_of_document(document_id=document.pk)
    assert _letters() == []


def test_one_without_an_end_is_never_noticed():
    document = DocumentFactory(approved=True)

    assert expired_documents() == expiring_documents() == []
    assert not remind_of_document(document_id=document.pk)
    assert not expire_document(document_id=document.pk)


def test_the_task_does_both(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks.expire_document, "delay", tasks.expire_document)
    monkeypatch.setattr(tasks.remind_of_document, "delay", tasks.remind_of_document)
    _document(-1), _document(20), _document(100)

    tasks.follow_documents()
    tasks.follow_documents()

    assert _letters() == ["document_expired", "document_expiring"]


@pytest.mark.django_db(transaction=True)
def test_many_workers_expire_it_once():
    document = _document(-1)

    outcomes = race(*[lambda: expire_document(document_id=document.pk)] * 8)

    assert sorted(outcomes) == [False] * 7 + [True]
    assert _letters() == ["document_expired"]
