"""Beginning to set up a second factor."""

from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from apps.accounts.models import MfaDevice, Session
from apps.accounts.services.sessions import start_session
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.support.authenticator import with_second_factor
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

PAYLOAD = """... on MfaEnrollment {
  device { id name confirmedAt lastUsedAt } secret otpauthUri qrSvg }"""


def test_one_is_told_what_the_app_has_to_know(graphql: GraphQL):
    user, _noise = UserFactory(email="eve@example.org"), with_second_factor(UserFactory())

    begun = graphql.mutate("enrollMfa", {"name": "Phone"}, PAYLOAD, by=user).data["enrollMfa"]

    device = MfaDevice.objects.get(user=user)
    address = urlsplit(begun["otpauthUri"])
    assert begun["device"] == {
        "id": gid(device),
        "name": "Phone",
        "confirmedAt": None,
        "lastUsedAt": None,
    }
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Fundi:eve@example.org"
    assert parse_qs(address.query) == {"secret": [begun["secret"]], "issuer": ["Fundi"]}
    assert begun["qrSvg"].startswith("<svg")
    assert device.secret == begun["secret"]


def test_the_secret_lies_sealed(graphql: GraphQL):
    user = UserFactory()

    begun = graphql.mutate("enrollMfa", {"name": "Phone"}, PAYLOAD, by=user).data["enrollMfa"]

    (stored,) = MfaDevice.objects.values_list("secret", flat=True)
    assert len(begun["secret"]) == 32
    assert begun["secret"] not in stored


def test_beginning_again_forgets_what_was_begun_before(graphql: GraphQL):
    user = UserFactory()
    first = graphql.mutate("enrollMfa", {"name": "Old"}, PAYLOAD, by=user).data["enrollMfa"]

    second = graphql.mutate("enrollMfa", {"name": "New"}, PAYLOAD, by=user).data["enrollMfa"]

    assert [device.name for device in MfaDevice.objects.filter(user=user)] == ["New"]
    assert first["secret"] != second["secret"]


def test_who_has_a_second_factor_gets_no_other(graphql: GraphQL):
    user = UserFactory()
    with_second_factor(user)

    with nothing_changes():
        answer = graphql.mutate("enrollMfa", {"name": "Phone"}, PAYLOAD, by=user)

    assert answer.code == "mfa_enabled"


@pytest.mark.parametrize(("name", "code"), [("", "blank"), ("x" * 61, "max_length")])
def test_the_device_needs_a_name(graphql: GraphQL, name: str, code: str):
    user = UserFactory()

    with nothing_changes():
        answer = graphql.mutate("enrollMfa", {"name": name}, PAYLOAD, by=user)

    assert (answer.code, answer.refusal["field"]) == (code, "name")


def test_the_password_must_have_been_shown_a_short_while_ago(graphql: GraphQL):
    token = start_session(user=UserFactory()).access_token
    Session.objects.update(verified_at=clock.now() - timedelta(seconds=601))

    with nothing_changes():
        answer = graphql.mutate("enrollMfa", {"name": "Phone"}, token=token)

    assert answer.code == "step_up_required"


def test_the_signed_out_are_refused(graphql: GraphQL):
    with nothing_changes():
        answer = graphql.mutate("enrollMfa", {"name": "Phone"})

    assert answer.code == "not_signed_in"
