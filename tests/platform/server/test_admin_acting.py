"""Staff act under their own names in the admin, with their own rights; what they see is noted."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from apps.accounts.models import (
    Challenge,
    Session,
    User,
    UserProfile,
    UserVerification,
    VerificationEvidence,
)
from apps.accounts.services.passwords import send_reset_link
from apps.accounts.services.sessions import start_session
from apps.core.models import AuditEntry, SystemSetting
from apps.organizations.models import Organization, Team
from kernel.viewer import SYSTEM, acting_as
from tests.factories.accounts import ClientFactory, UserFactory, UserProfileFactory
from tests.factories.cast import Cast
from tests.factories.organizations import OrganizationFactory
from tests.support.authenticator import with_second_factor


@pytest.fixture
def browser(client: Client, cast: Cast) -> Client:
    """Dora's browser."""
    client.force_login(cast.dora)
    return client


def _page(model: Any, name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def _act(browser: Client, model: Any, action: str, *rows: Any) -> Any:
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return browser.post(_page(model, "changelist"), chosen)


def _reads() -> set[tuple[str, Any]]:
    found = AuditEntry.objects.filter(action="READ")
    return {(entry.object_type, entry.object_id) for entry in found}


def _allow(user: User, *names: str) -> None:
    user.user_permissions.set(Permission.objects.filter(codename__in=names))


def test_a_change_is_noted_with_who_made_it_and_in_which_request(browser: Client, cast: Cast):
    setting = SystemSetting.objects.create(key="fee", value="5")
    values = {"key": "fee", "value": "6", "setting_type": "STRING"}

    answer = browser.post(_page(SystemSetting, "change", setting.pk), values)

    entry = AuditEntry.objects.get(object_id=setting.pk, action="UPDATE")
    assert answer.status_code == 302
    assert entry.changes["value"] == ["5", "6"]
    assert (entry.actor, entry.ip_address) == (cast.dora, "127.0.0.1")
    assert len(entry.request_id) == 16


def test_opening_a_page_with_personal_columns_is_noted(browser: Client, cast: Cast):
    noise, shown = UserFactory(), cast.ben

    browser.get(_page(User, "change", shown.pk))

    (entry,) = AuditEntry.objects.filter(action="READ")
    assert (entry.object_type, entry.object_id) == ("accounts.User", shown.pk)
    assert (entry.actor, entry.changes) == (cast.dora, {})
    assert noise.pk != entry.object_id


def test_a_list_notes_the_rows_that_stood_on_it(browser: Client, cast: Cast):
    shown, hidden = UserFactory(email="eve@example.org"), UserFactory()

    browser.get(_page(User, "changelist"), {"q": "eve@"})

    assert _reads() == {("accounts.User", shown.pk)}
    assert hidden.pk not in {pk for _, pk in _reads()}


def test_parts_on_a_page_are_noted_with_it(browser: Client, cast: Cast):
    claim = UserVerification.objects.create(
        user_profile=UserProfileFactory(), verification_type="IDENTITY"
    )
    part = VerificationEvidence.objects.create(
        verification=claim, name="Passport", content_type="application/pdf", file="evidence/a.pdf"
    )

    page = browser.get(_page(UserVerification, "change", claim.pk)).content.decode()

    assert "/files/" in page
    assert _reads() == {
        ("accounts.UserVerification", claim.pk),
        ("accounts.VerificationEvidence", part.pk),
    }


def test_pages_without_personal_columns_note_nothing(browser: Client, cast: Cast):
    setting = SystemSetting.objects.create(key="fee", value="5")

    browser.get(_page(SystemSetting, "change", setting.pk))
    browser.get(_page(SystemSetting, "changelist"))

    assert _reads() == set()


def test_the_walls_of_the_database_open_to_those_with_the_permission(client: Client, cast: Cast):
    with acting_as(SYSTEM):
        organization = OrganizationFactory()
        Team.objects.create(organization=organization, name="Fitters")
    _allow(cast.eve, "view_team", "view_organization")
    client.force_login(cast.eve)

    page = client.get(_page(Team, "changelist")).content.decode()

    assert "Fitters" in page
    assert not Team.objects.exists()


def test_staff_without_the_permission_see_nothing(client: Client, cast: Cast):
    client.force_login(cast.eve)

    answers = [client.get(_page(model, "changelist")) for model in (User, Organization, Session)]

    assert [answer.status_code for answer in answers] == [403] * 3


def test_a_profile_is_found_by_its_phone_number(browser: Client):
    found = UserProfileFactory(phone_number="+27821234567")
    UserProfileFactory(phone_number="+27827654321")

    shown = browser.get(_page(UserProfile, "changelist"), {"q": "082 123 4567"}).context["cl"]

    assert [row.pk for row in shown.result_list] == [found.pk]


def test_a_profile_is_found_by_its_words(browser: Client):
    found = UserProfileFactory(city="Lagos")
    UserProfileFactory(city="Accra")

    shown = browser.get(_page(UserProfile, "changelist"), {"q": "lagos"}).context["cl"]

    assert [row.pk for row in shown.result_list] == [found.pk]


def test_claims_are_decided_by_actions_and_not_by_typing(browser: Client, cast: Cast):
    profile = ClientFactory().user_profile
    first, second = (
        UserVerification.objects.create(user_profile=profile, verification_type=kind)
        for kind in ("IDENTITY", "ADDRESS")
    )
    form = browser.get(_page(UserVerification, "change", first.pk)).context["adminform"].form

    _act(browser, UserVerification, "approve", first)
    _act(browser, UserVerification, "reject", second)
    again = _act(browser, UserVerification, "reject", first)

    states = UserVerification.objects.order_by("verification_type").values_list("status", flat=True)
    assert list(form.fields) == ["admin_notes"]
    assert list(states) == ["REJECTED", "APPROVED"]
    assert set(UserVerification.objects.values_list("reviewed_by", flat=True)) == {cast.dora.pk}
    assert again.status_code == 302


def test_nobody_decides_their_own_claim(browser: Client, cast: Cast):
    claim = UserVerification.objects.create(
        user_profile=UserProfileFactory(user=cast.dora), verification_type="IDENTITY"
    )

    _act(browser, UserVerification, "approve", claim)

    assert UserVerification.objects.get().status == "PENDING"


def test_a_lost_second_factor_is_taken_and_its_secret_shown_to_nobody(browser: Client, cast: Cast):
    app = with_second_factor(cast.ben)
    start_session(user=cast.ben)
    device = cast.ben.mfa_devices.get()

    page = browser.get(_page(type(device), "change", device.pk)).content.decode()
    _act(browser, type(device), "reset_second_factors", device)

    assert app.secret not in page
    assert "secret" not in page
    assert not cast.ben.mfa_devices.exists()
    assert not Session.objects.filter(user=cast.ben, revoked_at=None).exists()


def test_nobody_takes_their_own(browser: Client, cast: Cast):
    with_second_factor(cast.dora)
    device = cast.dora.mfa_devices.get()

    _act(browser, type(device), "reset_second_factors", device)

    assert cast.dora.mfa_devices.count() == 1


def test_a_session_is_ended(browser: Client, cast: Cast):
    start_session(user=cast.ben)
    session = Session.objects.get()

    _act(browser, Session, "end_sessions", session)

    note = AuditEntry.objects.get(action="SIGN_OUT")
    assert Session.objects.get().revoked_at is not None
    assert (note.object_id, note.actor) == (session.pk, cast.dora)


def test_a_password_that_staff_set_ends_the_sessions_of_the_old_one(browser: Client, cast: Cast):
    for user in (cast.ben, cast.cleo):
        start_session(user=user)
    password = "a-rather-long-sentence"
    typed = {"usable_password": "true", "password1": password, "password2": password}

    wrong = browser.post(
        f"/admin/accounts/user/{cast.ben.pk}/password/", {**typed, "password2": ""}
    )
    live = Session.objects.live().count()
    right = browser.post(f"/admin/accounts/user/{cast.ben.pk}/password/", typed)

    assert (wrong.status_code, live, right.status_code) == (200, 2, 302)
    assert [session.user for session in Session.objects.live()] == [cast.cleo]


def test_so_does_ones_own(browser: Client, cast: Cast):
    cast.dora.set_password("an-older-sentence")
    cast.dora.save()
    browser.force_login(cast.dora)
    start_session(user=cast.dora)
    new = "a-rather-long-sentence"
    typed = {"old_password": "an-older-sentence", "new_password1": new, "new_password2": new}

    answer = browser.post("/admin/password_change/", typed)

    assert answer.status_code == 302
    assert not Session.objects.live().exists()


def _moderator(client: Client, *names: str) -> User:
    """One of the staff who may change accounts, in their browser."""
    user = UserFactory(email="mod@example.org", is_staff=True)
    _allow(user, "view_user", "change_user", "delete_mfadevice", "view_mfadevice", *names)
    client.force_login(user)
    return user


def _typed(browser: Client, user: User) -> dict[str, Any]:
    """What stands in the form of a user."""
    form = browser.get(_page(User, "change", user.pk)).context["adminform"].form
    found = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    # What is off does not travel.
    return {
        name: value
        for name, value in found.items()
        if value is not False and value not in (None, "", [])
    }


def test_who_may_change_accounts_gives_no_rights(client: Client, cast: Cast):
    _moderator(client)
    rights = {"is_staff": "on", "is_superuser": "on"}

    form = client.get(_page(User, "change", cast.ben.pk)).context["adminform"].form
    typed = _typed(client, cast.ben)
    answer = client.post(_page(User, "change", cast.ben.pk), typed | rights | {"name": "Benny"})

    cast.ben.refresh_from_db()
    assert (answer.status_code, cast.ben.name) == (302, "Benny")
    assert not {"is_staff", "is_superuser", "groups", "user_permissions"} & set(form.fields)
    assert (cast.ben.is_staff, cast.ben.is_superuser) == (False, False)


def test_accounts_of_staff_are_changed_by_superusers_alone(client: Client, cast: Cast):
    _moderator(client, "delete_user")
    password = "a-rather-long-sentence"
    typed = {"usable_password": "true", "password1": password, "password2": password}
    theirs = [cast.dora, cast.eve]

    changed = [client.post(_page(User, "change", user.pk), {"name": "X"}) for user in theirs]
    posts = [client.post(f"/admin/accounts/user/{user.pk}/password/", typed) for user in theirs]
    chosen = {"action": "delete_selected", "_selected_action": [user.pk for user in theirs]}
    client.post(_page(User, "changelist"), chosen | {"post": "yes"})

    assert [answer.status_code for answer in (*changed, *posts)] == [403] * 4
    assert {user.name for user in User.objects.filter(is_staff=True)} == {"Sam"}
    assert not any(user.check_password(password) for user in User.objects.all())


def test_second_factors_of_staff_are_taken_by_superusers_alone(client: Client, cast: Cast):
    _moderator(client)
    for user in (cast.eve, cast.ben):
        with_second_factor(user)
    devices = [cast.eve.mfa_devices.get(), cast.ben.mfa_devices.get()]

    _act(client, type(devices[0]), "reset_second_factors", *devices)

    assert (cast.eve.mfa_devices.count(), cast.ben.mfa_devices.count()) == (1, 0)


def test_rights_that_are_given_are_in_the_audit_trail(browser: Client, cast: Cast):
    group = Group.objects.create(name="Helpers")
    permission = Permission.objects.get(codename="view_order")
    url = _page(User, "change", cast.eve.pk)
    typed = _typed(browser, cast.eve)

    answer = browser.post(url, typed | {"groups": [group.pk], "user_permissions": [permission.pk]})
    note = AuditEntry.objects.get(action="GRANT")
    browser.post(url, typed | {"groups": [], "user_permissions": []})

    lost = AuditEntry.objects.get(action="REVOKE")
    assert answer.status_code == 302
    assert (note.actor, note.object_id) == (cast.dora, cast.eve.pk)
    assert note.changes == {"groups": ["Helpers"], "permissions": ["orders.view_order"]}
    assert lost.changes == note.changes


def test_a_password_that_staff_set_voids_the_links_that_were_mailed(browser: Client, cast: Cast):
    send_reset_link(user_id=cast.ben.pk)
    password = "a-rather-long-sentence"
    typed = {"usable_password": "true", "password1": password, "password2": password}

    browser.post(f"/admin/accounts/user/{cast.ben.pk}/password/", typed)

    assert Challenge.objects.get().used_at is not None
