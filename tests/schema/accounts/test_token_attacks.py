"""Access tokens that are forged, bent, borrowed or stale: each is refused, and all alike."""

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings as configured
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.test import Client
from pytest_django import Settings

from apps.accounts.models import Session
from apps.accounts.services.sessions import SignedIn, revoke_session, start_session
from apps.accounts.tokens import _private_key, _public_key
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory
from tests.support.graphql import RESPONSE_JSON, gid
from tests.support.server import serving
from tests.support.sockets import connected

ME = {"query": "{ me { id } }"}
HOUR = 3600
ANOTHER_SECRET = "the secret key of another environment, long and strange"


def b64(data: bytes) -> str:
    """Bytes as the parts of a token write them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: Any) -> str:
    """A value as a part of a token."""
    return b64(json.dumps(value).encode())


def attacker() -> ed25519.Ed25519PrivateKey:
    """A key that is none of ours."""
    return ed25519.Ed25519PrivateKey.generate()


@dataclass
class Forge:
    """A token that works, and the means to make others of it."""

    signed_in: SignedIn
    settings: Any
    now: int = field(default_factory=lambda: int(clock.now().timestamp()))

    @property
    def token(self) -> str:
        """The token that works."""
        return self.signed_in.access_token

    @property
    def header(self) -> dict[str, Any]:
        """Its header."""
        return jwt.get_unverified_header(self.token)

    @property
    def claims(self) -> dict[str, Any]:
        """Its claims."""
        found: dict[str, Any] = jwt.decode(self.token, options={"verify_signature": False})
        return found

    @property
    def parts(self) -> list[str]:
        """Its header, claims and signature."""
        return self.token.split(".")

    @property
    def public_key(self) -> ed25519.Ed25519PublicKey:
        """The key that verifies it, which is no secret."""
        return _public_key(self.settings.SECRET_KEY)[1]

    def ours(self, header: Any = None, claims: Any = None, *, raw: bytes | None = None) -> str:
        """A token that is signed by our own key, as a mistake elsewhere could make it."""
        payload = b64(raw) if raw is not None else part(self.claims if claims is None else claims)
        text = f"{part(self.header if header is None else header)}.{payload}"
        signature = _private_key(self.settings.SECRET_KEY).sign(text.encode())
        return f"{text}.{b64(signature)}"

    def saying(self, **claims: Any) -> str:
        """A token of our own with other claims."""
        return self.ours(claims=self.claims | claims)

    def without(self, *names: str) -> str:
        """A token of our own that does not say something."""
        return self.ours(claims={k: v for k, v in self.claims.items() if k not in names})

    def unsigned(self, alg: Any, signature: str = "") -> str:
        """A token that says of itself that nobody signed it."""
        return f"{part(self.header | {'alg': alg})}.{self.parts[1]}.{signature}"

    def with_header(self, **header: Any) -> str:
        """The token under another header, which its signature is not of."""
        return ".".join([part(self.header | header), *self.parts[1:]])

    def by_secret(self, secret: bytes, alg: str = "HS256") -> str:
        """A token whose signature is made by a secret that is none."""
        text = f"{part(self.header | {'alg': alg})}.{self.parts[1]}"
        digest = {"HS256": "sha256", "HS512": "sha512"}[alg]
        return f"{text}.{b64(hmac.new(secret, text.encode(), digest).digest())}"

    def by_attacker(self, key: Any, alg: str, **header: Any) -> str:
        """A token that is signed well, by somebody else's key."""
        headers = self.header | {"alg": alg} | header
        return jwt.encode(self.claims, key, algorithm=alg, headers=headers)

    def session(self) -> Session:
        """Its session."""
        found: Session = Session.objects.get(pk=self.claims["sid"])
        return found


def certificate(key: ed25519.Ed25519PrivateKey) -> str:
    """A certificate that somebody made for themselves."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fundi")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now())
        .not_valid_after(clock.now() + timedelta(days=1))
        .sign(key, None)
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def jwk(key: ed25519.Ed25519PublicKey) -> dict[str, str]:
    """A public key as JSON."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}


def with_own_key(forge: Forge) -> str:
    """Brings the key along that verifies it."""
    key = attacker()
    return forge.by_attacker(key, "EdDSA", jwk=jwk(key.public_key()))


