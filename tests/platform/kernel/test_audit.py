"""The trail of changes: written by the database, whichever way a row was written."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import MfaDevice, User, UserProfile
from apps.core.models import AuditEntry, SystemSetting
from apps.core.services import audit
from apps.orders.models import Order
from apps.organizations.models import Organization, Role, Team
from kernel.audit import audited
from kernel.encryption import EncryptedTextField
from kernel.viewer import SYSTEM, Viewer, acting_as
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.orders import OrderFactory
from tests.factories.organizations import OrganizationFactory
from tests.support.races import AT_ONCE, race

pytestmark = pytest.mark.django_db


def entries(row: Any) -> list[AuditEntry]:
    """What the trail holds of a row, oldest first."""
    return list(AuditEntry.objects.filter(object_id=row.pk).order_by("created_at"))


def newest(row: Any) -> AuditEntry:
    """The last entry of a row."""
    return entries(row)[-1]


def trail(row: Any) -> list[str]:
    """What was done to a row."""
    return [entry.action for entry in entries(row)]


def run(sql: str, *values: Any) -> None:
    """Run a statement past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def setting(key: str = "theme", **fields: Any) -> SystemSetting:
    """An audited row without a personal column."""
    found: SystemSetting = SystemSetting.objects.create(key=key, value="dark", **fields)
    return found


def test_making_changing_and_removing_a_row_is_noted():
    row, noise = setting(), setting("noise")
    key = row.pk

    row.value = "light"
    row.save()
    row.delete()

    made, changed, removed = AuditEntry.objects.filter(object_id=key).order_by("created_at")
    assert (made.action, made.object_type) == ("INSERT", "core.SystemSetting")
    assert (made.changes["key"], made.changes["value"]) == ([None, "theme"], [None, "dark"])
    assert (changed.action, changed.changes) == ("UPDATE", {"value": ["dark", "light"]})
    assert removed.action == "DELETE"
    assert trail(noise) == ["INSERT"]


@pytest.mark.parametrize(
    "write",
    [
        lambda row: SystemSetting.objects.filter(pk=row.pk).update(value="light"),
        lambda row: SystemSetting.objects.bulk_update([_with_value(row)], ["value"]),
        lambda row: run("UPDATE core_systemsetting SET value = 'light' WHERE id = %s", row.pk),
        lambda row: run(
            "INSERT INTO core_systemsetting SELECT * FROM core_systemsetting WHERE id = %s"
            " ON CONFLICT (id) DO UPDATE SET value = 'light'",
            row.pk,
        ),
    ],
    ids=["update", "bulk_update", "sql", "upsert"],
)
def test_no_way_of_changing_a_row_gets_past_it(write: Callable[[Any], Any]):
    row, noise = setting(), setting("noise")

    write(row)

    assert trail(row) == ["INSERT", "UPDATE"]
    assert newest(row).changes == {"value": ["dark", "light"]}
    assert trail(noise) == ["INSERT"]


def _with_value(row: SystemSetting) -> SystemSetting:
    row.value = "light"
    return row


@pytest.mark.parametrize(
    "write",
    [
        lambda key: SystemSetting.objects.bulk_create([SystemSetting(pk=key, key="theme")]),
        lambda key: run(
            "INSERT INTO core_systemsetting SELECT %s AS id, created_at, updated_at, version,"
            " 'theme', value, description, is_public, setting_type, validation_regex, min_value,"
            " max_value, requires_admin, category FROM core_systemsetting",
            key,
        ),
    ],
    ids=["bulk_create", "sql"],
)
def test_no_way_of_making_a_row_gets_past_it(write: Callable[[UUID], Any]):
    setting("noise")
    key = uuid4()

    write(key)

    (entry,) = AuditEntry.objects.filter(object_id=key)
    assert (entry.action, entry.changes["key"]) == ("INSERT", [None, "theme"])


