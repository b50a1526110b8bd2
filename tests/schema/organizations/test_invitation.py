"""What the page shows that an invitation's mail links to."""

import pytest

from kernel import clock
from tests.factories.organizations import Firm
from tests.support.graphql import GraphQL

SEE = "query($t: String!) { invitation(token: $t) { organization inviter role expiresAt } }"


def test_whoever_holds_the_link_sees_what_is_offered(graphql: GraphQL, firm: Firm):
    firm.invitation(token="abc", named="admin", invited_by=firm.owner)

    shown = graphql(SEE, {"t": "abc"}).data["invitation"]

    assert (shown["organization"], shown["inviter"]) == ("Ada's Pipes", "Owner")
    assert shown["role"] == "admin"


@pytest.mark.parametrize(
    "traits",
    [{"expired": True}, {"revoked_at": clock.now()}, {"accepted_at": clock.now()}],
    ids=["expired", "revoked", "accepted"],
)
def test_one_that_is_good_no_more_looks_like_none(
    graphql: GraphQL, firm: Firm, traits: dict[str, object]
):
    firm.invitation(token="abc", **traits)

    assert graphql(SEE, {"t": "abc"}).code == graphql(SEE, {"t": "none"}).code == "not_found"


def test_tokens_cannot_be_guessed_at_leisure(graphql: GraphQL, firm: Firm):
    firm.invitation(token="abc")
    codes = {graphql(SEE, {"t": "x"}).code for _ in range(61)}

    assert codes == {"not_found", "rate_limited"}
    assert graphql(SEE, {"t": "abc"}).code == "rate_limited"
