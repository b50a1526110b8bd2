"""Erasing a closed account for good: no trace of the person is left anywhere."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection, models

from apps.accounts.events import AccountErased
from apps.accounts.models import Challenge, MfaDevice, RecoveryCode, Session, User
from apps.accounts.services import deletion
from apps.accounts.services.accounts import new_user, sign_up
from apps.accounts.services.moderation import block_user
from apps.accounts.services.profiles import update_profile
from apps.accounts.services.sessions import start_session
from apps.accounts.services.verifications import submit_verification
from apps.accounts.tasks import erase_account, start_erasure
from apps.chat.services.messages import Draft, edit_message, send_message
from apps.core.models import AuditEntry, Delivery, IdempotencyRecord, OutboundMessage
from apps.core.services import cleanup
from apps.core.services.event_log import deliver_due
from apps.orders.models import Order, OrderAttachment, OrderPhoto, ProgressPhoto
from apps.organizations.models import Invitation, Organization
from apps.organizations.services.organizations import system_role
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.search import index_providers
from kernel import clock
from kernel.audit import personal_columns
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import ChatReportFactory, ChatRoomFactory, MessageFactory
from tests.factories.community import DeviceFactory, FriendRequestFactory
from tests.factories.leads import LeadAssignmentFactory, LeadFactory
from tests.factories.orders import (
    AssignmentFactory,
    DisputeFactory,
    EvidenceFactory,
    OrderFactory,
    ProgressNoteFactory,
)
from tests.factories.providers import (
    DocumentFactory,
    HoursExceptionFactory,
    ProviderFactory,
    TimeOffFactory,
)
from tests.factories.reviews import ReviewFactory
from tests.support.announced import announced

#: In all that the person wrote, and in nothing else.
CANARY = "zqcanary"
EMAIL = f"{CANARY}@example.org"
ADDRESS = "203.0.113.77"
PDF = b"%PDF-1.7\n%%EOF\n"


class Upload(ContentFile):  # type: ignore[type-arg]
    """A file as a request brings it."""


@pytest.fixture
def person(db: None) -> User:
    """Somebody who used all there is."""
    user = sign_up(
        user=new_user(
            email=EMAIL,
            password=f"{CANARY} horse battery",
            first_name=f"First {CANARY}",
            last_name=f"Last {CANARY}",
            user_type=User.Type.PROVIDER,
        )
    )
    _tell(user)
    _do_business(user)
    _ask_and_talk(user)
    _sign_in(user)
    return user


def _tell(user: User) -> None:
    texts = ("bio", "description", "address", "city", "state", "postal_code")
    changes: dict[str, Any] = {name: f"{CANARY} {name}"[:20] for name in texts}
    place = {"latitude": -33.987654, "longitude": 18.456789, "country": "ZA", "gender": "MALE"}
    update_profile(user=user, changes=changes | place | {"date_of_birth": date(1977, 7, 17)})
    user.refresh_from_db()
    user.photo.save("me.jpg", ContentFile(b"a picture"))
    user.firebase_user_id = f"firebase-{CANARY}"
    user.save()
    profile = user.profile
    profile.phone_number, profile.is_phone_verified = "+27821234567", True
    profile.save()
    profile.client_profile.budget_preferences = {"note": CANARY}
    profile.client_profile.save()
    submit_verification(
        user=user, verification_type="IDENTITY", files=[Upload(PDF, name=f"{CANARY}.pdf")]
    )


def _do_business(user: User) -> None:
    profile, organization = user.profile, Organization.objects.get(memberships__user=user)
    provider = ProviderFactory(
        user_profile=profile,
        organization=organization,
        business_name=f"{CANARY} Pipes",
        business_license=f"Licence {CANARY}",
        city=f"{CANARY}ville",
    )
    index_providers(provider_ids=[provider.pk])
    _show_papers(provider)
    order = OrderFactory(
        client_profile=profile.client_profile,
        published=True,
        location=f"7 {CANARY} Street",
        postal_code=f"{CANARY}1",
        special_requirements=f"Ring at {CANARY}",
        latitude=-33.987654,
        longitude=18.456789,
    )
    _show_place(order)
    _argue(user)


def _ask_and_talk(user: User) -> None:
    """A lead of the person's, one that they have, and what they said in a room."""
    provider = ServiceProviderProfile.objects.get(user_profile__user=user)
    texts = ("contact_name", "address", "suburb", "postal_code")
    LeadFactory(
        client=user,
        contact_email=EMAIL,
        latitude=-33.987654,
        longitude=18.456789,
        **{name: f"{CANARY} {name}"[:20] for name in texts},
    )
    LeadAssignmentFactory(provider=provider, provider_notes=f"{CANARY} knows them")
    room = ChatRoomFactory(between=[user, UserFactory()])
    file = Upload(PDF, name=f"{CANARY}.pdf")
    for draft in (
        Draft(content=f"I am {CANARY}", file=file),
        Draft(latitude=-33.987654, longitude=18.456789),
    ):
        message = send_message(room=room, sender=user, draft=draft)
    said = MessageFactory(room=room, sender=user, content=f"{CANARY} wrote")
    edit_message(message=said, content=f"{CANARY} wrote again")
    ChatReportFactory(message=said, reporter=UserFactory(), evidence={"content": CANARY})
    ChatReportFactory(message=message, reporter=user, description=CANARY)