@pytest.mark.parametrize(
    "write",
    [
        lambda row: SystemSetting.objects.filter(pk=row.pk).delete(),
        lambda row: run("DELETE FROM core_systemsetting WHERE id = %s", row.pk),
    ],
    ids=["delete", "sql"],
)
def test_no_way_of_removing_a_row_gets_past_it(write: Callable[[Any], Any]):
    row, noise = setting(), setting("noise")

    write(row)

    assert trail(row) == ["INSERT", "DELETE"]
    assert trail(noise) == ["INSERT"]


def test_of_personal_columns_it_says_that_they_changed_and_no_value():
    row = UserFactory(email="canary@example.org", name="CANARY", password="canary-hash")
    profile = UserProfileFactory(user=row, phone_number="+27821112223", address="Canary Street")
    device = MfaDevice.objects.create(user=row, name="Phone", secret="CANARYSECRET")
    key = device.pk

    User.objects.filter(pk=row.pk).update(email="canary2@example.org", blocked=True)
    run("UPDATE accounts_userprofile SET address = 'canary' WHERE id = %s", profile.pk)
    device.delete()

    made, removed = AuditEntry.objects.filter(object_id=key).order_by("created_at")
    everything = str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert newest(row).changes == {"email": None, "blocked": [False, True]}
    assert newest(profile).changes == {"address": None}
    assert (made.changes["secret"], removed.changes["secret"]) == (None, None)
    assert made.changes["user_id"] == [None, str(row.pk)]
    assert removed.changes["user_id"] == [str(row.pk), None]
    assert "canary" not in everything.lower()
    assert "27821112223" not in everything


def test_what_only_counts_or_changes_with_everything_makes_no_entry():
    row = UserFactory()

    User.objects.filter(pk=row.pk).update(points=5, day_streak=2)
    row.save()
    run("UPDATE accounts_user SET last_login = now() WHERE id = %s", row.pk)
    User.objects.filter(pk=row.pk).update(points=6, user_type="PROVIDER")

    assert trail(row) == ["INSERT", "UPDATE"]
    assert newest(row).changes == {"user_type": ["CLIENT", "PROVIDER"]}
    assert not {"points", "created_at", "updated_at", "version"} & set(entries(row)[0].changes)


def viewer(**fields: Any) -> Viewer:
    """Somebody who acts for an organization, from somewhere, in a request."""
    return Viewer(
        **{
            "user": UserFactory(),
            "organization_id": OrganizationFactory().pk,
            "request_id": uuid4().hex[:16],
            "ip_address": "203.0.113.7",
        }
        | fields
    )


def who(entry: AuditEntry) -> tuple[Any, ...]:
    """By whom, for which organization, in which request, from where."""
    return entry.actor_id, entry.organization_id, entry.request_id, entry.ip_address


def acts(viewer: Viewer) -> tuple[Any, ...]:
    """What entries are to say of a viewer."""
    return viewer.user_id, viewer.organization_id, viewer.request_id, viewer.ip_address


def acts_alone(viewer: Viewer) -> tuple[Any, ...]:
    """The same about a person's own rows and the platform's, which concern no organization."""
    return viewer.user_id, None, viewer.request_id, viewer.ip_address


def test_a_row_of_nobodys_is_noted_for_the_organization_that_one_acts_for():
    ada, order = viewer(), OrderFactory()

    with acting_as(ada):
        Order.objects.filter(pk=order.pk).update(title="Drip")

    assert who(newest(order)) == acts(ada)


def test_a_persons_own_rows_concern_no_organization_that_they_act_for():
    ada, profile = viewer(), UserProfileFactory()

    with acting_as(ada):
        UserProfile.objects.filter(pk=profile.pk).update(is_verified=True)

    assert who(newest(profile)) == acts_alone(ada)


def test_it_says_who_did_it_for_whom_in_which_request_and_from_where():
    ada, row = viewer(ip_address="2001:db8::7"), setting()

    with acting_as(ada):
        SystemSetting.objects.filter(pk=row.pk).update(value="light")

    assert [who(entry) for entry in entries(row)] == [(None, None, "", None), acts_alone(ada)]


