"""Which operation of a document runs, and how a document that cannot run is answered."""

import json

import pytest

from tests.support.graphql import GraphQL
from tests.support.probe import SECRET

TWO = "query A { a: __typename } query B { b: __typename }"


def ask(graphql: GraphQL, **request: object) -> tuple[int, dict[str, object]]:
    """The status and the body of the answer to a request."""
    response = graphql.client.post("/graphql/", json.dumps(request), "application/json")
    return response.status_code, json.loads(response.content)


def test_the_named_operation_of_two_runs(graphql: GraphQL):
    status, body = ask(graphql, query=TWO, operationName="B")

    assert (status, body["data"]) == (200, {"b": "Query"})


@pytest.mark.parametrize("name", [None, "", "C"])
def test_of_two_operations_none_runs_unless_one_is_named(graphql: GraphQL, name: str | None):
    _, body = ask(graphql, query=TWO, operationName=name)

    (error,) = body["errors"]
    assert error["extensions"] == {"code": "operation_not_found"}
    assert "data" not in body


@pytest.mark.parametrize(
    ("document", "expected"),
    [("#", "syntax_error"), ("fragment F on Query { __typename }", "invalid_request")],
)
def test_a_document_without_an_operation_is_refused(graphql: GraphQL, document: str, expected: str):
    answer = graphql(document)

    assert answer.status == 400
    assert answer.code == expected


def test_a_syntax_error_says_what_and_where(graphql: GraphQL):
    answer = graphql("{ me { id }")

    (error,) = answer.body["errors"]
    assert (answer.status, answer.code) == (400, "syntax_error")
    assert error["message"] == "Syntax Error: Expected Name, found <EOF>."
    assert error["locations"] == [{"line": 1, "column": 12}]


def test_a_validation_error_says_what_and_where(graphql: GraphQL):
    answer = graphql("{ me { nothing } }")

    (error,) = answer.body["errors"]
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert error["message"].startswith("Cannot query field 'nothing' on type 'User'.")
    assert error["locations"] == [{"line": 1, "column": 8}]


@pytest.mark.parametrize(
    "variables", [None, {}, {"id": None}, {"id": 5.5}, {"id": ["a"]}, {"id": {"a": 1}}]
)
def test_a_variable_of_another_type_is_refused(graphql: GraphQL, variables: dict[str, object]):
    answer = graphql("query($id: ID!) { serviceCategory(id: $id) { id } }", variables)

    assert (answer.status, answer.code) == (400, "invalid_request")
    assert "data" not in answer.body


def test_text_with_a_null_character_is_no_failure_of_ours(graphql: GraphQL):
    answer = graphql('{ serviceCategories(filter: {name: {exact: "a\\u0000"}}) { totalCount } }')

    assert answer.code == "invalid_value"


@pytest.mark.urls("tests.support.probe")
def test_an_unexpected_failure_is_masked_and_logged_under_the_request_id(
    graphql: GraphQL, caplog: pytest.LogCaptureFixture
):
    answer = graphql("{ fail __typename }")

    (error,) = answer.body["errors"]
    request_id = error["extensions"]["requestId"]
    assert answer.status == 200
    assert answer.body["data"] == {"fail": None, "__typename": "Query"}
    assert error["message"] == "internal_error"
    assert error["extensions"] == {"code": "internal_error", "requestId": request_id}
    assert SECRET not in str(answer.body)
    (line,) = [record for record in caplog.records if record.name == "schema.base.errors"]
    assert request_id in str(line.msg)
    assert SECRET in str(line.msg)


def test_an_expected_failure_keeps_its_code_and_is_not_logged(
    graphql: GraphQL, caplog: pytest.LogCaptureFixture
):
    answer = graphql("{ me { id } }")

    assert (answer.status, answer.code) == (200, "not_signed_in")
    assert [record for record in caplog.records if record.name == "schema.base.errors"] == []