def _show_papers(provider: ServiceProviderProfile) -> None:
    """What a business tells of itself: papers, taken back ones too, and when it is away."""
    told = {"number": f"No. {CANARY}", "name": f"{CANARY}.pdf", "review_notes": f"Of {CANARY}"}
    papers = [
        DocumentFactory(provider=provider, approved=True, **told),
        DocumentFactory(provider=provider, document_type="IDENTITY", **told),
    ]
    papers[1].soft_delete()
    HoursExceptionFactory(provider=provider)
    TimeOffFactory(provider=provider, reason=f"{CANARY} is married")
    for row in (provider, provider.organization, *papers):
        _look_after(row)


def _show_place(order: Order) -> None:
    """What a client shows of where they live."""
    photo = OrderPhoto(order=order, caption=f"{CANARY}'s kitchen")
    photo.photo_url.save("kitchen.jpg", ContentFile(b"a picture"))
    attachment = OrderAttachment(order=order, name=f"{CANARY}.pdf", caption=CANARY, size=9)
    attachment.file.save("plan.pdf", ContentFile(PDF))
    _look_after(attachment)
    attachment.soft_delete()


def _argue(user: User) -> None:
    """A dispute about work at the person's place, with pictures of it."""
    order = OrderFactory(client_profile=user.profile.client_profile, disputed=True)
    work = AssignmentFactory(bid__order=order)
    photo = ProgressPhoto(note=ProgressNoteFactory(assignment=work))
    photo.file.save("hall.jpg", ContentFile(b"a picture"))
    evidence = EvidenceFactory(
        dispute=DisputeFactory(order=order),
        author=user,
        text=f"{CANARY} paid",
        name=f"{CANARY}.jpg",
        file=ContentFile(b"a picture", name="proof.jpg"),
    )
    _look_after(evidence)


def _look_after(row: models.Model) -> None:
    """Staff changed a row in the admin, whose history has its name."""
    LogEntry.objects.create(
        user=UserFactory(is_staff=True),
        content_type=ContentType.objects.get_for_model(type(row)),
        object_id=str(row.pk),
        object_repr=str(row),
        action_flag=CHANGE,
    )


def _sign_in(user: User) -> None:
    start_session(user=user, ip_address=ADDRESS, user_agent=f"Browser of {CANARY}")
    DeviceFactory(user=user, token=f"token-{CANARY}")
    device = MfaDevice.objects.create(user=user, name=f"{CANARY}'s phone", secret="ABC")
    RecoveryCode.objects.create(device=device, code_hash="x")
    Challenge.objects.create(
        user=user, kind="EMAIL", target=EMAIL, secret_hash="x", expires_at=clock.now()
    )
    IdempotencyRecord.objects.create(
        scope=str(user.pk), operation="x", key="k", refusal=[{"message": f"{CANARY} is no name"}]
    )
    _look_after(user)


def _invite(cast: Cast) -> None:
    Invitation.objects.create(
        organization=cast.ada_business.organization,
        role=system_role("member"),
        email=EMAIL.upper(),
        token_hash="x",
        expires_at=clock.now(),
    )


def _close_and_erase(user: User) -> None:
    deletion.delete_account(user=user)
    deliver_due()
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=1), tick=False):
        assert deletion.erase_account(user_id=user.pk)
        deliver_due()