def test_the_system_and_visitors_are_nobody():
    row = setting()

    with acting_as(SYSTEM):
        SystemSetting.objects.filter(pk=row.pk).update(value="1")
    with acting_as(Viewer(request_id="r", ip_address="203.0.113.9")):
        SystemSetting.objects.filter(pk=row.pk).update(value="2")

    assert [who(entry) for entry in entries(row)[1:]] == [
        (None, None, "", None),
        (None, None, "r", "203.0.113.9"),
    ]


def test_a_row_of_an_organization_is_noted_for_that_one_whoever_acts():
    organization, ada = OrganizationFactory(), viewer()

    with acting_as(ada):
        role = Role.objects.create(organization=organization, name="Closer")
        Organization.objects.filter(pk=organization.pk).update(timezone="Africa/Lagos")
    with acting_as(SYSTEM):
        team = Team.objects.create(organization=organization, name="North", currency="ZAR")

    assert [newest(row).organization_id for row in (role, organization, team)] == [
        organization.pk
    ] * 3
    assert newest(role).actor_id == ada.user_id


def test_an_inner_viewer_answers_for_what_is_done_within_alone():
    outer, inner, row = viewer(), viewer(), setting()

    with acting_as(outer):
        SystemSetting.objects.filter(pk=row.pk).update(value="1")
        with acting_as(inner):
            SystemSetting.objects.filter(pk=row.pk).update(value="2")
        SystemSetting.objects.filter(pk=row.pk).update(value="3")

    assert [who(entry) for entry in entries(row)[1:]] == [
        acts_alone(outer),
        acts_alone(inner),
        acts_alone(outer),
    ]


def test_after_an_inner_viewer_who_fails_the_outer_one_answers_again():
    outer, row = viewer(), setting()

    with acting_as(outer):
        with pytest.raises(RuntimeError), acting_as(viewer()):
            SystemSetting.objects.filter(pk=row.pk).update(value="2")
            raise RuntimeError
        SystemSetting.objects.filter(pk=row.pk).update(value="3")

    assert [(who(entry), entry.changes) for entry in entries(row)[1:]] == [
        (acts_alone(outer), {"value": ["dark", "3"]})
    ]


@pytest.mark.django_db(transaction=True)
def test_transactions_that_interleave_keep_their_entries_apart():
    together, turns = Barrier(AT_ONCE), 5
    viewers = [viewer(ip_address=f"203.0.113.{number}") for number in range(AT_ONCE)]
    rows = [setting(f"setting{number}") for number in range(AT_ONCE)]

    def work(number: int) -> None:
        for turn in range(turns):
            actor = replace(viewers[number], request_id=f"{number}.{turn}")
            with acting_as(actor):
                together.wait(20)
                SystemSetting.objects.filter(pk=rows[number].pk).update(value=str(turn))
                together.wait(20)
            connection.close()

    assert race(*[partial(work, number) for number in range(AT_ONCE)]) == [None] * AT_ONCE

    for number, row in enumerate(rows):
        user, organization, _, address = acts_alone(viewers[number])
        assert [who(entry) for entry in entries(row)[1:]] == [
            (user, organization, f"{number}.{turn}", address) for turn in range(turns)
        ]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_entry():
    row = setting()

    with pytest.raises(RuntimeError), acting_as(viewer()):
        SystemSetting.objects.filter(pk=row.pk).update(value="light")
        raise RuntimeError

    assert trail(row) == ["INSERT"]


@pytest.mark.parametrize(
    "change",
    [
        lambda pk: AuditEntry.objects.filter(pk=pk).update(request_id="forged"),
        lambda pk: AuditEntry.objects.filter(pk=pk).delete(),
        lambda pk: AuditEntry.objects.get(pk=pk).save(),
        lambda pk: run("UPDATE core_auditentry SET actor_id = NULL WHERE id = %s", pk),
        lambda pk: run("DELETE FROM core_auditentry WHERE id = %s", pk),
        lambda pk: run("DELETE FROM core_auditentry"),
        lambda pk: run(
            "INSERT INTO core_auditentry SELECT * FROM core_auditentry WHERE id = %s"
            " ON CONFLICT (id) DO UPDATE SET request_id = 'forged'",
            pk,
        ),
    ],
    ids=["update", "delete", "save", "sql update", "sql delete", "sql delete all", "upsert"],
)
@pytest.mark.parametrize("actor", [SYSTEM, Viewer()], ids=["system", "visitor"])
def test_an_entry_is_never_changed_or_removed(change: Callable[[UUID], Any], actor: Viewer):
    setting()
    before = list(AuditEntry.objects.order_by("pk").values())

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), acting_as(actor):
        change(before[0]["id"])

    assert before
    assert list(AuditEntry.objects.order_by("pk").values()) == before


