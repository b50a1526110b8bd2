"""Inviting people by mail."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from apps.core.models import OutboundMessage
from apps.organizations.events import MemberInvited
from apps.organizations.models import Invitation
from apps.organizations.services.organizations import system_role
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SHOW = "... on Invitation { email role { name } invitedBy { name } organization { name } }"


def offer(named: str = "member", **given: str) -> dict[str, str]:
    """What inviting somebody takes."""
    return {"email": "New@Example.org ", "roleId": gid(system_role(named)), **given}


def test_a_mail_carries_a_link_whose_token_is_stored_nowhere(
    graphql: GraphQL, firm: Firm, settings: Settings
):
    settings.INVITATION_URL = "https://fundi.example/join?t={token}"
    with announced() as heard:
        answer = graphql.mutate("inviteMember", offer(), SHOW, by=firm.admin)

    shown = answer.data["inviteMember"]
    invitation, message = Invitation.objects.get(), OutboundMessage.objects.get()
    assert shown["email"] == "new@example.org"
    assert (shown["role"], shown["invitedBy"]) == ({"name": "member"}, {"name": "Admin"})
    told = MemberInvited(organization_id=firm.organization.pk, invitation_id=invitation.pk)
    assert told in heard
    assert (message.recipient, message.template) == ("new@example.org", "invitation")
    token = message.text.split("https://fundi.example/join?t=")[1].split()[0]
    assert len(token) >= 43
    assert token not in str(Invitation.objects.values().get())
    left = invitation.expires_at - clock.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert graphql("query($t: String!) { invitation(token: $t) { role } }", {"t": token}).data


def test_the_mail_is_in_the_language_asked_for(graphql: GraphQL, firm: Firm):
    graphql.mutate("inviteMember", offer(language="fr"), by=firm.owner)

    assert OutboundMessage.objects.get().language == "fr"


def test_a_repeat_under_the_same_key_sends_no_second_mail(graphql: GraphQL, firm: Firm):
    for _ in range(2):
        graphql.mutate("inviteMember", offer(idempotencyKey="once"), by=firm.owner)

    assert Invitation.objects.count() == OutboundMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", "not_allowed"),
        ("member", "not_allowed"),
        ("suspended", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_who_does_not_manage_members_invites_nobody(
    graphql: GraphQL, firm: Firm, who: str, code: str
):
    given, by = offer(), getattr(firm, who)

    with nothing_changes():
        answer = graphql.mutate("inviteMember", given, by=by)

    assert answer.code == code


def test_inviting_needs_a_fresh_proof(graphql: GraphQL, firm: Firm, settings: Settings):
    settings.STEP_UP_SECONDS = 0
    given, by = offer(), firm.owner

    with nothing_changes():
        assert graphql.mutate("inviteMember", given, by=by).code == "step_up_required"


def test_an_administrator_makes_no_owners(graphql: GraphQL, firm: Firm):
    given, by = offer("owner"), firm.admin

    with nothing_changes():
        assert graphql.mutate("inviteMember", given, by=by).code == "permission_not_held"


def test_an_owner_makes_owners(graphql: GraphQL, firm: Firm):
    answer = graphql.mutate("inviteMember", offer("owner"), SHOW, by=firm.owner)

    assert answer.data["inviteMember"]["role"] == {"name": "owner"}


def test_a_role_composed_of_all_permissions_makes_no_owners(graphql: GraphQL, firm: Firm):
    grand = firm.role(*system_role("owner").permissions)
    by = MembershipFactory(organization=firm.organization, role=grand).user

    refused = graphql.mutate("inviteMember", offer("owner"), by=by)
    allowed = graphql.mutate("inviteMember", offer("admin"), SHOW, by=by)

    assert refused.code == "permission_not_held"
    assert allowed.data["inviteMember"]["role"] == {"name": "admin"}


def test_another_organizations_role_is_not_found(graphql: GraphQL, firm: Firm):
    foreign = Firm().role("crm.read")

    given = {"email": "new@example.org", "roleId": gid(foreign)}
    answer = graphql.mutate("inviteMember", given, by=firm.owner)

    assert answer.code == "not_found"


@pytest.mark.parametrize("email", ["USER@example.org", "user@example.org"])
def test_members_are_not_invited_again(graphql: GraphQL, firm: Firm, email: str):
    MembershipFactory(organization=firm.organization, user__email="user@example.org")
    given, by = offer(email=email), firm.owner

    with nothing_changes():
        assert graphql.mutate("inviteMember", given, by=by).code == "already_member"


def test_somebody_with_an_account_can_be_invited(graphql: GraphQL, firm: Firm):
    UserFactory(email="new@example.org")

    answer = graphql.mutate("inviteMember", offer(), SHOW, by=firm.owner)

    assert answer.data["inviteMember"]["email"] == "new@example.org"


def test_an_address_has_one_good_invitation(graphql: GraphQL, firm: Firm):
    firm.invitation(email="new@example.org")
    given, by = offer(), firm.owner

    with nothing_changes():
        assert graphql.mutate("inviteMember", given, by=by).code == "already_invited"


def test_an_expired_invitation_does_not_bar_another(graphql: GraphQL, firm: Firm):
    old = firm.invitation(email="NEW@example.org", expired=True)

    answer = graphql.mutate("inviteMember", offer(), SHOW, by=firm.owner)

    old.refresh_from_db()
    assert answer.data["inviteMember"]["email"] == "new@example.org"
    assert old.revoked_at is not None


def test_another_organization_may_invite_the_same_address(graphql: GraphQL, firm: Firm):
    Firm().invitation(email="new@example.org")

    answer = graphql.mutate("inviteMember", offer(), SHOW, by=firm.owner)

    assert answer.data["inviteMember"]["email"] == "new@example.org"


def test_a_bad_address_is_refused(graphql: GraphQL, firm: Firm):
    given, by = offer(email="nonsense"), firm.owner

    with nothing_changes():
        refusal = graphql.mutate("inviteMember", given, by=by).refusal

    assert (refusal["code"], refusal["field"]) == ("invalid", "email")


def test_an_invitation_whose_role_is_gone_is_not_sent_again(graphql: GraphQL, firm: Firm):
    role = firm.role()
    old = firm.invitation(email="new@example.org", role=role, expired=True)
    role.soft_delete()
    given, by = {"invitationId": gid(old)}, firm.owner

    with nothing_changes():
        answer = graphql.mutate("resendInvitation", given, SHOW, by=by)

    assert answer.code == "not_found"