def _traces(text: str) -> list[str]:
    """The columns of the whole database in which a text stands, whatever their type."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s', [f"%{text}%"]
            )
            found += [f"{table}.{column}"] * bool(cursor.fetchone()[0])
    return found


def _files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_no_trace_is_left_in_any_column_of_any_table_nor_in_a_file(person: User, cast: Cast):
    _invite(cast)
    seen = {text: _traces(text) for text in (CANARY, "33.987654", "1977-07-17")}
    assert all(seen.values())
    assert len(_files()) == 9

    _close_and_erase(person)

    assert [_traces(text) for text in seen] == [[], [], []]
    assert _files() == []
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


def test_every_personal_column_of_the_person_is_empty(person: User):
    others = ReviewFactory(author=person, title="Good", comment="Well done").order_assignment
    of_person = {
        "accounts.User": User._base_manager.filter(pk=person.pk),
        "accounts.UserProfile": _all("accounts.UserProfile").filter(user=person),
        "accounts.ClientProfile": _all("accounts.ClientProfile").filter(user_profile__user=person),
        "accounts.UserVerification": _all("accounts.UserVerification"),
        "accounts.VerificationEvidence": _all("accounts.VerificationEvidence"),
        "accounts.MfaDevice": _all("accounts.MfaDevice"),
        "accounts.RecoveryCode": _all("accounts.RecoveryCode"),
        "organizations.Invitation": _all("organizations.Invitation"),
        "organizations.Organization": _all("organizations.Organization").filter(
            pk=Organization.objects.get(memberships__user=person).pk
        ),
        "leads.Lead": _all("leads.Lead").filter(client=person),
        "leads.LeadAssignment": _all("leads.LeadAssignment"),
        "orders.Order": _all("orders.Order").exclude(pk=others.order_id),
        "orders.DisputeEvidence": _all("orders.DisputeEvidence"),
        "orders.OrderDispute": _all("orders.OrderDispute"),
        "providers.ProviderDocument": _all("providers.ProviderDocument"),
        "providers.ServiceProviderProfile": _all("providers.ServiceProviderProfile").filter(
            user_profile__user=person
        ),
        "reviews.Review": _all("reviews.Review").filter(author=person),
    }
    given = {label: list(rows.values("pk", *_personal(label))) for label, rows in of_person.items()}

    _close_and_erase(person)

    assert {model._meta.label for model in apps.get_models() if personal_columns(model)} == {
        *of_person
    }
    for label, before in given.items():
        for row in of_person[label].values("pk", *_personal(label)):
            (old,) = [each for each in before if each["pk"] == row["pk"]]
            kept = {name for name in _personal(label) if old[name] and old[name] == row[name]}
            assert not kept, label


def _all(label: str) -> models.QuerySet[Any]:
    return apps.get_model(label)._base_manager.all()


def _personal(label: str) -> list[str]:
    return [*personal_columns(apps.get_model(label))]


def test_sessions_devices_friends_and_messages_are_gone(person: User, cast: Cast):
    person.friends.add(cast.ada)
    FriendRequestFactory(sender=person, receiver=cast.ben)
    FriendRequestFactory(sender=cast.cleo, receiver=person)
    start_session(user=cast.ben)
    deletion.delete_account(user=cast.cleo)

    _close_and_erase(person)

    assert [*Session.objects.values_list("user", flat=True)] == [cast.ben.pk]
    assert not cast.ada.friends.exists()
    assert [*OutboundMessage.objects.values_list("user", flat=True)] == [cast.cleo.pk]
    for label in ("Device", "MfaDevice", "Challenge", "FriendRequest"):
        assert not apps.get_model("accounts", label).objects.exists()


def test_what_happened_stays_on_record(person: User, cast: Cast):
    block_user(user=person, by=cast.dora, reason="Spam")
    before = AuditEntry.objects.count()

    with announced() as heard:
        _close_and_erase(person)

    user = User._base_manager.get(pk=person.pk)
    entry = AuditEntry.objects.get(action="ERASE")
    assert (entry.object_id, entry.actor_id) == (person.pk, None)
    assert AuditEntry.objects.count() > before
    assert [fact.user_id for fact in heard if isinstance(fact, AccountErased)] == [person.pk]
    assert (user.email.endswith("@deleted.invalid"), user.name, user.points) == (True, "", 0)
    assert (user.has_usable_password(), user.erased_at is None, user.blocked) == (
        False,
        False,
        True,
    )


def test_an_account_that_is_open_or_closed_lately_is_not_erased(person: User, cast: Cast):
    deletion.delete_account(user=person)

    with time_machine.travel(clock.now() + timedelta(days=29, hours=23), tick=False):
        lately = deletion.erase_account(user_id=person.pk)
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        opened = deletion.erase_account(user_id=cast.ben.pk)
        due = deletion.due_accounts()

    assert (lately, opened, due) == (False, False, [person.pk])
    assert _traces(CANARY) != []


def test_twice_is_once_and_the_one_of_another_stays(person: User, cast: Cast):
    deletion.delete_account(user=cast.ben)

    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        deletion.delete_account(user=person)
    with time_machine.travel(clock.now() + timedelta(days=62), tick=False):
        erase_account(user_id=str(person.pk))
        again = deletion.erase_account(user_id=person.pk)
        due = deletion.due_accounts()

    assert (again, due) == (False, [cast.ben.pk])
    assert User._base_manager.get(pk=cast.ben.pk).email == "ben@example.org"


def test_the_task_starts_one_for_each_that_is_due(
    person: User, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    started: list[dict[str, str]] = []
    monkeypatch.setattr(erase_account, "delay", lambda **given: started.append(given))
    deletion.delete_account(user=person)
    settings.ERASE_AFTER_DAYS = 0

    start_erasure()

    assert started == [{"user_id": str(person.pk)}]


def test_the_address_can_be_used_anew_at_once(person: User):
    deletion.delete_account(user=person)

    again = new_user(email=EMAIL, password="another good phrase")
    assert sign_up(user=again).pk != person.pk


def test_the_cleanup_removes_who_is_gone_and_keeps_who_is_named_elsewhere(person: User, cast: Cast):
    for user in (person, cast.cleo):
        _close_and_erase(user)
    order = cast.ben_order()
    order.transitions.create(name="x", from_status="DRAFT", to_status="PUBLISHED", actor=person)

    with time_machine.travel(clock.now() + timedelta(days=200), tick=False):
        for _ in range(4):
            for model in cleanup.purgeable_models():
                cleanup.purge_deleted(model=model)

    left = {*User.objects.deleted_only().values_list("pk", flat=True)}
    assert left == {person.pk}
