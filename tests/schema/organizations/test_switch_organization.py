"""Acting for another organization by the same session."""

from typing import Any

import pytest

from apps.accounts import tokens
from apps.accounts.models import Session
from apps.accounts.services.sessions import SignedIn, start_session
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.graphql import Answer, GraphQL, gid

SWITCH = (
    "mutation($id: ID!) { switchOrganization(input: {organizationId: $id}) {"
    " ... on AuthPayload { accessToken refreshToken user { email } }"
    " ... on OperationInfo { messages { code } } } }"
)
REFRESH = (
    "mutation($t: String!) { refreshSession(input: {refreshToken: $t}) {"
    " ... on AuthPayload { accessToken } ... on OperationInfo { messages { code } } } }"
)


@pytest.fixture
def signed_in(firm: Firm) -> SignedIn:
    """The firm's manager, who owns another organization too."""
    own = MembershipFactory(user=firm.manager, organization__name="Own")
    firm.manager.own = own.organization
    return start_session(user=firm.manager)


def switch(graphql: GraphQL, to: Any, signed_in: SignedIn) -> Answer:
    """Ask to act for an organization."""
    return graphql(SWITCH, {"id": gid(to)}, token=signed_in.access_token)


def test_the_new_tokens_act_for_it_by_the_same_session(
    graphql: GraphQL, firm: Firm, signed_in: SignedIn
):
    firm.team(name="North", of=[firm.manager])
    own = signed_in.user.own

    payload = switch(graphql, own, signed_in).data["switchOrganization"]

    before, after = (tokens.read(t) for t in (signed_in.access_token, payload["accessToken"]))
    assert after.session_id == before.session_id
    assert (before.organization_id, after.organization_id) == (firm.organization.pk, own.pk)
    assert payload["user"] == {"email": firm.manager.email}
    assert Session.objects.get().organization == own
    teams = "{ teams { totalCount } }"
    assert graphql(teams, token=signed_in.access_token).data["teams"] == {"totalCount": 1}
    assert graphql(teams, token=payload["accessToken"]).data["teams"] == {"totalCount": 0}


def test_a_refresh_stays_with_it(graphql: GraphQL, signed_in: SignedIn):
    own = signed_in.user.own
    payload = switch(graphql, own, signed_in).data["switchOrganization"]

    answer = graphql(REFRESH, {"t": payload["refreshToken"]})

    assert tokens.read(answer.data["refreshSession"]["accessToken"]).organization_id == own.pk


def test_the_refresh_token_before_it_is_good_no_more(graphql: GraphQL, signed_in: SignedIn):
    switch(graphql, signed_in.user.own, signed_in)

    assert graphql(REFRESH, {"t": signed_in.refresh_token}).code == "refresh_token_reused"


def test_organizations_that_one_does_not_act_for_are_not_found(
    graphql: GraphQL, firm: Firm, signed_in: SignedIn
):
    suspended = MembershipFactory(user=firm.manager, suspended=True).organization
    left = MembershipFactory(user=firm.manager)
    left.soft_delete()
    deleted = MembershipFactory(user=firm.manager).organization
    deleted.soft_delete()
    before = Session.objects.values().get()

    targets = [Firm().organization, suspended, left.organization, deleted]
    codes = [switch(graphql, target, signed_in).code for target in targets]

    assert codes == ["not_found"] * 4
    assert Session.objects.values().get() == before


def test_one_that_requires_a_second_factor_wants_it(
    graphql: GraphQL, firm: Firm, signed_in: SignedIn
):
    own = signed_in.user.own
    own.requires_second_factor = True
    own.save()
    stronger = start_session(user=firm.manager, second_factor=True)

    assert switch(graphql, own, signed_in).code == "second_factor_required"
    assert "accessToken" in switch(graphql, own, stronger).data["switchOrganization"]


def test_who_is_locked_out_of_one_can_switch_to_another(
    graphql: GraphQL, firm: Firm, signed_in: SignedIn
):
    firm.organization.requires_second_factor = True
    firm.organization.save()

    answer = switch(graphql, signed_in.user.own, signed_in)

    assert "accessToken" in answer.data["switchOrganization"]


def test_staff_who_see_all_act_for_none_but_their_own(graphql: GraphQL, cast: Any, firm: Firm):
    answer = switch(graphql, firm.organization, start_session(user=cast.dora))

    assert answer.code == "not_allowed"


def test_the_signed_out_switch_nothing(graphql: GraphQL, firm: Firm):
    assert graphql(SWITCH, {"id": gid(firm.organization)}).code == "not_signed_in"
