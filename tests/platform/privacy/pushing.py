"""What people, clients and strangers do with secrets: all of it once, well and badly."""

import hashlib
import json
import re
from typing import Any

import pyotp
import pytest
from django.contrib.auth.hashers import make_password
from websockets.exceptions import ConnectionClosed, InvalidStatus

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatRoom
from apps.core.models import Delivery
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.catalog import SubcategoryFactory
from tests.factories.organizations import system_role
from tests.platform.privacy.breaking import raising_on
from tests.platform.privacy.estate import Estate
from tests.support.authenticator import with_second_factor
from tests.support.fakes.base import dropped, failing, garbled
from tests.support.graphql import INPUTS, gid
from tests.support.pictures import picture
from tests.support.sockets import connected
from tests.support.threads import wait_until

AUTH = "... on AuthPayload { accessToken refreshToken }"
PDF = b"%%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%% %s\ntrailer\n<<>>\n%%%%EOF\n"
FIND = '{ providers(search: "%s") { totalCount } }'
ORIGIN = "https://elsewhere.example"


class Caller:
    """A client of the API."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.token: str | None = None

    def ask(self, document: str, variables: Any = None, **more: Any) -> dict[str, Any]:
        """What the endpoint answers a document."""
        body = {"query": document, "variables": variables} | more
        found = self.estate.request("POST", "/graphql/", json=body, headers=self._headers())
        return dict(found.json())

    def mutate(self, name: str, given: dict[str, Any], select: str = "__typename") -> Any:
        """What a mutation came to."""
        answer = self.ask(self.document(name, select), {"input": given})
        assert "errors" not in answer, answer
        return answer["data"][name]

    def upload(self, name: str, given: dict[str, Any], at: str, filename: str, data: bytes) -> Any:
        """What a mutation with a file came to."""
        body = {"query": self.document(name), "variables": {"input": given}}
        form = {"operations": json.dumps(body), "map": json.dumps({"0": [f"variables.input.{at}"]})}
        headers = self._headers() | {"Apollo-Require-Preflight": "true"}
        answer = self.estate.request(
            "POST", "/graphql/", data=form, files={"0": (filename, data)}, headers=headers
        ).json()
        assert "errors" not in answer, answer
        return answer["data"][name]

    def document(self, name: str, select: str = "__typename") -> str:
        """The document of a mutation."""
        kind = INPUTS.get(name, f"{name[0].upper()}{name[1:]}Input")
        refusal = "... on OperationInfo { messages { code message } }"
        return (
            f"mutation($input: {kind}!) {{ {name}(input: $input) "
            f"{{ __typename {refusal} {select} }} }}"
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


class Pushing:
    """One run of all of it."""

    def __init__(self, estate: Estate, cast: Cast) -> None:
        self.estate, self.made, self.cast = estate, estate.canaries, cast
        self.caller = Caller(estate)
        self.password = self.made.password("password at sign-up")
        self.email = self.made.email("email address")

    def all(self) -> None:
        """Do all of it."""
        self.sign_up_and_in()
        self.codes()
        self.passwords()
        self.second_factor()
        self.profile()
        self.organization()
        self.order()
        self.files()
        self.chat_and_dispute()
        self.documents()
        self.requests()
        self.sockets()
        self.admin()
        self.gateways()
        self.background()

    def sign_up_and_in(self) -> None:
        """Open an account, and come in by password, token and Firebase."""
        made, caller = self.made, self.caller
        given = {"email": self.email, "password": self.password}
        signed = caller.mutate("signUp", given | {"firstName": made.word("name")}, AUTH)
        self._take(signed)
        wrong = caller.mutate(
            "signIn", {"email": self.email, "password": made.password("password at sign-in")}, AUTH
        )
        assert wrong["messages"][0]["code"] == "invalid_credentials"
        self._take(caller.mutate("signIn", given, AUTH))
        fresh = caller.mutate("refreshSession", {"refreshToken": signed["refreshToken"]}, AUTH)
        self._take(fresh)
        caller.mutate("refreshSession", {"refreshToken": made.word("refresh token of nobody")})
        for token in (
            self.estate.firebase.id_token(email=made.email("address at Firebase"), sub="f"),
            self.estate.firebase.id_token(signed_by="unpublished"),
            f"e30.{made.word('text that is no Firebase token')}.e30",
        ):
            made.note("Firebase token", token)
            caller.mutate("signInWithFirebase", {"idToken": token})

    def codes(self) -> None:
        """Prove an address and a number, at first wrongly."""
        made, caller = self.made, self.caller
        caller.mutate("requestEmailVerification", {})
        code = self._mailed(r"\n    (\d{6})\n")
        made.note("code by mail", code)
        caller.mutate("verifyEmail", {"code": made.word("wrong code by mail")})
        assert caller.mutate("verifyEmail", {"code": code})["__typename"] == "User"
        number = made.phone("phone number")
        caller.mutate("requestPhoneVerification", {"phoneNumber": number})
        wait_until(lambda: self.estate.panacea.messages)
        message = self.estate.panacea.messages[-1]
        token = message.report_url.rpartition("/")[2].partition("?")[0]
        made.note("token of a report's address", token)
        code = made.note("code by text message", message.text.split()[1])
        caller.mutate("verifyPhone", {"code": made.word("wrong code by text message")})
        caller.mutate("verifyPhone", {"code": code})
        for path in (f"/reports/sms/{token}?status=1", f"/reports/sms/{token}/?status=1"):
            self.estate.request("GET", path)
        wrong = made.phone("phone number that is none") + "000000000"
        caller.mutate("requestPhoneVerification", {"phoneNumber": wrong})

    def passwords(self) -> None:
        """Change and forget a password."""
        made, caller = self.made, self.caller
        new = made.password("new password")
        for current in (made.password("wrong present password"), self.password):
            caller.mutate("changePassword", {"currentPassword": current, "newPassword": new})
        caller.mutate("requestPasswordReset", {"email": self.email})
        token = made.note("token of a reset", self._mailed(r"token=([\w-]+)"))
        self.password = made.password("password at reset")
        new = {"newPassword": self.password}
        caller.mutate("resetPassword", new | {"token": made.word("reset token of nobody")})
        reset = caller.mutate("resetPassword", new | {"token": token})
        assert reset["__typename"] == "Done", reset
        caller.token = None
        given = {"email": self.email, "password": self.password}
        self._take(caller.mutate("signIn", given, AUTH))

    def second_factor(self) -> None:
        """Set one up, and come in by it."""
        made, caller = self.made, self.caller
        device = {"name": made.word("name of a device")}
        begun = caller.mutate("enrollMfa", device, "... on MfaEnrollment { secret }")
        app = pyotp.TOTP(made.note("secret of an authenticator", begun["secret"]))
        caller.mutate("confirmMfa", {"code": made.word("wrong one-time password")})
        code = made.note("one-time password", app.now())
        done = caller.mutate("confirmMfa", {"code": code}, "... on RecoveryCodes { codes }")
        for code in done["codes"]:
            made.note("recovery code", code)
        given = {"email": self.email, "password": self.password}
        asked = caller.mutate("signIn", given, "... on MfaRequired { challenge }")
        challenge = {"challenge": made.note("challenge of a sign-in", asked["challenge"])}
        caller.mutate("verifyMfa", challenge | {"code": made.word("wrong recovery code")})
        self._take(caller.mutate("verifyMfa", challenge | {"code": done["codes"][0]}, AUTH))

    def profile(self) -> None:
        """Tell of oneself."""
        made, caller = self.made, self.caller
        caller.mutate("registerDevice", {"token": made.word("push token"), "platform": "IOS"})
        caller.mutate(
            "updateProfile",
            {
                "lastName": made.word("last name"),
                "bio": made.word("biography"),
                "address": made.word("address"),
                "city": made.word("city"),
                "postalCode": made.word("postal code", length=12),
            },
        )
        caller.mutate("updateProfile", {"timezone": made.word("zone that is none")})

    def organization(self) -> None:
        """Open one, and invite to it."""
        made, caller = self.made, self.caller
        opened = caller.mutate(
            "createOrganization",
            {"name": made.word("name of an organization")},
            "... on Organization { id }",
        )
        moved = caller.mutate("switchOrganization", {"organizationId": opened["id"]}, AUTH)
        self._take(moved)
        invited = made.email("address that is invited")
        role = gid(system_role("member"))
        caller.mutate("inviteMember", {"email": invited, "roleId": role})
        made.note("token of an invitation", self._mailed(r"invitation\?token=([\w-]+)"))
        caller.mutate("acceptInvitation", {"token": made.word("invitation token of nobody")})

    def order(self) -> None:
        """Ask for work."""
        made, caller = self.made, Caller(self.estate)
        caller.token = self._token(self.cast.ben)
        given = {
            "title": made.word("title of an order"),
            "serviceSubcategoryId": gid(SubcategoryFactory()),
            "description": made.word("description of an order"),
            "location": made.word("street of an order"),
            "specialRequirements": made.word("special requirements"),
            "city": "Cape Town",
            "country": "ZA",
            "idempotencyKey": made.word("idempotency key"),
        }
        for _ in range(2):
            made_order = caller.mutate("createOrder", given)
            assert made_order["__typename"] == "Order", made_order
        refused = given | {
            "currency": made.word("currency that is none"),
            "idempotencyKey": "another",
        }
        caller.mutate("createOrder", refused)
        caller.ask(
            "query($words: String) { providers(search: $words) { totalCount } }",
            {"words": made.word("search text")},
        )

    def files(self) -> None:
        """Hand in files, of all kinds."""
        made, caller = self.made, self.caller
        kind = {"verificationType": "IDENTITY", "files": [None]}
        for content in (PDF % made.word("text in a file").encode(), b"no PDF"):
            name = made.word("name of a file")
            caller.upload("submitVerification", kind, "files.0", f"{name}.pdf", content)
        broken = b"\x89PNG\r\n\x1a\n" + made.word("text in a broken picture").encode()
        name = made.word("name of a picture")
        for content in (picture(), broken):
            caller.upload("uploadPhoto", {"photo": None}, "photo", f"{name}.png", content)
        secret = made.word("form that is malformed")
        self.estate.request(
            "POST",
            "/graphql/",
            content=f"--x\r\nname={secret}".encode(),
            headers={
                "Content-Type": "multipart/form-data; boundary=x",
                "GraphQL-Preflight": "1",
            },
        )

    def chat_and_dispute(self) -> None:
        """Talk, and quarrel, over an order that Ada works on."""
        made, ben = self.made, Caller(self.estate)
        order = self.cast.ada_work(in_progress=True)
        ben.token = self._token(self.cast.ben)
        opened = ben.mutate(
            "openChatRoom", {"chatType": "ORDER", "orderId": gid(order)}, "... on ChatRoom { id }"
        )
        words = {"roomId": opened["id"], "content": made.word("words in a chat")}
        assert ben.mutate("sendMessage", words)["__typename"] == "ChatMessage"
        ben.mutate("sendMessage", words | {"roomId": gid(order)})
        dispute = ben.mutate(
            "openDispute",
            {
                "orderId": gid(order),
                "disputeType": "QUALITY",
                "description": made.word("description of a dispute"),
            },
            "... on OrderDispute { id }",
        )
        shown = {"disputeId": dispute["id"], "text": made.word("evidence of a dispute")}
        assert ben.mutate("addDisputeEvidence", shown)["__typename"] == "OrderDispute"

    def documents(self) -> None:
        """Write secrets into documents and variables, well and badly."""
        made, caller = self.made, self.caller
        caller.ask(f'{{ a: users: "{made.word("line with a syntax error")}" }}')
        caller.ask(f"# {made.word('comment in a document')}\n{{ __typename }}")
        caller.ask(FIND % made.word("literal in a document"))
        caller.ask(f"{{ {made.word('field that is none')} }}")
        caller.ask(f"{{ {made.word('alias')}: fail }}")
        caller.ask(
            "query($n: Int!) { sleep(seconds: $n) }", {"n": made.word("variable of no type")}
        )
        caller.ask("{ me { id } }", {"unused": made.word("variable that nobody asked for")})
        caller.ask("query A { me { id } }", operationName=made.word("operation that is none"))
        over = "query($text: String!) { failOver(text: $text) }"
        caller.ask(over, {"text": made.word("value in a failure")})
        collide = "query($email: String!) { collide(email: $email) }"
        caller.ask(collide, {"email": made.email("value in a unique violation")})
        User.objects.filter(email=self.email).update(
            description=made.word("column of a failing row")
        )
        incomplete = "query($email: String!) { incomplete(email: $email) }"
        caller.ask(incomplete, {"email": self.email})
        caller.ask("query($s: Float!) { sleep(seconds: $s) }", {"s": 2.5})
        kept = FIND % made.word("literal in a persisted query")
        digest = hashlib.sha256(kept.encode()).hexdigest()
        caller.ask(kept, extensions={"persistedQuery": {"version": 1, "sha256Hash": digest}})
        caller.ask("", documentId=made.word("id of a document that is none"))
        caller.ask("{ __typename }", extensions={"trace": made.word("extension of a request")})

    def requests(self) -> None:
        """Put secrets where HTTP has room for them."""
        made, request = self.made, self.estate.request
        search = json.dumps({"words": made.word("variable in a query string")})
        query = "query($words: String) { providers(search: $words) { totalCount } }"
        request("GET", "/graphql/", params={"query": query, "variables": search})
        request("GET", "/graphql/", params={"token": made.word("token in a query string")})
        request("GET", f"/graphql/{made.word('path that is none')}")
        request("GET", f"/files/{made.word('token of a file')}")
        request("POST", "/graphql/", content=f'{{"query": "{made.word("body that is no JSON")}')
        headers = {
            "Authorization": f"Basic {made.word('credentials of another scheme')}",
            "Cookie": f"sessionid={made.word('cookie')}",
            "X-Forwarded-For": made.word("junk in X-Forwarded-For"),
            "X-Request-Id": made.word("request id of a client"),
            "User-Agent": made.word("name of a client"),
            "Referer": f"{ORIGIN}/?token={made.word('token in a referrer')}",
        }
        for path in ("/graphql/", "/metrics", "/admin/"):
            request("POST", path, json={"query": "{ me { id } }"}, headers=headers)
        request("GET", "/readyz", headers={"Host": f"{made.word('host that is none')}.example"})
        request("GET", "/metrics", headers={"Authorization": f"Bearer {made.word('wrong token')}"})
        stream = {"Accept": "text/event-stream", "Authorization": f"Bearer {self.caller.token}"}
        text = made.word("value in a stream's failure")
        over = {"query": "query($t: String!) { failOver(text: $t) }", "variables": {"t": text}}
        request("POST", "/graphql/", json=over, headers=stream)

    def sockets(self) -> None:
        """Put secrets where sockets have room for them."""
        made, url = self.made, self.estate.web.ws_url
        headers = {"X-Forwarded-Proto": "https"}
        address = f"{url}?token={made.word('token in the address of a socket')}"
        with connected(address, additional_headers=headers) as socket:
            token = made.word("access token of nobody on a socket")
            socket.send({"type": "connection_init", "payload": {"authorization": token}})
            self._drain(socket)
        with connected(address, additional_headers=headers) as socket:
            payload = {"authorization": f"Bearer {self.caller.token}"}
            payload["hint"] = made.word("more in a connection_init")
            socket.send({"type": "connection_init", "payload": payload})
            socket.receive()
            text = made.word("value in a socket's failure")
            over = "query($t: String!) { failOver(text: $t) }"
            socket.subscribe(made.word("id of an operation"), over, variables={"t": text})
            socket.receive()
            socket.subscribe("2", f"{{ {made.word('syntax error on a socket')} ")
            socket.receive()
            socket.send(f'{{"type": "{made.word("frame that is none")}"}}')
            self._drain(socket)
        with pytest.raises(InvalidStatus), connected(f"{url}{made.word('socket that is none')}"):
            pass

    def admin(self) -> None:
        """Sign in to the admin, and fill in its forms."""
        made, request = self.made, self.estate.request
        password = made.password("password of staff")
        dora = UserFactory(
            email=made.email("address of staff"),
            password=make_password(password),
            is_staff=True,
            is_superuser=True,
        )
        app = with_second_factor(dora)
        made.note("secret of an authenticator", app.secret)
        jar: dict[str, str] = {}
        page = request("GET", "/admin/login/")
        jar["csrftoken"] = made.note("CSRF cookie", page.cookies["csrftoken"])
        form = {"csrfmiddlewaretoken": jar["csrftoken"], "username": dora.email}
        headers = {"Referer": f"https://127.0.0.1:{self.estate.web.port}/admin/login/"}
        for shown in (made.password("wrong password of staff"), password):
            code = made.note("one-time password", app.code())
            found = request(
                "POST",
                "/admin/login/",
                data=form | {"password": shown, "code": code},
                cookies=jar,
                headers=headers,
            )
        assert found.status_code == 302, found.text
        jar |= dict(found.cookies)
        made.note("cookie of a session", jar["sessionid"])
        form = {"csrfmiddlewaretoken": jar["csrftoken"]}
        value = made.word("value in a form of the admin")
        setting = {"key": "a b", "value": value, "setting_type": "INTEGER"}
        path = "/admin/core/systemsetting/add/"
        request("POST", path, data=form | setting, cookies=jar, headers=headers)
        words = {"q": made.word("search in the admin")}
        request("GET", "/admin/accounts/user/", params=words, cookies=jar)

    def gateways(self) -> None:
        """Have messages go out while those who carry them are ill."""
        panacea, postmark, caller = self.estate.panacea, self.estate.postmark, self.caller
        panacea.then(failing(500), dropped(), garbled)
        postmark.then(failing(500), dropped(), garbled)
        caller.mutate("requestPhoneVerification", {"phoneNumber": self.made.phone("phone number")})
        caller.mutate("requestPasswordReset", {"email": self.email})
        seen = len(panacea.requests), len(postmark.requests)
        wait_until(lambda: len(panacea.requests) > seen[0] and len(postmark.requests) > seen[1])

    def background(self) -> None:
        """Have handlers and tasks fail, each in the database with a value in its failure."""
        made = self.made
        text = made.word("value in a handler's failure")
        with raising_on("chat_chatnotification", text, on="INSERT"):
            ben = Caller(self.estate)
            ben.token = self._token(self.cast.ben)
            room = ChatRoom.objects.get()
            ben.mutate("sendMessage", {"roomId": gid(room), "content": "Are you there?"})
            wait_until(Delivery.objects.exclude(error="").exists)
        task = '"task": "apps.core.tasks.send_messages"'
        with raising_on(
            "core_outboundmessage", made.word("value in a task's failure"), on="UPDATE"
        ):
            self.caller.mutate("requestPasswordReset", {"email": self.email})
            wait_until(lambda: task in self.estate.logs()["worker.log"], seconds=30)

    def _take(self, signed: dict[str, Any]) -> None:
        """Go on with the tokens of a sign-in."""
        self.made.note("access token", signed["accessToken"])
        self.caller.token = signed["accessToken"]
        if signed.get("refreshToken"):
            self.made.note("refresh token", signed["refreshToken"])

    def _token(self, user: User) -> str:
        return self.made.note("access token", start_session(user=user).access_token)

    def _mailed(self, pattern: str) -> str:
        """What stands in the next mail that has it."""

        def found() -> str | None:
            for text in reversed(self.estate.postmark.texts):
                if match := re.search(pattern, text):
                    return match[1]
            return None

        return str(wait_until(found))

    def _drain(self, socket: Any) -> None:
        """Read a socket to its end."""
        try:
            while True:
                socket.receive(within=3)
        except (ConnectionClosed, TimeoutError):
            pass