def test_what_is_no_change_of_a_row_is_noted_by_its_service():
    ada, row = viewer(), UserFactory()

    with acting_as(ada):
        audit.note(action=AuditEntry.Action.EXPORT, row=row, changes={"rows": 12})
        audit.note(action=AuditEntry.Action.SIGN_IN, row=row, by=row)

    export, sign_in = entries(row)[1:]
    assert (export.action, export.object_type, export.changes) == (
        "EXPORT",
        "accounts.User",
        {"rows": 12},
    )
    assert who(export) == acts_alone(ada)
    assert who(sign_in) == (row.pk, *acts_alone(ada)[1:])


def test_looks_at_many_rows_are_noted_by_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    dora, rows = viewer(), [UserProfileFactory() for _ in range(3)]

    with django_assert_num_queries(1):
        audit.note_looks(viewer=dora, rows=rows)

    seen = [(newest(row).action, who(newest(row))) for row in rows]
    assert seen == [("READ", acts_alone(dora))] * 3


#: Names of columns that hold what is somebody's own, or opens a door.
TELLING = re.compile(
    r"(^|_)(email|name|phone|number|address|street|location|postal_code|latitude|longitude|birth"
    r"|gender|bio|photo|token|secret|password|hash|ip|user_agent|firebase_user_id)(_|$)"
)

#: Columns of audited rows whose names sound like it and that anybody concerned may keep reading.
HARMLESS = {
    "leads.LeadRefundReason.name": "The platform's public rules.",
    **{
        f"catalog.{column}": "The platform's public offer."
        for column in (
            *("ServiceCategory.name", "ServiceSubcategory.name", "ServiceAddon.name"),
            *("ServicePackage.name", "Language.name", "Language.native_name"),
            *("ServiceArea.name", "ServiceArea.latitude", "ServiceArea.longitude"),
        )
    },
    "core.AppVersion.build_number": "Counts builds.",
    "core.SystemSetting.key": "The platform's own.",
    "organizations.Project.name": "Names a piece of work.",
    "organizations.Role.name": "Names a set of rights.",
    "organizations.Team.name": "Names a group.",
    "providers.ServiceProviderProfile.business_name": "Published by its owner.",
    "providers.ServiceProviderProfile.latitude": "Published by its owner.",
    "providers.ServiceProviderProfile.longitude": "Published by its owner.",
}

#: Models whose changes are not written down, and why.
UNAUDITED = {
    "accounts.Challenge": "Lives for minutes; what it led to is noted.",
    "accounts.Device": "Where push messages go: no right hangs on it.",
    "accounts.FriendRequest": "Between two users, who see it.",
    "accounts.PointsAward": "Is itself a record that only grows.",
    "accounts.Session": "Changes with each refresh; its start and end are noted by services.",
    "chat": "What is said keeps its own history, and decisions on reports are noted.",
    "core.AuditEntry": "Is the trail.",
    "core.DailyCount": "Counts.",
    "core.Delivery": "The log's own book-keeping.",
    "core.EventHorizon": "The log's own book-keeping.",
    "core.EventRecord": "Is itself a record that only grows.",
    "core.EventTopic": "The log's own book-keeping.",
    "core.IdempotencyRecord": "Is itself a record that only grows.",
    "core.TrustedDocument": "Is written once, and says nothing of anybody.",
    "core.OutboundMessage": "Is itself a record of what was sent.",
    "credits.CreditLot": "Follows from the ledger, which is itself a record.",
    "credits.CreditTransaction": "Is itself a record that only grows.",
    "credits.CreditWallet": "Follows from the ledger, which is itself a record.",
    "leads.LeadMatch": "Is itself a record, of a machine's judgement.",
    "leads.LeadVerificationCode": "Lives for minutes; what it led to is noted.",
    "orders.CounterOffer": "Is itself a record that only grows.",
    "orders.OrderAddon": "Written with its order, and not changed.",
    "orders.OrderAttachment": "Its order's parties see it: no right hangs on it.",
    "orders.OrderPhoto": "Its order's parties see it: no right hangs on it.",
    "orders.OrderTransition": "Is itself a record that only grows.",
    "orders.ProgressNote": "Is itself a record that only grows.",
    "orders.ProgressPhoto": "Is itself a record that only grows.",
    "organizations.ProjectUserObjectPermission": "Grants are noted by their service.",
    "providers.ProviderHoursException": "When a provider works: no right hangs on it.",
    "providers.ProviderSearchEntry": "Follows from other rows.",
    "providers.ProviderTimeOff": "When a provider works: no right hangs on it.",
}


