"""Confirming a lead by a code that is texted: requestLeadCode and confirmLeadCode."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.core.services.outbox import record_report
from apps.leads.access import token_of
from apps.leads.events import LeadVerified
from apps.leads.models import Lead, LeadVerificationCode
from apps.leads.services.codes import request_code
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.leads import LeadFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.letters import letters_of, newest_code
from tests.support.unchanged import nothing_changes

SHOW = (
    "... on Lead { status isSmsVerified needsCode verificationScore codeDelivery }"
    " ... on VisitorLead { token status isSmsVerified needsCode }"
)


def _request(graphql: GraphQL, lead: Lead, *, by: Any = None, token: str = "") -> Answer:
    given = {"leadId": gid(lead), **({"visitorToken": token} if token else {})}
    return graphql.mutate("requestLeadCode", given, "... on CodeSent { expiresIn resendIn }", by=by)


def _confirm(
    graphql: GraphQL, lead: Lead, code: str, *, by: Any = None, token: str | None = None
) -> Answer:
    given = {"leadId": gid(lead), "code": code, "visitorToken": token}
    return graphql.mutate("confirmLeadCode", given, SHOW, by=by)


def _other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """A lead of Ben's that waits for its code."""
    found: Lead = LeadFactory(client=cast.ben, pending=True)
    return found


@pytest.fixture
def visitors(db: None) -> Lead:
    """A visitor's lead that waits for its code."""
    found: Lead = LeadFactory(client=None, pending=True)
    return found