def with_own_certificate(forge: Forge) -> str:
    """Brings a certificate along of the key that verifies it."""
    key = attacker()
    return forge.by_attacker(key, "EdDSA", x5c=[certificate(key)])


def of_another_environment(forge: Forge) -> str:
    """Was issued where another SECRET_KEY is set, and says so by its kid."""
    key, (kid, _) = _private_key(ANOTHER_SECRET), _public_key(ANOTHER_SECRET)
    return jwt.encode(forge.claims, key, algorithm="EdDSA", headers={"kid": kid})


def under_the_name_of_an_earlier_key(forge: Forge) -> str:
    """Names an earlier key of ours, which verifies still, and is signed by the present one."""
    forge.settings.SECRET_KEY_FALLBACKS = [ANOTHER_SECRET]
    kid, _ = _public_key(ANOTHER_SECRET)
    return forge.ours(header=forge.header | {"kid": kid})


def by_another_of_our_keys(forge: Forge) -> str:
    """Is signed by a key that is derived from the same secret for something else."""
    seed = hashlib.sha256(configured.SECRET_KEY.encode()).digest()
    return forge.by_attacker(ed25519.Ed25519PrivateKey.from_private_bytes(seed), "EdDSA")


def of_another_message(forge: Forge) -> str:
    """Carries the signature of another token of ours."""
    other = start_session(user=UserFactory()).access_token
    return ".".join([*forge.parts[:2], other.split(".")[2]])


def of_somebody_elses_session(forge: Forge) -> str:
    """Names a session of another user."""
    victim = start_session(user=UserFactory()).access_token
    sid = jwt.decode(victim, options={"verify_signature": False})["sid"]
    return forge.saying(sid=sid)


