"""Guessing passwords and codes: whichever way it is tried, so many guesses count and no more."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from pytest_django import Settings

from apps.accounts.models import Challenge, MfaDevice, User
from apps.accounts.services import sign_in
from apps.accounts.services.challenges import issue_code
from apps.accounts.services.sessions import SecondFactorNeeded, begin, start_session
from kernel import buckets, clock
from kernel.buckets import network_of
from kernel.rates import Rate
from schema.base.http import address_of
from tests.factories.accounts import UserFactory
from tests.support.graphql import RESPONSE_JSON
from tests.support.hashing import CountingHasher
from tests.support.races import race
from tests.support.server import serving
from tests.support.sockets import connected

PASSWORD, WRONG = "drip-drop-42", "drip-drop-43"
HOUR = 3600.0
#: Guesses that an account has, and an address; the first is the smaller.
ACCOUNT, ADDRESS = 4, 10
NOWHERE = "redis://127.0.0.1:1/0"
REFUSAL = "__typename ... on OperationInfo { messages { code retryAfter } }"


@pytest.fixture(autouse=True)
def limits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few guesses, which do not come back within a test; hashes are counted, and cheap."""
    few = (Rate(ACCOUNT, HOUR), Rate(ADDRESS, HOUR))
    settings.RATES = dict.fromkeys(settings.RATES, few)
    settings.PASSWORD_HASHERS = ["tests.support.hashing.CountingHasher"]
    for name, cost in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
        monkeypatch.setattr(CountingHasher, name, cost)
    monkeypatch.setattr(buckets, "_taker", buckets._Taker())
    sign_in._anybodys.cache_clear()
    sign_in._anybodys()
    CountingHasher.done.clear()
    yield
    sign_in._anybodys.cache_clear()


@pytest.fixture
def ben(db: None) -> User:
    """A user with a password."""
    return _ben()


def _ben() -> User:
    return UserFactory(email="ben@example.org", password=make_password(PASSWORD))


def document(name: str, *inputs: dict[str, Any]) -> str:
    """One mutation for each input, under names of their own."""
    fields = []
    for number, given in enumerate(inputs):
        values = ", ".join(f"{key}: {json.dumps(value)}" for key, value in given.items())
        fields.append(f"try{number}: {name}(input: {{{values}}}) {{ {REFUSAL} }}")
    return "mutation { " + " ".join(fields) + " }"


def codes_in(answer: Any) -> list[str]:
    """What became of each mutation: its code, or the type of what it gave."""
    return [
        payload["messages"][0]["code"] if "messages" in payload else payload["__typename"]
        for payload in answer["data"].values()
    ]


def ask(query: str, *, address: str = "203.0.113.1", by: User | None = None, **meta: str) -> Any:
    """What the endpoint answers to a document that comes from an address."""
    headers = {"Accept": RESPONSE_JSON}
    if by is not None:
        headers["Authorization"] = f"Bearer {start_session(user=by).access_token}"
    answer = Client().post(
        "/graphql/",
        json.dumps({"query": query}),
        content_type="application/json",
        headers=headers,
        REMOTE_ADDR=address,
        **meta,
    )
    return json.loads(answer.content)


def guess(email: str = "ben@example.org", password: str = WRONG, **options: Any) -> str:
    """What becomes of one try to sign in."""
    query = document("signIn", {"email": email, "password": password})
    (code,) = codes_in(ask(query, **options))
    return code


def checked() -> int:
    """How many passwords were really compared."""
    return Counter(CountingHasher.done)["verify"]


def test_guesses_in_one_document_count_each(ben: User):
    guesses = [{"email": ben.email, "password": f"guess-{n}"} for n in range(ACCOUNT)]

    first, second = (codes_in(ask(document("signIn", *guesses[:3]))) for _ in range(2))

    assert first + second == ["invalid_credentials"] * ACCOUNT + ["rate_limited"] * 2
    assert checked() == ACCOUNT


def test_guesses_in_many_requests_count_together(ben: User):
    codes = [guess() for _ in range(ACCOUNT + 5)]

    assert codes == ["invalid_credentials"] * ACCOUNT + ["rate_limited"] * 5
    assert checked() == ACCOUNT


