"""Messages and the audit trail in the admin: to be read, and not in full."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.admin import masked
from apps.core.models import AuditEntry, DailyCount, OutboundMessage
from apps.core.services import audit
from apps.core.services.outbox import send_mail, send_sms
from kernel.viewer import SYSTEM, acting_as
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def messages(db: None) -> list[OutboundMessage]:
    """A mail and a text message that wait, with their secrets in them."""
    code = {"code": "482913", "minutes": 10}
    with acting_as(SYSTEM):
        return [
            send_mail(
                template="email_code",
                to="ada@example.org",
                language="en",
                context=code | {"name": "Ada"},
            ),
            send_sms(template="phone_code", to="+27711234001", language="en", context=code),
        ]


@pytest.fixture
def dora(cast: Cast, client: Client) -> Client:
    """The browser of an administrator."""
    client.force_login(cast.dora)
    return client


@pytest.mark.parametrize(
    ("recipient", "shown"),
    [
        ("+27711234001", "+2771•••001"),
        ("ada@example.org", "a•••@example.org"),
        ("", "•••"),
    ],
)
def test_a_recipient_is_shown_in_outline(recipient: str, shown: str):
    assert masked(recipient) == shown


def test_no_page_shows_what_a_message_says_or_to_whom_in_full(
    dora: Client, messages: list[OutboundMessage]
):
    listed = dora.get(reverse("admin:core_outboundmessage_changelist"))
    pages = [
        dora.get(reverse("admin:core_outboundmessage_change", args=[message.pk]))
        for message in messages
    ]

    text = "".join(page.content.decode() for page in [listed, *pages])
    tokens = [message.report_token for message in messages]
    secrets = ["482913", "ada@example.org", "27711234001", *tokens]
    assert [page.status_code for page in [listed, *pages]] == [200] * 3
    assert ("a•••@example.org" in text, "+2771•••001" in text) == (True, True)
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("model", [OutboundMessage, AuditEntry, DailyCount])
def test_records_are_only_read(
    dora: Client, cast: Cast, messages: list[OutboundMessage], model: type[OutboundMessage]
):
    with acting_as(SYSTEM):
        audit.note(action=AuditEntry.Action.EXPORT, row=cast.ada)
    DailyCount.objects.create(name="sms", day="2026-01-01", count=3)
    row = model.objects.order_by("-pk")[0]
    pages = [("change", [row.pk]), ("add", []), ("delete", [row.pk])]
    name = f"admin:core_{model._meta.model_name}"

    statuses = [dora.post(reverse(f"{name}_{page}", args=args)).status_code for page, args in pages]
    opened = [dora.get(reverse(f"{name}_change", args=[row.pk])).status_code]
    searched = dora.get(reverse(f"{name}_changelist"), {"q": "ada"}).status_code

    assert (statuses, opened, searched) == ([403] * 3, [200], 200)
    assert model.objects.filter(pk=row.pk).exists()


def test_the_audit_trail_says_what_was_done_by_whom(dora: Client, cast: Cast):
    with acting_as(SYSTEM):
        audit.note(action=AuditEntry.Action.EXPORT, row=cast.ada, by=cast.ben)

    answer = dora.get(reverse("admin:core_auditentry_changelist"), {"q": "ben@example.org"})

    text = answer.content.decode()
    assert ("EXPORT" in text.upper(), str(cast.ben.pk) in text) == (True, True)


def test_staff_without_the_permission_see_no_messages(
    client: Client, cast: Cast, messages: list[OutboundMessage]
):
    client.force_login(cast.eve)

    assert client.get(reverse("admin:core_outboundmessage_changelist")).status_code == 403
