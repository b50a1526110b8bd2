"""Letting a provider bid, by the documents that it showed."""

from typing import Any

import pytest
import time_machine

from apps.accounts.models import User
from apps.core.models import AuditEntry
from apps.providers.events import ProviderUnverified, ProviderVerified
from apps.providers.services.expiry import expire_document
from apps.providers.services.verification import verify_provider
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.providers import DocumentFactory, ProviderFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = "... on ServiceProviderProfile { isVerifiedProvider }"


def _verify(graphql: GraphQL, by: User | None, provider: Any, **given: Any) -> Answer:
    given = {"providerId": gid(provider), "isVerified": True} | given
    return graphql.mutate("verifyProvider", given, SELECT, by=by)


def _unverified(**traits: Any) -> Any:
    return ProviderFactory(is_verified_provider=False, **traits)


@pytest.mark.parametrize("kind", ["IDENTITY", "REGISTRATION"])
def test_one_who_showed_who_it_is_may_bid(graphql: GraphQL, cast: Cast, kind: str):
    provider = _unverified(user=cast.ada)
    DocumentFactory(provider=provider, document_type=kind, approved=True)

    with announced() as heard:
        answer = _verify(graphql, cast.dora, provider, notes="Called them")

    provider.refresh_from_db()
    assert answer.data["verifyProvider"]["isVerifiedProvider"] is True
    assert provider.is_verified_provider
    assert heard == [ProviderVerified(provider_id=provider.pk, user_id=cast.ada.pk)]
    entry = AuditEntry.objects.get(action="GRANT", object_id=provider.pk)
    assert (entry.actor_id, entry.changes) == (cast.dora.pk, {"reason": "Called them"})


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
@pytest.mark.parametrize(
    "given",
    [
        None,
        {"document_type": "LICENSE", "status": "APPROVED"},
        {"document_type": "IDENTITY", "status": "PENDING"},
        {"document_type": "IDENTITY", "status": "REJECTED"},
        {"document_type": "IDENTITY", "status": "APPROVED", "expires_date": "2026-02-28"},
        {"document_type": "IDENTITY", "status": "APPROVED", "is_deleted": True},
    ],
    ids=["none", "a licence", "pending", "rejected", "expired", "deleted"],
)
def test_without_an_approved_proof_that_holds_nobody_is_verified(
    graphql: GraphQL, cast: Cast, given: dict[str, Any] | None
):
    provider, by = _unverified(), cast.dora
    DocumentFactory(document_type="IDENTITY", approved=True)
    if given is not None:
        DocumentFactory(provider=provider, **given)

    with nothing_changes():
        answer = _verify(graphql, by, provider)

    assert answer.code == "documents_missing"


def test_staff_take_it_back_without_asking_for_documents(graphql: GraphQL, cast: Cast):
    provider = cast.ada_business

    with announced() as heard:
        answer = _verify(graphql, cast.dora, provider, isVerified=False, notes="Fraud")

    assert answer.data["verifyProvider"]["isVerifiedProvider"] is False
    assert heard == [ProviderUnverified(provider_id=provider.pk, user_id=cast.ada.pk)]


def test_what_is_so_already_is_announced_no_second_time(graphql: GraphQL, cast: Cast):
    DocumentFactory(provider=cast.ada_business, document_type="IDENTITY", approved=True)

    with announced() as heard:
        _verify(graphql, cast.dora, cast.ada_business)

    assert heard == []


def test_nobody_verifies_their_own(graphql: GraphQL, cast: Cast):
    provider, by = _unverified(user=cast.dora), cast.dora
    DocumentFactory(provider=provider, document_type="IDENTITY", approved=True)

    with nothing_changes():
        answer = _verify(graphql, by, provider)

    assert answer.code == "own_business"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_with_the_permission_verify(graphql: GraphQL, cast: Cast, who: str, code: str):
    provider, by = cast.ada_business, getattr(cast, who)

    with nothing_changes():
        answer = _verify(graphql, by, provider, isVerified=False)

    assert answer.code == code


def test_a_deleted_provider_is_not_found(graphql: GraphQL, cast: Cast):
    provider, by = cast.ada_business, cast.dora
    provider.soft_delete()

    with nothing_changes():
        answer = _verify(graphql, by, provider)

    assert answer.code == "not_found"


@pytest.mark.usefixtures("transactional_db")
def test_a_proof_that_expires_meanwhile_verifies_nobody(cast: Cast):
    by = UserFactory(is_staff=True)
    for _ in range(4):
        provider = _unverified(time_zone="UTC")
        document = DocumentFactory(
            provider=provider, document_type="IDENTITY", approved=True, expires_date="2020-01-01"
        )

        race(
            lambda document=document: expire_document(document_id=document.pk),
            lambda provider=provider: verify_provider(provider=provider, by=by, is_verified=True),
        )

        provider.refresh_from_db()
        assert not provider.is_verified_provider
