"""Where something unexpected fails, clients are told a code and an id, and the log why."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextlib import nullcontext as nothing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import connection

from apps.accounts.services.sessions import start_session
from apps.core.models import OutboundMessage
from apps.orders.events import OrderUpdated
from kernel import events
from kernel.storage import SALT
from kernel.viewer import SYSTEM, acting_as
from tests.factories.cast import Cast
from tests.platform.privacy.breaking import raising_on, without
from tests.platform.privacy.estate import Estate
from tests.support.authenticator import with_second_factor
from tests.support.graphql import gid
from tests.support.pictures import picture
from tests.support.sockets import connected
from tests.support.threads import wait_until

SECRET = "hunter2"
PASSWORD = "drip-drop-42"
CREATE = """mutation($input: CreateOrderInput!) { createOrder(input: $input) {
  __typename ... on Order { id bids { totalCount } } } }"""
SIGN_UP = """mutation { signUp(input: {email: "new@example.org", password: "drip-drop-42"}) {
  __typename } }"""
SIGN_IN = """mutation { signIn(input: {email: "ben@example.org", password: "drip-drop-42"}) {
  __typename } }"""
VERIFY = "mutation { requestEmailVerification(input: {}) { __typename } }"
PHOTO = """mutation($input: UploadPhotoInput!) { uploadPhoto(input: $input) { __typename } }"""
FOLLOW = "subscription($id: ID!) { orderEvents(orderId: $id) { type order { title } } }"
FAIL = "{ fail }"
FIND = '{ providers(search: "x") { totalCount } }'
CITY = 'filter: {city: {exact: "x"}}'
STREAM = {"Accept": "text/event-stream"}

Breaking = AbstractContextManager[Any]


@dataclass
class Told:
    """What a client was told: all of it, the id under which the log has it, and whether that is
    all that is told.
    """

    text: str
    id: str
    is_masked: bool


def graphql(response: httpx.Response) -> Told:
    """What GraphQL answered over HTTP."""
    header, kind = response.headers["X-Request-Id"], response.headers["Content-Type"]
    if kind.startswith("text/event-stream"):
        parts = [line[6:] for line in response.text.splitlines() if line.startswith("data: {")]
        bodies = [json.loads(part) for part in parts]
    else:
        bodies = [response.json()] if "json" in kind else []
    errors = [error for body in bodies for error in body.get("errors", [])]
    told = judged(errors, response.text)
    return Told(told.text, header, told.is_masked and told.id == header)


def judged(errors: list[dict[str, Any]], text: str) -> Told:
    """What the only error tells."""
    id = errors[0]["extensions"].get("requestId", "") if errors else ""
    masked = {"code": "internal_error", "requestId": id}
    plain = [(each["message"], each["extensions"]) == ("internal_error", masked) for each in errors]
    return Told(text, id, plain == [True])


def page(response: httpx.Response) -> Told:
    """What was answered that is not GraphQL."""
    is_plain = "<h1>Server Error (500)</h1>" in response.text and len(response.text) < 200
    id = response.headers["X-Request-Id"]
    return Told(response.text, id, response.status_code == 500 and is_plain)


class Asking:
    """Those who ask, in every way."""

    def __init__(self, estate: Estate, cast: Cast) -> None:
        self.estate, self.cast = estate, cast
        self.order = cast.ben_order(published=True)
        self.message = OutboundMessage(template="email_code", channel="EMAIL", recipient="x@y.z")
        self.message.report_token = "report"
        self.message.save()
        cast.ben.password = make_password(PASSWORD)
        cast.ben.save(update_fields=["password"])
        self.ben = start_session(user=cast.ben).access_token
        self.dora = start_session(user=cast.dora, second_factor=True).access_token
        self.jar: dict[str, str] = {}
        self.keys = count()

    def ask(self, document: str, *, by: str | None = None, **variables: Any) -> Told:
        """By POST."""
        return graphql(self._post({"query": document, "variables": variables}, by or self.ben))

    def visit(self, document: str) -> Told:
        """By POST, as nobody."""
        return graphql(self._post({"query": document}, None))

    def by_id(self, **headers: str) -> Told:
        """By the id of a document."""
        return graphql(self._post({"documentId": "unknown"}, self.ben, **headers))

    def get(self, document: str) -> Told:
        """By GET."""
        return graphql(self.estate.request("GET", "/graphql/", params={"query": document}))

    def stream(self, document: str) -> Told:
        """By a response that goes on."""
        return graphql(self._post({"query": document}, self.ben, **STREAM))

    def upload(self) -> Told:
        """With a file beside it."""
        form = {
            "operations": json.dumps({"query": PHOTO, "variables": {"input": {"photo": None}}}),
            "map": json.dumps({"0": ["variables.input.photo"]}),
        }
        headers = {"Authorization": f"Bearer {self.ben}", "GraphQL-Preflight": "1"}
        return graphql(
            self.estate.request(
                "POST", "/graphql/", data=form, files={"0": ("a.png", picture())}, headers=headers
            )
        )

    def socket(self, document: str | None, later: Callable[[], Breaking] | None = None) -> Told:
        """Over a socket; what breaks later does so once the operation is followed."""
        payload: dict[str, Any] = {"query": document} if document else {"documentId": "unknown"}
        payload["variables"] = {"id": gid(self.order)} if document == FOLLOW else {}
        url, headers = self.estate.web.ws_url, {"X-Forwarded-Proto": "https"}
        with connected(url, token=self.ben, additional_headers=headers) as socket:
            socket.send({"id": "1", "type": "subscribe", "payload": payload})
            if later is not None:
                self._await_listener()
            with later() if later else nothing():
                frame = socket.receive()
                if frame["type"] == "next" and not frame["payload"].get("errors"):
                    frame = socket.receive()
        told = frame["payload"]
        return judged(told if isinstance(told, list) else told["errors"], json.dumps(frame))

    @contextmanager
    def happening(self) -> Iterator[None]:
        """Publish a fact of the order, which can no longer be read, for a block."""
        with without("orders_order", "title"):
            with acting_as(SYSTEM):
                events.publish(OrderUpdated(order_id=self.order.pk))
            yield

    def create(self) -> Told:
        """Make an order."""
        return self.ask(
            CREATE,
            input={
                "title": "The tap drips",
                "serviceSubcategoryId": gid(self.order.service_subcategory),
                "city": "Cape Town",
                "country": "ZA",
                "location": "12 Lower Main Road",
                "idempotencyKey": str(next(self.keys)),
            },
        )

    def page(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Told:
        """A page, or the answer to a form."""
        method, data = ("GET", None) if form is None else ("POST", self._signed(form))
        headers |= {"Referer": f"https://127.0.0.1:{self.estate.web.port}/admin/"}
        request = self.estate.request
        return page(request(method, path, data=data, cookies=self.jar, headers=headers))

    def enter(self) -> None:
        """Sign in to the admin."""
        app = with_second_factor(self.cast.dora)
        self.cast.dora.password = make_password(PASSWORD)
        self.cast.dora.save(update_fields=["password"])
        url = "/admin/login/"
        self.jar["csrftoken"] = self.estate.request("GET", url).cookies["csrftoken"]
        form = {"username": self.cast.dora.email, "password": PASSWORD, "code": app.code()}
        headers = {"Referer": f"https://127.0.0.1:{self.estate.web.port}/admin/"}
        found = self.estate.request(
            "POST", url, data=self._signed(form), cookies=self.jar, headers=headers
        )
        self.jar |= dict(found.cookies)

    def _signed(self, form: dict[str, Any]) -> dict[str, Any]:
        return form | {"csrfmiddlewaretoken": self.jar["csrftoken"]}

    def _post(self, body: Any, token: str | None, **headers: str) -> httpx.Response:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.estate.request("POST", "/graphql/", json=body, headers=headers)

    def _await_listener(self) -> None:
        def listens() -> bool:
            return self.estate.request("GET", "/held").json()["listeners"] == 1

        wait_until(listens)


@contextmanager
def file_at(path: Path) -> Iterator[None]:
    """Put a file where a folder is wanted, for a block."""
    path.write_text("")
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def corrupted(message: OutboundMessage) -> Iterator[None]:
    """Have a sealed column hold what nobody sealed, for a block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM core_outboundmessage WHERE id = %s", [message.pk])
        (sealed,) = cursor.fetchone()
        change = "UPDATE core_outboundmessage SET recipient = %s WHERE id = %s"
        cursor.execute(change, ["rubbish." + SECRET, message.pk])
        yield
        cursor.execute(change, [sealed, message.pk])