def test_past_the_limit_the_right_password_is_not_even_looked_at(ben: User):
    for _ in range(ACCOUNT):
        guess()

    assert guess(password=PASSWORD) == "rate_limited"
    assert checked() == ACCOUNT


@pytest.mark.parametrize(
    "spelt", ["BEN@example.org", " ben@example.org ", "\\tBen@Example.ORG", "ben@example.org\\n"]
)
def test_another_spelling_of_the_address_is_the_same_account(ben: User, spelt: str):
    for _ in range(ACCOUNT):
        guess()

    assert guess(json.loads(f'"{spelt}"')) == "rate_limited"


def test_many_addresses_guess_at_one_account_no_more_often_than_one(ben: User):
    codes = [guess(address=f"203.0.113.{number}") for number in range(ACCOUNT + 20)]

    assert Counter(codes) == {"invalid_credentials": ACCOUNT, "rate_limited": 20}
    assert checked() == ACCOUNT


def test_one_address_guesses_at_many_accounts_no_more_often_than_its_limit(ben: User):
    codes = [guess(f"user{number}@example.org") for number in range(ADDRESS + 5)]
    elsewhere = guess(password=PASSWORD, address="203.0.113.2")

    assert Counter(codes) == {"invalid_credentials": ADDRESS, "rate_limited": 5}
    assert elsewhere == "AuthPayload"
    assert checked() == ADDRESS + 1


def test_a_guess_that_one_bucket_refuses_is_not_taken_from_the_other(ben: User):
    for _ in range(ACCOUNT + 20):
        guess()

    codes = [guess(f"user{number}@example.org") for number in range(ADDRESS)]

    assert codes.count("invalid_credentials") == ADDRESS - ACCOUNT


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_count_each():
    _ben()

    codes = race(*[guess] * 16)

    assert Counter(codes) == {"invalid_credentials": ACCOUNT, "rate_limited": 16 - ACCOUNT}
    assert checked() == ACCOUNT


def test_without_redis_half_as_many_count(ben: User, settings: Settings):
    settings.REDIS_URL = NOWHERE

    on_one = [guess() for _ in range(ACCOUNT + 5)]
    on_many = [guess(f"user{number}@example.org") for number in range(ADDRESS)]

    assert on_one.count("invalid_credentials") == ACCOUNT // 2
    assert on_many.count("invalid_credentials") == ADDRESS // 2 - ACCOUNT // 2
    assert checked() == ADDRESS // 2


def test_the_wait_is_told_and_after_it_the_right_password_works(ben: User, settings: Settings):
    settings.RATES |= {"SIGN_IN": (Rate(2, 4.0), Rate(100, HOUR))}
    right = document("signIn", {"email": ben.email, "password": PASSWORD})
    assert [guess() for _ in range(2)] == ["invalid_credentials"] * 2

    (refused,) = ask(right)["data"].values()
    (message,) = refused["messages"]
    time.sleep(message["retryAfter"])

    assert message["code"] == "rate_limited"
    assert 1 <= message["retryAfter"] <= 2
    assert codes_in(ask(right)) == ["AuthPayload"]


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        (0, "198.51.100.{n}"),
        (0, "198.51.100.{n}, 203.0.113.1"),
        (1, "198.51.100.{n}, 203.0.113.7"),
        (1, "10.0.0.{n}, 198.51.100.{n}, 203.0.113.7"),
        (1, "198.51.100.{n},,203.0.113.7,"),
        (1, "rubbish{n}, 203.0.113.7"),
        (2, "198.51.100.{n}, 203.0.113.7, 10.0.0.1"),
    ],
)
def test_who_says_to_be_somewhere_else_is_not_believed(
    ben: User, settings: Settings, proxies: int, forwarded: str
):
    settings.TRUSTED_PROXIES = proxies

    codes = [
        guess(f"user{n}@example.org", HTTP_X_FORWARDED_FOR=forwarded.format(n=n))
        for n in range(ADDRESS + 3)
    ]

    assert Counter(codes) == {"invalid_credentials": ADDRESS, "rate_limited": 3}


