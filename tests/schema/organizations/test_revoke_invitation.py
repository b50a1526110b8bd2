"""Taking invitations back, and sending them again."""

import pytest
from pytest_django import Settings

from apps.core.models import OutboundMessage
from apps.organizations.events import InvitationRevoked
from kernel import clock
from tests.factories.organizations import Firm
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SEE = "query($t: String!) { invitation(token: $t) { role } }"


def test_its_link_is_good_no_more(graphql: GraphQL, firm: Firm):
    invitation = firm.invitation(token="abc")

    with announced() as heard:
        answer = graphql.mutate(
            "revokeInvitation",
            {"invitationId": gid(invitation)},
            "... on Invitation { revokedAt viewerCan }",
            by=firm.admin,
        )

    assert answer.data["revokeInvitation"]["revokedAt"]
    assert graphql(SEE, {"t": "abc"}).code == "not_found"
    assert heard == [
        InvitationRevoked(organization_id=firm.organization.pk, invitation_id=invitation.pk)
    ]


def test_sent_again_it_has_a_new_link_and_new_time(graphql: GraphQL, firm: Firm):
    invitation = firm.invitation(token="abc", expired=True)

    graphql.mutate("resendInvitation", {"invitationId": gid(invitation)}, by=firm.admin)

    invitation.refresh_from_db()
    assert invitation.expires_at > clock.now()
    assert graphql(SEE, {"t": "abc"}).code == "not_found"
    token = OutboundMessage.objects.get().text.split("token=")[1].split()[0]
    assert graphql(SEE, {"t": token}).data["invitation"] == {"role": "member"}


def test_sending_again_needs_a_fresh_proof(graphql: GraphQL, firm: Firm, settings: Settings):
    settings.STEP_UP_SECONDS = 0
    given, by = {"invitationId": gid(firm.invitation())}, firm.owner

    with nothing_changes():
        assert graphql.mutate("resendInvitation", given, by=by).code == "step_up_required"


@pytest.mark.parametrize("name", ["revokeInvitation", "resendInvitation"])
@pytest.mark.parametrize("column", ["accepted_at", "revoked_at"])
def test_a_closed_invitation_stays_as_it_is(graphql: GraphQL, firm: Firm, name: str, column: str):
    given, by = {"invitationId": gid(firm.invitation(**{column: clock.now()}))}, firm.owner

    with nothing_changes():
        assert graphql.mutate(name, given, by=by).code == "invitation_closed"


@pytest.mark.parametrize("name", ["revokeInvitation", "resendInvitation"])
@pytest.mark.parametrize(
    ("who", "code"),
    [("stranger", "not_found"), ("member", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_only_those_who_manage_members_do_so(
    graphql: GraphQL, firm: Firm, name: str, who: str, code: str
):
    given, by = {"invitationId": gid(firm.invitation())}, getattr(firm, who)

    with nothing_changes():
        assert graphql.mutate(name, given, by=by).code == code


@pytest.mark.parametrize("name", ["revokeInvitation", "resendInvitation"])
def test_an_administrator_leaves_the_invitations_of_owners_alone(
    graphql: GraphQL, firm: Firm, name: str
):
    given, by = {"invitationId": gid(firm.invitation(named="owner"))}, firm.admin

    with nothing_changes():
        assert graphql.mutate(name, given, by=by).code == "not_allowed"