Case = tuple[str, Breaking, Callable[[], Told]]


def cases(of: Asking) -> Iterator[Case]:
    """Ways to fail, each with who meets it."""
    yield from of_queries(of)
    yield from of_mutations(of)
    yield from of_streams(of)
    yield from of_pages(of)


def of_queries(of: Asking) -> Iterator[Case]:
    """Where something is read."""
    order = f'order(id: "{gid(of.order)}")'
    node = f'node(id: "{gid(of.order)}")'
    bids = "bids { edges { node { amount { amount } } } }"
    asked = {
        "a list": ("orders_order", "title", "{ orders { edges { node { title } } } }"),
        "a count": ("orders_order", None, "{ orders { totalCount } }"),
        "a filter": ("orders_order", "city", f"{{ orders({CITY}) {{ totalCount }} }}"),
        "a node": ("orders_order", "title", f"{{ {node} {{ ... on Order {{ title }} }} }}"),
        "a rule of rows": ("organizations_membership", None, "{ members { totalCount } }"),
        "a rule of a field": (
            *("orders_orderassignment", "provider_id"),
            f"{{ {order} {{ location }} }}",
        ),
        "a nested list": ("orders_bid", "amount", f"{{ {order} {{ {bids} }} }}"),
        "a search": ("providers_serviceproviderprofile", None, FIND),
        "what is the same for all": ("catalog_language", None, "{ languages { totalCount } }"),
        "who asks": ("accounts_session", None, "{ me { id } }"),
        "a profile": ("accounts_userprofile", "bio", "{ me { profile { bio } } }"),
    }
    for name, (table, column, document) in asked.items():
        yield name, without(table, column), lambda document=document: of.ask(document)
    yield "a resolver", nothing(), lambda: of.ask(FAIL)
    yield "a resolver by GET", nothing(), lambda: of.get(FAIL)
    over = "query($text: String!) { failOver(text: $text) }"
    yield "a value", nothing(), lambda: of.ask(over, text=SECRET)
    collide = "query($email: String!) { collide(email: $email) }"
    yield "a constraint", nothing(), lambda: of.ask(collide, email=f"{SECRET}@example.org")
    documents = without("core_trusteddocument")
    yield "a document's name", documents, of.by_id


