"""Documents that clients name by their hash, over HTTP, streams and sockets."""

import hashlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest
import redis

from apps.accounts.services.sessions import start_session
from apps.core.services.documents import Document, register_documents
from kernel.valkey import valkey
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL
from tests.support.server import Server
from tests.support.sockets import connected

QUERY = "query Catalog { serviceCategories { totalCount } }"
ACCEPT = {"accept": "application/graphql-response+json"}
ANSWER = {"serviceCategories": {"totalCount": 0}}


def digest(text: str) -> str:
    """What Apollo's clients name a document by."""
    return hashlib.sha256(text.encode()).hexdigest()


def named(text: str, **more: Any) -> dict[str, Any]:
    """The parameters of a request that names a document."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}, **more}


def ask(graphql: GraphQL, parameters: dict[str, Any], **headers: str) -> tuple[int, Any]:
    """The status and the data, or the code, of the answer to a POST request."""
    response = graphql.client.post(
        "/graphql/", json.dumps(parameters), "application/json", headers={**ACCEPT, **headers}
    )
    return response.status_code, told(json.loads(response.content))


def told(body: dict[str, Any]) -> Any:
    """The data of an answer, or the code of its first error."""
    return body["errors"][0]["extensions"]["code"] if "errors" in body else body["data"]


@pytest.fixture(autouse=True)
def store(settings: Any) -> None:
    """A store of the test's own."""
    settings.PERSISTED_PREFIX = f"{settings.RATE_PREFIX}-persisted"


@pytest.fixture
def closed(settings: Any, db: None) -> None:
    """Registered documents alone run: the query, as Apollo's tools name it."""
    settings.TRUSTED_DOCUMENTS_ONLY = True
    register_documents([Document(digest(QUERY), QUERY, "Catalog")])


def test_a_document_that_was_sent_once_is_known_by_its_hash(graphql: GraphQL):
    before = ask(graphql, named(QUERY))
    sent = ask(graphql, named(QUERY, query=QUERY))
    after = ask(graphql, named(QUERY))

    assert before == (200, "persisted_query_not_found")
    assert sent == after == (200, ANSWER)


def test_apollo_knows_by_the_words_that_it_has_to_send_it(graphql: GraphQL):
    response = graphql.client.post("/graphql/", json.dumps(named(QUERY)), "application/json")

    assert json.loads(response.content)["errors"][0]["message"] == "PersistedQueryNotFound"


def test_a_query_by_its_hash_may_come_by_get(graphql: GraphQL):
    ask(graphql, named(QUERY, query=QUERY))
    extensions = json.dumps(named(QUERY)["extensions"])

    response = graphql.client.get("/graphql/?" + urlencode({"extensions": extensions}))

    assert told(json.loads(response.content)) == ANSWER


def test_a_mutation_by_its_hash_may_not(graphql: GraphQL):
    mutation = "mutation { signOut { __typename } }"
    ask(graphql, named(mutation, query=mutation))
    extensions = json.dumps(named(mutation)["extensions"])

    response = graphql.client.get("/graphql/?" + urlencode({"extensions": extensions}))

    assert (response.status_code, told(json.loads(response.content))) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("extension", "code"),
    [
        ({"version": 1, "sha256Hash": digest("{ __typename }")}, "persisted_query_mismatch"),
        ({"version": 2, "sha256Hash": digest(QUERY)}, "persisted_query_not_supported"),
        ({"version": 1, "sha256Hash": 5}, "persisted_query_not_supported"),
        ({"version": 1, "sha256Hash": "a" * 101}, "persisted_query_not_supported"),
        ({"version": 1}, "persisted_query_not_supported"),
        ("x", "persisted_query_not_supported"),
    ],
)
def test_a_hash_that_is_none_is_refused(graphql: GraphQL, extension: Any, code: str):
    parameters = {"query": QUERY, "extensions": {"persistedQuery": extension}}

    assert ask(graphql, parameters) == (400, code)
    assert ask(graphql, named(QUERY)) == (200, "persisted_query_not_found")


def test_a_document_that_cannot_run_is_not_kept(graphql: GraphQL):
    ask(graphql, named("{ nothing }", query="{ nothing }"))

    assert ask(graphql, named("{ nothing }")) == (200, "persisted_query_not_found")


def test_those_used_longest_ago_are_forgotten(graphql: GraphQL, settings: Any):
    settings.PERSISTED_QUERIES_MAX = 3
    first, *others = [f"query Q{n} {{ serviceCategories {{ totalCount }} }}" for n in range(4)]
    for text in (first, *others[:2]):
        ask(graphql, named(text, query=text))
    ask(graphql, named(first))

    ask(graphql, named(others[2], query=others[2]))

    found = [ask(graphql, named(text))[1] for text in (first, *others)]
    assert found == [ANSWER, "persisted_query_not_found", ANSWER, ANSWER]
    assert valkey().hlen(f"{{{settings.PERSISTED_PREFIX}}}:texts") == 3


def test_without_redis_documents_are_sent(graphql: GraphQL, settings: Any):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(redis.RedisError):
        valkey().ping()

    assert ask(graphql, named(QUERY)) == (200, "persisted_query_not_found")
    assert ask(graphql, named(QUERY, query=QUERY)) == (200, ANSWER)


@pytest.mark.django_db(transaction=True)
def test_a_socket_knows_them_too(server: Server, graphql: GraphQL, settings: Any):
    text = f"query {settings.RATE_PREFIX.replace('-', '')} {{ __typename }}"
    with connected(server.ws_url, init=True) as socket:
        for number, payload in enumerate([named(text), named(text, query=text), named(text)]):
            socket.send({"id": str(number), "type": "subscribe", "payload": payload})
            if number == 0:
                assert socket.error() == ("0", "persisted_query_not_found")
            else:
                assert socket.answer()[str(number)]["data"] == {"__typename": "Query"}
                socket.receive()


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "parameters",
    [named(QUERY), named(QUERY, query=QUERY), {"query": QUERY}, {"documentId": digest(QUERY)}],
    ids=["hash", "hash and text", "text", "id"],
)
def test_a_trusted_document_runs(graphql: GraphQL, parameters: dict[str, Any]):
    assert ask(graphql, parameters) == (200, ANSWER)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "parameters",
    [
        {"query": QUERY + " "},
        named(QUERY + " "),
        named(QUERY + " ", query=QUERY + " "),
        named(QUERY, query="{ me { id } }"),
        {"documentId": "1"},
        {"documentId": digest(QUERY), "query": "{ me { id } }"},
    ],
    ids=["text", "hash", "hash and text", "another's hash", "id", "another's id"],
)
def test_no_other_document_runs(graphql: GraphQL, cast: Cast, parameters: dict[str, Any]):
    token = start_session(user=cast.ben).access_token

    assert ask(graphql, parameters) == (400, "document_not_trusted")
    assert ask(graphql, parameters, authorization=f"Bearer {token}")[1] == "document_not_trusted"


@pytest.mark.usefixtures("closed")
def test_staff_may_ask_what_they_like(graphql: GraphQL, cast: Cast):
    assert graphql("{ me { name } }", by=cast.dora).data["me"]["name"] == cast.dora.name


def test_a_registered_document_runs_by_its_id_where_others_run_too(graphql: GraphQL):
    register_documents([Document("relay-1", QUERY)])

    assert ask(graphql, {"documentId": "relay-1"}) == (200, ANSWER)
