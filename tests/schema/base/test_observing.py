"""What operators see of operations: a line for each, and figures."""

import hashlib
import re
from typing import Any

import pytest

from tests.factories.cast import Cast
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import GraphQL

ME = "query WhoAmI { me { id } }"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What was written about operations."""
    found = [record.msg for record in caplog.records if record.name == "fundi.operations"]
    return [line for line in found if isinstance(line, dict)]


def figures(graphql: GraphQL) -> dict[str, float]:
    """The figures that are told at this moment."""
    text = graphql.client.get("/metrics").content.decode()
    pairs = re.findall(r"^(fundi_[^ ]+) ([^ ]+)$", text, flags=re.MULTILINE)
    return {name: float(value) for name, value in pairs}


@pytest.fixture(autouse=True)
def all_lines(caplog: pytest.LogCaptureFixture) -> None:
    """Lines of every level are kept."""
    caplog.set_level("INFO", "fundi.operations")


def test_each_operation_is_a_line(graphql: GraphQL, cast: Cast, caplog: pytest.LogCaptureFixture):
    membership = MembershipFactory(user=cast.ben)

    answer = graphql(ME, by=cast.ben)

    (line,) = lines(caplog)
    assert answer.status == 200
    assert re.fullmatch("[0-9a-f]{16}", line["request_id"])
    assert line["milliseconds"] > 0
    assert {name: line[name] for name in ("event", "operation", "kind", "cost", "codes")} == {
        "event": "operation",
        "operation": "WhoAmI",
        "kind": "query",
        "cost": 3,
        "codes": [],
    }
    assert line["viewer_id"] == str(cast.ben.pk)
    assert line["organization_id"] == str(membership.organization_id)


def test_a_line_says_what_was_refused(graphql: GraphQL, caplog: pytest.LogCaptureFixture):
    graphql(ME)

    (line,) = lines(caplog)
    assert (line["viewer_id"], line["codes"]) == (None, ["not_signed_in"])


def test_a_slow_operation_is_known_by_its_document(
    graphql: GraphQL, caplog: pytest.LogCaptureFixture, settings: Any
):
    settings.SLOW_OPERATION_SECONDS = 0.0

    graphql(ME)

    (line,) = lines(caplog)
    assert (line["event"], line["level"]) == ("slow_operation", "warning")
    assert line["document"] == hashlib.sha256(ME.encode()).hexdigest()


def test_a_name_is_no_way_into_the_log_for_whole_texts(
    graphql: GraphQL, caplog: pytest.LogCaptureFixture
):
    graphql(f"query {'a' * 5000} {{ __typename }}")

    (line,) = lines(caplog)
    assert line["operation"] == "a" * 80


def test_operations_are_counted_and_timed(graphql: GraphQL, cast: Cast):
    before = figures(graphql)
    graphql(ME, by=cast.ben)
    graphql(ME)
    graphql("{ me { id } languages { totalCount } }", by=cast.ben)

    after = figures(graphql)

    grown = {name: after[name] - before.get(name, 0) for name in after}
    me = 'kind="query",operation="me"'
    assert grown[f'fundi_operations_total{{{me},outcome="answered"}}'] == 1
    assert grown[f'fundi_operations_total{{{me},outcome="failed"}}'] == 1
    assert grown['fundi_operations_total{kind="query",operation="several",outcome="answered"}'] == 1
    assert grown[f"fundi_operation_seconds_count{{{me}}}"] == 2
    assert grown[f"fundi_operation_cost_points_total{{{me}}}"] == 3 + 2
    assert grown['fundi_errors_total{code="not_signed_in"}'] == 1


def test_refusals_of_mutations_are_counted(graphql: GraphQL, cast: Cast):
    before = figures(graphql)
    graphql.mutate("publishOrder", {"orderId": "VXNlcjox"}, by=cast.ben)

    grown = figures(graphql)['fundi_refusals_total{code="invalid_id"}']

    assert grown == before.get('fundi_refusals_total{code="invalid_id"}', 0) + 1


def test_what_waits_is_told(graphql: GraphQL):
    found = figures(graphql)

    assert found["fundi_waiting_deliveries"] == 0
    assert {"fundi_connections", "fundi_listeners", "fundi_oldest_delivery_seconds"} <= found.keys()


@pytest.mark.parametrize(
    ("header", "status"),
    [({}, 401), ({"authorization": "Bearer x"}, 401), ({"authorization": "Bearer secret"}, 200)],
    ids=["none", "another", "the token"],
)
def test_figures_are_for_who_shows_the_token(
    graphql: GraphQL, settings: Any, header: dict[str, str], status: int
):
    settings.METRICS_TOKEN = "secret"

    assert graphql.client.get("/metrics", headers=header).status_code == status


def test_production_tells_none_without_a_token(graphql: GraphQL, settings: Any):
    settings.PRODUCTION = True

    assert graphql.client.get("/metrics").status_code == 404