def of_mutations(of: Asking) -> Iterator[Case]:
    """Where something is written."""
    yield "an effect", raising_on("orders_order", SECRET), of.create
    yield "a fact", raising_on("core_eventrecord", SECRET), lambda: of.ask(VERIFY)
    yield "a key", raising_on("core_idempotencyrecord", SECRET), of.create
    yield "the audit trail", raising_on("core_auditentry", SECRET), of.create
    yield "a payload", without("orders_bid"), of.create
    yield "signing in", raising_on("accounts_session", SECRET), lambda: of.visit(SIGN_IN)
    yield "signing up", raising_on("accounts_userprofile", SECRET), lambda: of.visit(SIGN_UP)
    yield "a message", raising_on("core_outboundmessage", SECRET), lambda: of.ask(VERIFY)
    yield "a file", file_at(of.estate.folder / "media"), of.upload


def of_streams(of: Asking) -> Iterator[Case]:
    """Where answers go on."""
    yield "a response that goes on", nothing(), lambda: of.stream(FAIL)
    failing = "subscription { failing }"
    yield "a generator", nothing(), lambda: of.stream(failing)
    yield "a document of a response", without("core_trusteddocument"), lambda: of.by_id(**STREAM)
    yield "admission", without("accounts_session"), lambda: of.stream("{ me { id } }")
    yield "a resolver over a socket", nothing(), lambda: of.socket(FAIL)
    yield "a generator over a socket", nothing(), lambda: of.socket(failing)
    yield "a document over a socket", without("core_trusteddocument"), lambda: of.socket(None)
    yield "access to a stream", without("orders_order", "title"), lambda: of.socket(FOLLOW)
    yield "delivery of a fact", nothing(), lambda: of.socket(FOLLOW, of.happening)


def of_pages(of: Asking) -> Iterator[Case]:
    """Where no GraphQL is spoken."""
    form = {"username": "a@example.org", "password": SECRET}
    setting = {"key": "a.b", "value": SECRET, "setting_type": "STRING"}
    users, settings = "/admin/accounts/user/", "/admin/core/systemsetting/add/"
    yield "a page", without("accounts_user", "name"), lambda: of.page(users)
    yield "a sign-in", raising_on("core_auditentry"), lambda: of.page("/admin/login/", form)
    yield "a form", raising_on("core_systemsetting", SECRET), lambda: of.page(settings, setting)
    messages = "/admin/core/outboundmessage/"
    yield "a sealed column", corrupted(of.message), lambda: of.page(messages)
    token = signing.dumps("", salt=SALT)
    yield "a private file", nothing(), lambda: of.page(f"/files/{token}")
    report = "/reports/sms/report?status=1"
    yield "a report", raising_on("core_outboundmessage", SECRET), lambda: of.page(report)
    headers = {"Authorization": f"Bearer {of.estate.env['METRICS_TOKEN']}"}
    yield "figures", without("core_delivery"), lambda: of.page("/metrics", **headers)


@pytest.mark.timeout(240)
def test_whatever_fails_clients_are_told_a_code_and_an_id_and_the_log_why(
    estate: Estate, cast: Cast
):
    estate.env |= {"PRIVATE_STORAGE": "local", "PRIVATE_MEDIA_ROOT": str(estate.folder)}
    estate.start(with_worker=False)
    asking = Asking(estate, cast)
    asking.enter()

    told = {}
    for name, breaking, ask in cases(asking):
        with breaking:
            told[name] = ask()

    log = [json.loads(x) for x in estate.logs()["web.log"].splitlines() if x.startswith("{")]
    known = {line["request_id"] for line in log if "exception" in line and "request_id" in line}
    assert [name for name, each in told.items() if not each.is_masked] == []
    assert [name for name, each in told.items() if each.id not in known] == []
    assert [name for name, each in told.items() if SECRET in each.text] == []
    assert SECRET not in estate.logs()["web.log"]
    assert len(told) == 41