@pytest.fixture
def moment(db: None) -> Iterator[Any]:
    """Time that goes on when it is told to."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def test_a_client_is_texted_a_code(graphql: GraphQL, cast: Cast, lead: Lead):
    answer = _request(graphql, lead, by=cast.ben).data["requestLeadCode"]

    (message,) = letters_of("lead_code")
    assert (answer["expiresIn"], answer["resendIn"]) == (600, 60)
    assert (message.recipient, message.user) == (lead.contact_phone, cast.ben)
    assert LeadVerificationCode.objects.get().message == message


def test_the_code_is_kept_as_a_digest_alone(graphql: GraphQL, cast: Cast, lead: Lead):
    _request(graphql, lead, by=cast.ben)

    code = LeadVerificationCode.objects.get()
    assert len(code.code_hash) == 64
    assert newest_code("lead_code") not in code.code_hash


def test_the_right_code_verifies_the_lead(graphql: GraphQL, cast: Cast, lead: Lead, moment: Any):
    request_code(lead=lead)

    with announced() as heard:
        shown = _confirm(graphql, lead, newest_code("lead_code"), by=cast.ben)

    lead.refresh_from_db()
    assert shown.data["confirmLeadCode"] == {
        "__typename": "Lead",
        "status": "VERIFIED",
        "isSmsVerified": True,
        "needsCode": False,
        "verificationScore": 59,
        "codeDelivery": "WAITING",
    }
    assert heard == [LeadVerified(lead_id=lead.pk, client_user_id=cast.ben.pk)]
    assert lead.expires_at == lead.verified_at + timedelta(days=7)
    assert LeadVerificationCode.objects.get().confirmed_at == clock.now()


def test_a_visitor_confirms_by_the_token(graphql: GraphQL, visitors: Lead):
    token = token_of(visitors.pk)
    _request(graphql, visitors, token=token)

    shown = _confirm(graphql, visitors, newest_code("lead_code"), token=token)

    assert shown.data["confirmLeadCode"] == {
        "__typename": "VisitorLead",
        "token": token,
        "status": "VERIFIED",
        "isSmsVerified": True,
        "needsCode": False,
    }


@pytest.mark.parametrize("who", ["cleo", "ada", "dora", "nobody"])
def test_nobody_else_has_a_code_texted_or_takes_one(
    graphql: GraphQL, cast: Cast, lead: Lead, who: str
):
    request_code(lead=lead)
    code, user = newest_code("lead_code"), getattr(cast, who)

    with nothing_changes():
        answers = [_request(graphql, lead, by=user), _confirm(graphql, lead, code, by=user)]

    expected = "not_allowed" if who == "dora" else "not_found"
    assert [answer.code for answer in answers] == [expected] * 2


def test_a_token_is_good_for_its_lead_alone(graphql: GraphQL, visitors: Lead, lead: Lead):
    other = LeadFactory(client=None, pending=True)
    tokens = ["x", f"{visitors.pk}:x", token_of(other.pk), token_of(lead.pk)]

    with nothing_changes():
        answers = [_request(graphql, visitors, token=token) for token in tokens]
        of_a_client = _request(graphql, lead, token=token_of(lead.pk))

    assert {answer.code for answer in [*answers, of_a_client]} == {"not_found"}


def test_after_five_wrong_codes_the_right_one_is_void(graphql: GraphQL, cast: Cast, lead: Lead):
    request_code(lead=lead)
    code = newest_code("lead_code")

    wrong = [_confirm(graphql, lead, _other_than(code), by=cast.ben).code for _ in range(5)]
    with nothing_changes():
        right = _confirm(graphql, lead, code, by=cast.ben)

    assert wrong == ["invalid_code"] * 5
    assert right.code == "too_many_attempts"


def test_a_wrong_code_is_counted_and_changes_nothing_else(graphql: GraphQL, cast: Cast, lead: Lead):
    request_code(lead=lead)

    answer = _confirm(graphql, lead, _other_than(newest_code("lead_code")), by=cast.ben)

    lead.refresh_from_db()
    assert answer.code == "invalid_code"
    assert LeadVerificationCode.objects.get().attempts == 1
    assert (lead.status, lead.is_sms_verified) == ("PENDING", False)


def test_the_code_is_good_for_ten_minutes(graphql: GraphQL, cast: Cast, lead: Lead, moment: Any):
    request_code(lead=lead)

    moment.shift(600)
    with nothing_changes():
        late = _confirm(graphql, lead, newest_code("lead_code"), by=cast.ben)

    assert late.code == "code_expired"


def test_only_the_newest_code_counts(graphql: GraphQL, cast: Cast, lead: Lead, moment: Any):
    request_code(lead=lead)
    old = newest_code("lead_code")
    moment.shift(61)
    request_code(lead=lead)

    answer = _confirm(graphql, lead, old, by=cast.ben)

    assert answer.code == "invalid_code"
    assert _confirm(graphql, lead, newest_code("lead_code"), by=cast.ben).data


def test_without_a_code_none_is_right(graphql: GraphQL, cast: Cast, lead: Lead):
    with nothing_changes():
        answer = _confirm(graphql, lead, "123456", by=cast.ben)

    assert answer.code == "invalid_code"


def test_another_code_is_sent_after_a_pause(graphql: GraphQL, cast: Cast, lead: Lead, moment: Any):
    _request(graphql, lead, by=cast.ben)

    with nothing_changes():
        soon = _request(graphql, lead, by=cast.ben)
    moment.shift(60)
    later = _request(graphql, lead, by=cast.ben)

    assert soon.code == "resend_too_soon"
    assert later.data["requestLeadCode"]["resendIn"] == 60


def test_one_number_is_texted_so_often_a_day(
    graphql: GraphQL, cast: Cast, lead: Lead, settings: Any
):
    settings.SMS_PER_NUMBER_AND_DAY = 1
    _request(graphql, lead, by=cast.ben)
    other = LeadFactory(pending=True)

    with nothing_changes():
        answer = _request(graphql, other, by=other.client)

    assert answer.code == "daily_limit_reached"


@pytest.mark.parametrize("status", ["VERIFIED", "ASSIGNED", "WON", "REJECTED", "CANCELLED"])
def test_a_lead_that_waits_for_no_code_takes_none(graphql: GraphQL, cast: Cast, status: str):
    lead, user = LeadFactory(client=cast.ben, status=status), cast.ben

    with nothing_changes():
        answers = [_request(graphql, lead, by=user), _confirm(graphql, lead, "123456", by=user)]

    assert [answer.code for answer in answers] == ["no_code_needed"] * 2


def test_a_lead_that_expired_takes_no_code_before_it_is_marked_so(
    graphql: GraphQL, cast: Cast, lead: Lead, moment: Any
):
    request_code(lead=lead)
    moment.shift(24 * 3600)

    with nothing_changes():
        answers = [
            _request(graphql, lead, by=cast.ben),
            _confirm(graphql, lead, newest_code("lead_code"), by=cast.ben),
        ]

    assert [answer.code for answer in answers] == ["lead_expired"] * 2


def test_what_became_of_the_message_is_told(graphql: GraphQL, cast: Cast, lead: Lead):
    request_code(lead=lead)
    (message,) = letters_of("lead_code")

    record_report(token=message.report_token, mask=1)

    document = "query($id: ID!) { lead(id: $id) { codeDelivery } }"
    shown = graphql(document, {"id": gid(lead)}, by=cast.ben)
    assert shown.data["lead"] == {"codeDelivery": "DELIVERED"}