def test_whom_our_proxy_heard_are_told_apart(ben: User, settings: Settings):
    settings.TRUSTED_PROXIES = 1

    codes = [
        guess(f"user{n}@example.org", HTTP_X_FORWARDED_FOR=f"evil, 203.0.113.{n}")
        for n in range(ADDRESS + 3)
    ]

    assert set(codes) == {"invalid_credentials"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, None, "10.0.0.9"),
        (0, "203.0.113.7", "10.0.0.9"),
        (1, None, "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, " , ", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (2, "198.51.100.1,203.0.113.7,10.0.0.1", "203.0.113.7"),
        (1, "2001:DB8:0::7", "2001:db8::7"),
        (1, "203.0.113.7:443", None),
        (1, "unknown", None),
    ],
)
def test_the_callers_address_is_that_which_our_outermost_proxy_heard(
    settings: Settings, proxies: int, forwarded: str | None, found: str | None
):
    settings.TRUSTED_PROXIES = proxies

    assert address_of("10.0.0.9", forwarded) == found


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        (None, ""),
    ],
)
def test_an_address_is_counted_as_its_network(address: str | None, counted: str):
    assert network_of(address) == counted


def test_all_addresses_of_an_ipv6_network_count_as_one(ben: User):
    codes = [
        guess(f"user{n}@example.org", address=f"2001:db8:1:2::{n + 1:x}")
        for n in range(ADDRESS + 3)
    ]
    next_door = guess("other@example.org", address="2001:db8:1:3::1")

    assert Counter(codes) == {"invalid_credentials": ADDRESS, "rate_limited": 3}
    assert next_door == "invalid_credentials"


def test_who_is_signed_in_guesses_the_password_no_more_often_in_several_places(ben: User):
    step_up = document("stepUp", {"password": WRONG})
    change = document("changePassword", {"currentPassword": WRONG, "newPassword": "x" * 20})

    codes = [codes_in(ask(query, by=ben))[0] for query in [step_up, change] * ACCOUNT]

    assert codes[ACCOUNT:] == ["rate_limited"] * ACCOUNT
    assert "rate_limited" not in codes[:ACCOUNT]
    assert checked() == ACCOUNT


def with_second_factor(user: User) -> MfaDevice:
    """Have a user asked for a second factor."""
    found: MfaDevice = MfaDevice.objects.create(
        user=user, name="Phone", secret="JBSWY3DP" * 4, confirmed_at=clock.now()
    )
    return found


def challenge_of(user: User) -> str:
    """The token of a sign-in that waits for its second factor."""
    begun = begin(user=user)
    assert isinstance(begun, SecondFactorNeeded)
    return begun.challenge


def wrong_code(challenge: str, number: int) -> dict[str, str]:
    """A guess at a second factor, which no code looks like."""
    return {"challenge": challenge, "code": f"x{number:05}"}


def test_a_sign_in_takes_five_guesses_at_its_second_factor(ben: User, settings: Settings):
    settings.RATES |= {"CODE": (Rate(100, HOUR), Rate(100, HOUR))}
    with_second_factor(ben)
    challenge = challenge_of(ben)

    codes = [
        codes_in(
            ask(document("verifyMfa", wrong_code(challenge, n)), address=f"203.0.113.{n + 1}")
        )[0]
        for n in range(8)
    ]

    assert codes == ["invalid_code"] * 5 + ["too_many_attempts"] * 3


@pytest.mark.parametrize("redis", ["up", "down"])
def test_an_account_takes_few_guesses_at_its_second_factor_however_many_sign_ins(
    ben: User, settings: Settings, redis: str
):
    with_second_factor(ben)
    if redis == "down":
        settings.REDIS_URL = NOWHERE

    codes = [
        codes_in(
            ask(
                document("verifyMfa", wrong_code(challenge_of(ben), n)),
                address=f"203.0.113.{n + 1}",
            )
        )[0]
        for n in range(ACCOUNT + 4)
    ]

    most = ACCOUNT if redis == "up" else ACCOUNT // 2
    assert codes == ["invalid_code"] * most + ["rate_limited"] * (ACCOUNT + 4 - most)


def test_one_address_guesses_second_factors_no_more_often_than_its_limit(ben: User):
    codes = [
        codes_in(ask(document("verifyMfa", wrong_code(f"none-{n}", n))))[0]
        for n in range(ADDRESS + 3)
    ]

    assert codes == ["invalid_challenge"] * ADDRESS + ["rate_limited"] * 3