def own_models() -> list[Any]:
    """The models of the domains."""
    return [model for model in apps.get_models() if model.__module__.startswith("apps.")]


def audit_of(model: Any) -> audited | None:
    """The trigger of a model, where it has one."""
    triggers = getattr(model._meta, "triggers", [])
    return next((found for found in triggers if isinstance(found, audited)), None)


AUDITED = [model for model in own_models() if audit_of(model)]


def is_telling(field: models.Field[Any, Any]) -> bool:
    """Whether a column holds what is somebody's own, as far as its name and kind say."""
    if isinstance(field, EncryptedTextField | models.EmailField | models.GenericIPAddressField):
        return True
    plain = models.BooleanField | models.DateTimeField | models.ForeignKey | models.AutoField
    return bool(TELLING.search(field.column)) and not isinstance(field, plain)


def told(model: Any) -> list[str]:
    """The columns of a model whose values the trail would copy, and must not."""
    trigger = audit_of(model)
    assert trigger is not None
    return [
        name
        for field in model._meta.concrete_fields
        if is_telling(field)
        and field.column not in (*trigger.personal, *trigger.ignored)
        and (name := f"{model._meta.label}.{field.column}") not in HARMLESS
    ]


def test_each_model_is_audited_or_has_a_reason_not_to_be():
    unplaced = [
        model._meta.label
        for model in own_models()
        if audit_of(model) is None
        and not {model._meta.label, model._meta.app_label} & UNAUDITED.keys()
    ]

    assert unplaced == []


@pytest.mark.parametrize("model", AUDITED, ids=lambda m: m._meta.label)
def test_the_trail_copies_nothing_that_is_somebodys_own(model: Any):
    assert told(model) == []


@pytest.mark.parametrize("model", AUDITED, ids=lambda m: m._meta.label)
def test_the_columns_that_a_trigger_names_are_there(model: Any):
    trigger, columns = audit_of(model), {field.column for field in model._meta.concrete_fields}
    assert trigger is not None

    assert {*trigger.personal, *trigger.ignored} <= columns
    assert "id" in columns


def test_the_exceptions_are_still_there():
    labels = {model._meta.label: model for model in own_models()}
    fields = {f"{label}.{f.column}" for label, m in labels.items() for f in m._meta.concrete_fields}
    apart = {*labels, *(model._meta.app_label for model in own_models())}

    assert HARMLESS.keys() <= fields
    assert UNAUDITED.keys() <= apart
    assert [label for label in UNAUDITED if label in labels and audit_of(labels[label])] == []


@pytest.mark.parametrize("model", AUDITED, ids=lambda m: m._meta.label)
def test_the_database_runs_the_trigger_that_the_model_declares(model: Any):
    trigger = audit_of(model)
    assert trigger is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(tgfoid), tgenabled FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname LIKE %s",
            [model._meta.db_table, "pgtrigger_audit%"],
        )
        ((body, enabled),) = cursor.fetchall()

    assert f"'{model._meta.label}'" in body
    assert enabled == "O"
    for name in (*trigger.personal, *trigger.ignored):
        assert f"'{name}'" in body