def with_a_changed_last_letter(forge: Forge) -> str:
    """Ends in another letter that stands for the same bytes: four bits of it mean nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters.index(forge.token[-1])
    return forge.token[:-1] + letters[last ^ 1]


def in_standard_letters(forge: Forge) -> str:
    """Is written in the other alphabet of base64, and padded."""
    header, claims, signature = forge.parts
    data = base64.urlsafe_b64decode(signature + "==")
    return f"{header}.{claims}.{base64.b64encode(data).decode()}"


def twice_said(forge: Forge) -> str:
    """Says whose it is twice: who reads the first believes another than who reads the last."""
    victim = json.dumps(str(UserFactory().pk))
    text = json.dumps(forge.claims)
    return forge.ours(raw=f'{text[:-1]}, "sub": {victim}}}'.encode())


def expired_session(forge: Forge) -> str:
    """Is of a session that ran out."""
    Session.objects.filter(pk=forge.session().pk).update(expires_at=clock.now())
    return forge.token


def revoked_session(forge: Forge) -> str:
    """Is of a session that was ended."""
    revoke_session(session=forge.session())
    return forge.token


def removed_session(forge: Forge) -> str:
    """Is of a session that is gone."""
    forge.session().delete()
    return forge.token


def reset_token(forge: Forge) -> str:
    """Was made to set a new password."""
    return default_token_generator.make_token(forge.signed_in.user)


def pem(forge: Forge) -> bytes:
    """The public key as text."""
    return forge.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


Attack = Callable[[Forge], str]

#: Each makes a token of one that works.
ATTACKS: dict[str, Attack] = {
    # Nobody signed it.
    **{
        f"alg {alg!r}": lambda f, alg=alg: f.unsigned(alg)
        for alg in ("none", "None", "NONE", "nOnE", "", None, "eddsa", ["EdDSA"], {"a": 1}, 7)
    },
    "alg none, signature kept": lambda f: f.unsigned("none", f.parts[2]),
    "alg none, signature of rubbish": lambda f: f.unsigned("none", "AAAA"),
    "alg missing": lambda f: f"{part({'kid': f.header['kid']})}.{f.parts[1]}.{f.parts[2]}",
    "signature removed": lambda f: f"{f.parts[0]}.{f.parts[1]}.",
    "signature of zeroes": lambda f: f"{f.parts[0]}.{f.parts[1]}.{b64(bytes(64))}",
    # The public key is taken for a secret.
    "HS256 by the raw key": lambda f: f.by_secret(
        f.public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    ),
    "HS256 by the key's PEM": lambda f: f.by_secret(pem(f)),
    "HS256 by the key's PEM, trimmed": lambda f: f.by_secret(pem(f).strip()),
    "HS256 by the key's DER": lambda f: f.by_secret(
        f.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HS256 by the key's JWK": lambda f: f.by_secret(json.dumps(jwk(f.public_key)).encode()),
    "HS256 by the kid": lambda f: f.by_secret(f.header["kid"].encode()),
    "HS256 by nothing": lambda f: f.by_secret(b""),
    "HS512 by the raw key": lambda f: f.by_secret(
        f.public_key.public_bytes(Encoding.Raw, PublicFormat.Raw), "HS512"
    ),
    # The attacker's own key.
    "EdDSA by another key": lambda f: f.by_attacker(attacker(), "EdDSA"),
    "RS256": lambda f: f.by_attacker(rsa.generate_private_key(65537, 2048), "RS256"),
    "ES256": lambda f: f.by_attacker(ec.generate_private_key(ec.SECP256R1()), "ES256"),
    "own key in jwk": with_own_key,
    "own certificate in x5c": with_own_certificate,
    "own key at jku": lambda f: f.by_attacker(attacker(), "EdDSA", jku="http://127.0.0.1:1/k"),
    "own key at x5u": lambda f: f.by_attacker(attacker(), "EdDSA", x5u="http://127.0.0.1:1/c"),
    "own key's thumbprint": lambda f: f.by_attacker(attacker(), "EdDSA", x5t="AAAA"),
    "key of another environment": of_another_environment,
    "key of another environment, our kid": lambda f: f.by_attacker(
        _private_key(ANOTHER_SECRET), "EdDSA"
    ),
    "key made of the secret's digest": by_another_of_our_keys,
    # The name of the key.
    **{
        f"kid {str(kid)[:20]!r}": lambda f, kid=kid: f.ours(header=f.header | {"kid": kid})
        for kid in (
            *("", "unknown", "../../../../dev/null", "/dev/null", "' OR '1'='1", "0 UNION SELECT"),
            *("kid\0", "é", "k" * 10_000, "http://127.0.0.1:1/k", None, 7, 1.5, True),
            *([], ["a"], {}, {"kid": "a"}),
        )
    },
    "kid missing": lambda f: f.ours(header={"alg": "EdDSA", "typ": "JWT"}),
    "kid of an earlier key": under_the_name_of_an_earlier_key,
    "kid in a list": lambda f: f.ours(header=f.header | {"kid": [f.header["kid"]]}),
    "kid in other letters": lambda f: f.ours(header=f.header | {"kid": f.header["kid"].upper()}),
    # What it says of itself.
    **{
        f"{name} missing": lambda f, name=name: f.without(name)
        for name in ("iss", "aud", "exp", "iat", "sub", "sid")
    },
    **{
        f"iss {iss!r}": lambda f, iss=iss: f.saying(iss=iss)
        for iss in ("another", "", "Fundi", "fundi ", None, 7, ["fundi"], {"iss": "fundi"})
    },
    **{
        f"aud {aud!r}": lambda f, aud=aud: f.saying(aud=aud)
        for aud in (
            *(
                "another",
                "",
                "fundi",
                None,
                7,
                [],
                ["another"],
                [7],
                [["fundi-api"]],
                ["fundi-api", 7],
            ),
            {"aud": "fundi-api"},
        )
    },
    **{
        f"exp {str(exp)[:20]!r}": lambda f, exp=exp: f.saying(exp=exp)
        for exp in (
            *("tomorrow", "", "9999999999", None, [], {}, True, -1, 0, -(2**70), 10**400),
            *(float("inf"), float("-inf"), float("nan"), 9999999999.5, 1e300),
        )
    },
    "exp just past": lambda f: f.saying(exp=f.now - 1),
    "exp long past": lambda f: f.saying(exp=f.now - 100 * HOUR, iat=f.now - 101 * HOUR),
    "nbf future": lambda f: f.saying(nbf=f.now + HOUR),
    "nbf text": lambda f: f.saying(nbf="soon"),
    "iat future": lambda f: f.saying(iat=f.now + HOUR, exp=f.now + 2 * HOUR),
    **{
        f"iat {iat!r}": lambda f, iat=iat: f.saying(iat=iat)
        for iat in ("now", None, [], float("inf"), float("nan"), True)
    },
    **{
        f"{name} {value!r}": lambda f, name=name, value=value: f.saying(**{name: value})
        for name in ("sub", "sid")
        for value in ("", "1", "me", "../1", "' OR 1=1", None, 7, 0, True, [], {}, "0" * 32)
    },
    "sub of another": lambda f: f.saying(sub=str(UserFactory().pk)),
    "sub in a list": lambda f: f.saying(sub=[f.claims["sub"]]),
    "sid unknown": lambda f: f.saying(sid=str(uuid4())),
    "sid of another": of_somebody_elses_session,
    "sid in a list": lambda f: f.saying(sid=[f.claims["sid"]]),
    "org of strangers": lambda f: f.saying(org=str(OrganizationFactory().pk)),
    "org that is none": lambda f: f.saying(org=str(uuid4())),
    "org of another's membership": lambda f: f.saying(org=str(MembershipFactory().organization_id)),
    **{
        f"org {org!r}": lambda f, org=org: f.saying(org=org)
        for org in ("1", "mine", 7, True, ["a"], {"a": 1})
    },
    "sub said twice": twice_said,
    "claims in a list": lambda f: f.ours(claims=[f.claims]),
    "claims that are text": lambda f: f.ours(claims="sub"),
    "claims that are nothing": lambda f: f.ours(claims={}),
    "claims that are null": lambda f: f.ours(raw=b"null"),
    "claims that are no JSON": lambda f: f.ours(raw=b"{'sub': 1}"),
    "claims that are no UTF-8": lambda f: f.ours(raw=b"\xff\xfe"),
    "claims changed": lambda f: (
        f"{f.parts[0]}.{part(f.claims | {'sub': str(UserFactory().pk)})}.{f.parts[2]}"
    ),
    "claims that are a token": lambda f: f.ours(raw=f.token.encode()),
    "claims that are packed": lambda f: f.ours(
        header=f.header | {"zip": "DEF"}, raw=zlib.compress(json.dumps(f.claims).encode())
    ),
    # Headers that change what a token is.
    "crit unknown": lambda f: f.ours(header=f.header | {"crit": ["x"], "x": 1}),
    "crit empty": lambda f: f.ours(header=f.header | {"crit": []}),
    "crit no list": lambda f: f.ours(header=f.header | {"crit": "exp"}),
    "crit of what is not there": lambda f: f.ours(header=f.header | {"crit": ["b64"]}),
    "b64 false": lambda f: f.ours(header=f.header | {"b64": False, "crit": ["b64"]}),
    "b64 false, not critical": lambda f: f.ours(header=f.header | {"b64": False}),
    "header in a list": lambda f: f.ours(header=[f.header]),
    "header that is null": lambda f: ".".join([b64(b"null"), *f.parts[1:]]),
    "header changed": lambda f: f.with_header(typ="at+jwt"),
    # Its parts.
    "of another message": of_another_message,
    "one part": lambda f: f.parts[0],
    "two parts": lambda f: ".".join(f.parts[:2]),
    "header missing": lambda f: ".".join(["", *f.parts[1:]]),
    "claims missing": lambda f: f"{f.parts[0]}..{f.parts[2]}",
    "header cut": lambda f: f.token[3:],
    "claims cut": lambda f: f"{f.parts[0]}.{f.parts[1][:-5]}.{f.parts[2]}",
    "signature cut": lambda f: f.token[:-5],
    "one letter less": lambda f: f.token[:-1],
    "one letter more": lambda f: f.token + "A",
    "dot before": lambda f: "." + f.token,
    "dot after": lambda f: f.token + ".",
    "two dots": lambda f: f.token.replace(".", "..", 1),
    "dots alone": lambda f: "..",
    "five parts": lambda f: ".".join([*f.parts, *f.parts[:2]]),
    "encrypted": lambda f: ".".join(
        [part({"alg": "dir", "enc": "A256GCM"}), "", b64(bytes(12)), f.parts[1], b64(bytes(16))]
    ),
    "as JSON": lambda f: json.dumps(
        {"protected": f.parts[0], "payload": f.parts[1], "signature": f.parts[2]}
    ),
    # Its letters.
    "last letter changed": with_a_changed_last_letter,
    "padded": lambda f: f.token + "==",
    "padded too much": lambda f: f.token + "=" * 50,
    "standard letters": in_standard_letters,
    "space inside": lambda f: f.token[:-9] + " " + f.token[-9:],
    "line break inside": lambda f: f.token[:-9] + "\n" + f.token[-9:],
    "tabulator inside": lambda f: f.token[:-9] + "\t" + f.token[-9:],
    "nothing inside": lambda f: f.token[:-9] + "\0" + f.token[-9:],
    "sign inside": lambda f: f.token[:-9] + "!" + f.token[-9:],
    "invisible letter inside": lambda f: f.token[:-9] + "\u200b" + f.token[-9:],
    "wide letter": lambda f: f.token[:-1] + chr(ord(f.token[-1]) + 0xFEE0),
    "in capitals": lambda f: f.token.upper(),
    "in quotes": lambda f: f'"{f.token}"',
    "said twice": lambda f: f"{f.token},Bearer {f.token}",
    "two at once": lambda f: f"{f.token} {f.token}",
    "100 kB": lambda f: f.token + "A" * 100_000,
    "100 kB of claims": lambda f: f.by_attacker(attacker(), "EdDSA", x="A" * 100_000),
    "100,000 dots": lambda f: "." * 100_000,
    "100,000 brackets": lambda f: b64(b"[" * 75_000) + ".e30.AAAA",
    "rubbish": lambda f: "rubbish",
    "rubbish with é": lambda f: "é.é.é",
    # Something else of ours.
    "expired session": expired_session,
    "revoked session": revoked_session,
    "removed session": removed_session,
    "refresh token": lambda f: f.signed_in.refresh_token,
    "signed cookie": lambda f: signing.dumps({"sub": f.claims["sub"], "sid": f.claims["sid"]}),
    "password reset token": reset_token,
    "user's id": lambda f: gid(f.signed_in.user),
    "session's key": lambda f: f.claims["sid"],
}

#: What HTTP says of every one of them.
BODY = (
    b'{"errors":[{"message":"The access token is not valid. Refresh it or sign in again.",'
    b'"extensions":{"code":"invalid_token"}}]}'
)
HEADERS = {
    "Content-Type": f"{RESPONSE_JSON}; charset=utf-8",
    "WWW-Authenticate": 'Bearer error="invalid_token"',
    "Cache-Control": "no-store",
}


def forge(settings: Any) -> Forge:
    """A user who is signed in for an organization, with others around."""
    start_session(user=MembershipFactory().user)
    return Forge(start_session(user=MembershipFactory().user), settings)


def asked(headers: dict[str, str], **options: Any) -> tuple[int, dict[str, str], bytes]:
    """What the endpoint answers: its status, headers and body, but for what names the request, and
    what it cost.
    """
    response = Client().post(
        options.pop("path", "/graphql/"),
        json.dumps(ME),
        content_type="application/json",
        headers={"Accept": RESPONSE_JSON} | headers,
        **options,
    )
    unlike = ("X-Request-Id", "Content-Length")
    told = {name: text for name, text in response.headers.items() if name not in unlike}
    body = json.loads(response.content)
    body.pop("extensions", None)
    return response.status_code, told, json.dumps(body, separators=(",", ":")).encode()


@pytest.fixture
def works(db: None, settings: Settings) -> Forge:
    """A token that works."""
    return forge(settings)


def test_the_token_that_all_attacks_begin_with_works(works: Forge):
    own = b'{"data":{"me":{"id":"' + gid(works.signed_in.user).encode() + b'"}}}'

    answers = [asked({"Authorization": f"Bearer {t}"}) for t in (works.token, works.ours())]

    assert [(status, body) for status, _, body in answers] == [(200, own)] * 2
    assert works.claims["org"]
    assert len(ATTACKS) > 150


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_as_every_other_is(works: Forge, name: str):
    token = ATTACKS[name](works)

    status, headers, body = asked({"Authorization": f"Bearer {token}"})

    assert (status, body) == (401, BODY)
    assert {name: headers[name] for name in HEADERS} == HEADERS
    usual = asked({"Authorization": "Bearer rubbish"})
    assert (status, headers, body) == usual


@pytest.mark.parametrize(
    "header",
    [
        "{token}",
        "Bearer",
        "Bearer ",
        "Bearer{token}",
        "Bearer\t{token}",
        "Bearer: {token}",
        "Bearer,{token}",
        "Token {token}",
        "Basic {token}",
        "JWT {token}",
        "DPoP {token}",
        "Bearer Bearer {token}",
        "Bearer {token}, Basic AAAA",
        "Basic AAAA, Bearer {token}",
        "Bearer token={token}",
    ],
)
def test_a_header_that_is_no_bearers_is_refused_alike(works: Forge, header: str):
    answer = asked({"Authorization": header.format(token=works.token)})

    assert answer == asked({"Authorization": "Bearer rubbish"})
    assert answer[2] == BODY


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "bEaReR"])
def test_the_scheme_may_be_written_in_any_case(works: Forge, scheme: str):
    taken, forged = (
        asked({"Authorization": f"{scheme} {token}"})
        for token in (works.token, works.unsigned("none"))
    )

    assert taken[0] == 200
    assert forged == asked({"Authorization": "Bearer rubbish"})


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda token: {"path": f"/graphql/?access_token={token}"},
        lambda token: {"path": f"/graphql/?token={token}&authorization=Bearer%20{token}"},
        lambda token: {"HTTP_COOKIE": f"Authorization=Bearer {token}; access_token={token}"},
        lambda token: {"HTTP_COOKIE": f"sessionid={token}; token={token}"},
        lambda token: {"HTTP_X_AUTHORIZATION": f"Bearer {token}"},
        lambda token: {"HTTP_PROXY_AUTHORIZATION": f"Bearer {token}"},
    ],
    ids=["query", "query too", "cookie", "session cookie", "other header", "proxy's header"],
)
def test_a_token_in_another_place_is_no_token(works: Forge, elsewhere: Callable[[str], Any]):
    answer = asked({}, **elsewhere(works.token))

    assert answer == asked({})
    assert json.loads(answer[2])["errors"][0]["extensions"] == {"code": "not_signed_in"}


@pytest.mark.django_db(transaction=True)
def test_sockets_refuse_every_attack_alike_too(tmp_path: Path):
    works, closes = forge(_Present()), {}
    with serving(tmp_path) as server:
        with connected(server.ws_url, token=works.token) as socket:
            taken = socket.is_silent()
        for name, attack in ATTACKS.items():
            if name == "kid of an earlier key":
                continue
            token = attack(_fresh(works) if "session" in name else works)
            with connected(server.ws_url, max_size=None) as socket:
                header = {"authorization": f"Bearer {token}"}
                socket.send({"type": "connection_init", "payload": header})
                closes[name] = socket.closed()
        log = server.log.read_text()

    odd = {name: close for name, close in closes.items() if close != CLOSED}
    assert taken
    assert odd == {}
    assert "Traceback" not in log


CLOSED = (4403, "Forbidden: invalid_token")


class _Present:
    """The settings as they are, for tests beside a server of the same ones."""

    SECRET_KEY = configured.SECRET_KEY


def _fresh(forge: Forge) -> Forge:
    """The means to attack with a token of another session, which is spoilt by that."""
    return Forge(start_session(user=forge.signed_in.user), forge.settings)


@pytest.mark.django_db(transaction=True)
def test_a_real_server_refuses_two_headers_and_huge_ones(tmp_path: Path):
    token = forge(_Present()).token
    with serving(tmp_path) as server:

        def ask(*headers: str) -> tuple[int, bytes]:
            sent = [("Accept", RESPONSE_JSON), *(("Authorization", text) for text in headers)]
            answer = httpx.post(server.url, json=ME, headers=sent)
            if answer.status_code != 200:
                return answer.status_code, answer.content
            return answer.status_code, json.dumps(answer.json()["data"]).encode()

        good, forged = f"Bearer {token}", f"Bearer {token[:-4]}AAAA"
        one = ask(good)
        several = [ask(good, good), ask(good, forged), ask(forged, good), ask("Basic AAAA", good)]
        huge = ask(f"{good}{'A' * 100_000}")[0]
        after = ask(good)

    assert (one[0], after) == (200, one)
    assert several == [(401, BODY)] * 4
    assert huge in (400, 401, 431)
