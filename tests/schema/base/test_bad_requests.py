"""Requests that are none: each is answered as JSON with a code, and never with a 500."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from tests.support.graphql import RESPONSE_JSON, GraphQL

JSON = "application/json"
BOUNDARY = "multipart/form-data; boundary=x"
PREFLIGHT = {"Apollo-Require-Preflight": "true"}
UPLOAD = "mutation($input: AddOrderPhotoInput!) { addOrderPhoto(input: $input) { __typename } }"


def post(graphql: GraphQL, body: bytes, kind: str = JSON, **headers: str) -> HttpResponse:
    """Send a body as it is."""
    return graphql.client.post("/graphql/", body, content_type=kind, headers=headers)


def multipart(*parts: tuple[str, str]) -> bytes:
    """A form of text parts."""
    lines = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in parts]
    return ("".join(lines) + "--x--\r\n").encode()


def upload(graphql: GraphQL, *parts: tuple[str, str]) -> HttpResponse:
    """Send a form with the header that uploads need."""
    return post(graphql, multipart(*parts), BOUNDARY, **PREFLIGHT)


def code(response: HttpResponse) -> str:
    """The code of the only error of an answer, which must be JSON."""
    assert response["Content-Type"] == "application/json; charset=utf-8"
    (error,) = json.loads(response.content)["errors"]
    return str(error["extensions"]["code"])


OPERATIONS = json.dumps({"query": UPLOAD, "variables": {"input": {"photo": None, "a": 1}}})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b" ", "invalid_json"),
        (b"{", "invalid_json"),
        (b'{"query": "{ __typename }\xff"}', "invalid_json"),
        (b"[" * 20_000 + b"]" * 20_000, "invalid_json"),
        (b'{"query": "{ __typename }", "variables": {"n": ' + b"9" * 5000 + b"}}", "invalid_json"),
        (b'{"query": "\\ud800"}', "invalid_json"),
        (b'"x"', "bad_request"),
        (b"null", "bad_request"),
        (b"5", "bad_request"),
        (b"[1]", "bad_request"),
        (b'[{"query": "{ __typename }"}]', "bad_request"),
        (b"{}", "query_missing"),
        (b'{"query": ""}', "query_missing"),
        (b'{"query": ["{ __typename }"]}', "bad_request"),
        (b'{"query": "{ __typename }", "variables": []}', "bad_request"),
        (b'{"query": "{ __typename }", "operationName": 1}', "bad_request"),
    ],
)
def test_a_body_that_is_no_request_is_refused(graphql: GraphQL, body: bytes, expected: str):
    response = post(graphql, body)

    assert (response.status_code, code(response)) == (400, expected)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [("operations", OPERATIONS)],
        [("map", "{}")],
        [("operations", "{"), ("map", "{}")],
        [("operations", "[]"), ("map", "{}")],
        [("operations", OPERATIONS), ("map", "[]")],
        [("operations", OPERATIONS), ("map", "{")],
        [("operations", OPERATIONS), ("map", '{"0": ["variables.input.photo"]}')],
    ],
)
def test_a_form_without_its_parts_is_refused(graphql: GraphQL, parts: list[tuple[str, str]]):
    response = upload(graphql, *parts)

    assert (response.status_code, code(response)) in [(400, "bad_request"), (400, "invalid_json")]


@pytest.mark.parametrize(
    "places",
    [
        "variables.input.photo",
        None,
        [None],
        [5],
        [["variables"]],
        [""],
        ["query"],
        ["variables"],
        ["variables.other.photo"],
        ["variables.input.photo.file"],
        ["variables.input.0"],
        ["variables.input.a"],
        ["variables.²"],
        ["variables.input." + "9" * 5000],
    ],
)
def test_a_map_that_points_nowhere_is_refused(graphql: GraphQL, places: Any):
    file = '--x\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\nx\r\n'
    form = multipart(("operations", OPERATIONS), ("map", json.dumps({"0": places})))

    response = post(graphql, file.encode() + form, BOUNDARY, **PREFLIGHT)

    assert (response.status_code, code(response)) == (400, "bad_request")


@pytest.mark.parametrize(
    "kind", [BOUNDARY, "multipart/form-data", "multipart/form-data; boundary=" + "y" * 300]
)
def test_a_truncated_form_is_refused(graphql: GraphQL, kind: str):
    response = post(graphql, multipart(("operations", OPERATIONS))[:40], kind, **PREFLIGHT)

    assert (response.status_code, code(response)) == (400, "bad_request")


def test_a_form_of_a_thousand_and_one_parts_is_refused(graphql: GraphQL):
    response = upload(graphql, *[(f"p{n}", "") for n in range(1001)])

    assert (response.status_code, code(response)) == (400, "bad_request")


def test_a_form_needs_a_header_that_other_sites_cannot_send(graphql: GraphQL):
    form = multipart(("operations", '{"query": "{ __typename }"}'), ("map", "{}"))

    refused = post(graphql, form, BOUNDARY)
    taken = post(graphql, form, BOUNDARY, **PREFLIGHT)

    assert (refused.status_code, code(refused)) == (400, "preflight_required")
    assert json.loads(taken.content)["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_content_type_that_any_page_can_send_is_refused(graphql: GraphQL, kind: str):
    response = post(graphql, b'{"query": "{ __typename }"}', kind)

    assert (response.status_code, code(response)) == (415, "unsupported_media_type")


def test_a_body_in_another_encoding_is_refused(graphql: GraphQL):
    response = post(graphql, b'{"query": "{ __typename }"}', JSON + "; charset=utf-16")

    assert (response.status_code, code(response)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("length", [256 * 1024 + 1, 11 * 1024 * 1024])
def test_a_body_over_the_limit_is_refused(graphql: GraphQL, length: int):
    response = post(graphql, b'{"query": "#' + b"x" * length)

    assert (response.status_code, code(response)) == (413, "body_too_large")


def test_a_body_at_the_limit_is_taken(graphql: GraphQL, settings: Any):
    start, end = b'{"query": "{ __typename }", "extensions": {"x": "', b'"}}'

    response = post(graphql, start.ljust(settings.BODY_MAX_BYTES - len(end), b"x") + end)

    assert json.loads(response.content)["data"] == {"__typename": "Query"}


def test_an_upload_over_the_limit_is_refused(graphql: GraphQL, settings: Any):
    settings.UPLOAD_MAX_BYTES = settings.BODY_MAX_BYTES = 1000
    file = '--x\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\nx\r\n'

    large_file = post(graphql, (file + "x" * 2000).encode(), BOUNDARY, **PREFLIGHT)
    large_text = upload(graphql, ("operations", " " * 1001), ("map", "{}"))

    assert (large_file.status_code, code(large_file)) == (413, "body_too_large")
    assert (large_text.status_code, code(large_text)) == (413, "body_too_large")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "head"])
def test_other_methods_are_refused_and_told_which_are_taken(graphql: GraphQL, method: str):
    response = getattr(graphql.client, method)("/graphql/")

    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


def test_a_query_may_come_by_get(graphql: GraphQL):
    response = graphql.client.get(
        "/graphql/",
        {
            "query": "query Q($n: String!) { __type(name: $n) { name } }",
            "operationName": "Q",
            "variables": '{"n": "Order"}',
        },
    )

    assert json.loads(response.content)["data"] == {"__type": {"name": "Order"}}


def test_a_mutation_may_not_come_by_get(graphql: GraphQL):
    response = graphql.client.get("/graphql/", {"query": "mutation { signOut { __typename } }"})

    assert (response.status_code, code(response)) == (405, "method_not_allowed")
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_not_ask_by_get(graphql: GraphQL, site: str):
    asked = {"query": "{ __typename }"}

    refused = graphql.client.get("/graphql/", asked, headers={"Sec-Fetch-Site": site})
    taken = graphql.client.get("/graphql/", asked, headers={"Sec-Fetch-Site": site} | PREFLIGHT)

    assert (refused.status_code, code(refused)) == (400, "preflight_required")
    assert taken.status_code == 200


def test_a_subscription_does_not_run_over_http(graphql: GraphQL):
    answer = graphql('subscription { orderEvents(orderId: "T3JkZXI6MQ==") { type } }')

    assert (answer.status, answer.code) == (400, "subscription_over_http")


def test_a_client_that_takes_no_json_is_refused(graphql: GraphQL):
    response = post(graphql, b'{"query": "{ __typename }"}', Accept="image/png")

    assert (response.status_code, code(response)) == (406, "not_acceptable")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"application/json;q=0.5, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.1, application/json;q=0.9", JSON),
        (f"{RESPONSE_JSON}, application/json, */*;q=0.1", RESPONSE_JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html, */*;q=0.8", JSON),
        (f"{RESPONSE_JSON};q=0, application/json", JSON),
    ],
)
def test_the_answer_is_of_the_type_that_the_client_likes_best(
    graphql: GraphQL, accept: str, kind: str
):
    response = post(graphql, b'{"query": "{ __typename }"}', Accept=accept)

    assert response["Content-Type"] == f"{kind}; charset=utf-8"