def test_step_up_takes_few_guesses_at_the_second_factor(ben: User):
    with_second_factor(ben)
    query = document("stepUp", {"code": "x00000"})

    codes = [codes_in(ask(query, by=ben, address=f"203.0.113.{n}"))[0] for n in range(ACCOUNT + 3)]

    assert codes == ["invalid_code"] * ACCOUNT + ["rate_limited"] * 3


@pytest.mark.parametrize(
    ("name", "kind"), [("verifyEmail", Challenge.Kind.EMAIL), ("verifyPhone", Challenge.Kind.PHONE)]
)
@pytest.mark.parametrize(("limit", "redis"), [(4, "up"), (4, "down"), (100, "up")])
def test_a_code_that_was_sent_takes_few_guesses(
    ben: User, settings: Settings, name: str, kind: Challenge.Kind, limit: int, redis: str
):
    settings.RATES |= {"CODE": (Rate(limit, HOUR), Rate(100, HOUR))}
    if redis == "down":
        settings.REDIS_URL = NOWHERE
    issue_code(user=ben, kind=kind, target="ben@example.org")
    query = document(name, {"code": "x00000"})

    codes = [codes_in(ask(query, by=ben, address=f"203.0.113.{n}"))[0] for n in range(8)]

    most, then = {
        (4, "up"): (4, "rate_limited"),
        (4, "down"): (2, "rate_limited"),
        (100, "up"): (5, "too_many_attempts"),
    }[limit, redis]
    assert codes == ["invalid_code"] * most + [then] * (8 - most)


def test_links_are_guessed_no_more_often_than_an_address_may(ben: User):
    def tries(address: str, count: int) -> list[str]:
        query = document("resetPassword", {"token": "guess", "newPassword": "x-long-password-1"})
        return [codes_in(ask(query, address=address))[0] for _ in range(count)]

    first, second = tries("203.0.113.1", ADDRESS + 3), tries("203.0.113.2", 1)

    assert first == ["invalid_reset_token"] * ADDRESS + ["rate_limited"] * 3
    assert second == ["invalid_reset_token"]
    assert checked() == 0


def test_links_are_asked_for_no_more_often_than_an_account_may(ben: User):
    query = document("requestPasswordReset", {"email": "BEN@example.org"})

    codes = [codes_in(ask(query, address=f"203.0.113.{n}"))[0] for n in range(ACCOUNT + 3)]

    assert codes == ["Done"] * ACCOUNT + ["rate_limited"] * 3


@pytest.mark.django_db(transaction=True)
def test_sockets_and_requests_guess_no_more_often_together(tmp_path: Path):
    _ben()
    env = {
        "RATE_PREFIX": f"rate-{uuid4().hex}",
        "RATE_SIGN_IN_ACCOUNT": f"{ACCOUNT}/3600",
        "RATE_SIGN_IN_ADDRESS": f"{ADDRESS}/3600",
        "TRUSTED_PROXIES": "1",
    }
    wrong = {"email": "ben@example.org", "password": WRONG}
    with serving(tmp_path, env=env) as server:

        def by_socket(address: str, query: str) -> list[str]:
            headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
            with connected(server.ws_url, init=True, additional_headers=headers) as socket:
                socket.subscribe("1", query)
                return codes_in(socket.answer()["1"])

        def by_http(address: str, query: str) -> list[str]:
            headers = {"Accept": RESPONSE_JSON, "X-Forwarded-For": f"198.51.100.1, {address}"}
            return codes_in(httpx.post(server.url, json={"query": query}, headers=headers).json())

        on_one = [
            *by_socket("203.0.113.1", document("signIn", wrong, wrong)),
            *by_http("203.0.113.2", document("signIn", wrong)),
            *by_socket("203.0.113.3", document("signIn", wrong, wrong)),
            *by_http("203.0.113.4", document("signIn", wrong)),
        ]
        others = [wrong | {"email": f"user{n}@example.org"} for n in range(ADDRESS + 2)]
        on_many = [
            code
            for way, given in zip([by_socket, by_http] * ADDRESS, others, strict=False)
            for code in way("203.0.113.9", document("signIn", given))
        ]

    assert on_one == ["invalid_credentials"] * ACCOUNT + ["rate_limited"] * 2
    assert on_many == ["invalid_credentials"] * ADDRESS + ["rate_limited"] * 2
