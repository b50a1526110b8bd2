"""Deciding about documents, and reading them."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission

from apps.accounts.models import User
from apps.core.events import MessageQueued
from apps.core.models import AuditEntry, OutboundMessage
from apps.providers.errors import AlreadyReviewed
from apps.providers.events import DocumentReviewed
from apps.providers.models import ProviderDocument
from apps.providers.services.documents import review_provider_document, withdraw_provider_document
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.catalog import CategoryFactory
from tests.factories.providers import DocumentFactory, ProviderFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = "... on ProviderDocument { status reviewNotes expiresDate viewerCan }"
LIST = """query($filter: ProviderDocumentFilter, $order: [ProviderDocumentOrder!]! = []) {
  providerDocuments(filter: $filter, order: $order) { totalCount
    edges { node { id status number url viewerCan } } } }"""
PROFILE = """query($id: ID!) { provider(id: $id) { isLicensed isInsured isBackgroundChecked
  verificationDocuments { totalCount edges { node { status } } } } }"""


def _review(graphql: GraphQL, by: User | None, document: Any, **given: Any) -> Answer:
    given = {"id": gid(document), "approved": True} | given
    return graphql.mutate("reviewProviderDocument", given, SELECT, by=by)


def _reviewer() -> User:
    user: User = UserFactory(is_staff=True)
    names = ["view_providerdocument", "change_providerdocument"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_staff_approve_with_the_date_that_they_read_and_the_provider_is_told(
    graphql: GraphQL, cast: Cast
):
    document = DocumentFactory(provider=cast.ada_business, expires_date="2026-12-31")
    by, noise = _reviewer(), DocumentFactory()

    with announced() as heard:
        answer = _review(graphql, by, document, notes="Clear", expiresDate="2026-06-30")

    document.refresh_from_db()
    message = OutboundMessage.objects.get()
    assert answer.data["reviewProviderDocument"] == {
        "__typename": "ProviderDocument",
        "status": "APPROVED",
        "reviewNotes": "Clear",
        "expiresDate": "2026-06-30",
        "viewerCan": ["reviewProviderDocument"],
    }
    assert (document.reviewed_by, document.expires_date) == (by, date(2026, 6, 30))
    assert (message.recipient, message.template) == ("ada@example.org", "document_reviewed")
    assert ("your licence" in message.text, "> Clear" in message.text) == (True, True)
    assert heard == [
        MessageQueued(message_id=message.pk),
        DocumentReviewed(
            document_id=document.pk,
            provider_id=cast.ada_business.pk,
            user_id=cast.ada.pk,
            document_type="LICENSE",
            approved=True,
        ),
    ]
    noise.refresh_from_db()
    assert noise.status == "PENDING"


def test_a_rejected_one_leaves_the_older_one_as_it_is(graphql: GraphQL, cast: Cast):
    older = DocumentFactory(provider=cast.ada_business, approved=True)
    document = DocumentFactory(provider=cast.ada_business)

    answer = _review(graphql, cast.dora, document, approved=False, notes="Too dark")

    older.refresh_from_db()
    assert answer.data["reviewProviderDocument"]["status"] == "REJECTED"
    assert older.status == "APPROVED"


def test_an_approved_one_takes_the_place_of_older_ones_of_its_kind(graphql: GraphQL, cast: Cast):
    business, category = cast.ada_business, CategoryFactory()
    own = {"provider": business, "approved": True}
    older = DocumentFactory(**own)
    kept = [
        DocumentFactory(**own, category=category),
        DocumentFactory(**own, document_type="INSURANCE"),
        DocumentFactory(approved=True),
        DocumentFactory(provider=business, status="REJECTED"),
    ]
    document = DocumentFactory(provider=business)
    newer = DocumentFactory(**own)

    _review(graphql, cast.dora, document)

    older.refresh_from_db()
    after = [ProviderDocument.objects.get(pk=each.pk).status for each in (*kept, newer)]
    assert older.status == "SUPERSEDED"
    assert after == ["APPROVED", "APPROVED", "APPROVED", "REJECTED", "APPROVED"]


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_one_that_expired_while_it_waited_is_not_approved_but_can_be_rejected(
    graphql: GraphQL, cast: Cast
):
    document = DocumentFactory(provider=cast.ada_business, expires_date="2026-02-28")
    later = DocumentFactory(provider=cast.ada_business, document_type="OTHER")
    by = cast.dora

    with nothing_changes():
        approved = _review(graphql, by, document)
        read = _review(graphql, by, later, expiresDate="2026-02-28")
    rejected = _review(graphql, by, document, approved=False)

    assert (approved.code, read.code) == ("document_expired", "document_expired")
    assert rejected.data["reviewProviderDocument"]["status"] == "REJECTED"


def test_nobody_decides_twice_or_about_their_own(graphql: GraphQL, cast: Cast):
    done = DocumentFactory(provider=cast.ada_business, status="REJECTED")
    own, by = DocumentFactory(provider=ProviderFactory(user=cast.dora)), cast.dora

    with nothing_changes():
        again = _review(graphql, by, done)
        mine = _review(graphql, by, own)

    assert (again.code, mine.code) == ("already_reviewed", "own_document")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_with_the_permission_decide(graphql: GraphQL, cast: Cast, who: str, code: str):
    document, by = DocumentFactory(provider=cast.ada_business), getattr(cast, who)

    with nothing_changes():
        answer = _review(graphql, by, document)

    assert answer.code == code


@pytest.mark.usefixtures("transactional_db")
def test_of_two_reviewers_at_once_one_decides(cast: Cast):
    document = DocumentFactory(provider=cast.ada_business)
    reviewers = [UserFactory(is_staff=True) for _ in range(6)]

    outcomes = race(
        *[
            lambda by=by, number=number: review_provider_document(
                document=document, by=by, approved=number % 2 == 0
            )
            for number, by in enumerate(reviewers)
        ]
    )

    late = [isinstance(outcome, AlreadyReviewed) for outcome in outcomes]
    document.refresh_from_db()
    assert (late.count(False), late.count(True)) == (1, 5)
    assert document.reviewed_by == reviewers[late.index(False)]
    assert OutboundMessage.objects.count() == 1


@pytest.mark.usefixtures("transactional_db")
def test_a_document_is_decided_or_taken_back(cast: Cast):
    documents = [DocumentFactory() for _ in range(4)]
    by = UserFactory(is_staff=True)

    for document in documents:
        outcomes = race(
            lambda document=document: withdraw_provider_document(document=document),
            lambda document=document: review_provider_document(
                document=document, by=by, approved=True
            ),
        )
        kept = ProviderDocument.objects.filter(pk=document.pk).exists()
        refused = [isinstance(outcome, AlreadyReviewed) for outcome in outcomes]
        assert refused == [kept, not kept]


def test_one_reads_ones_own_and_staff_read_all_the_oldest_first(graphql: GraphQL, cast: Cast):
    own = DocumentFactory(provider=cast.ada_business, number="A-1")
    DocumentFactory(document_type="INSURANCE", status="REJECTED")

    counts = {
        who: graphql(LIST, by=getattr(cast, who)).data["providerDocuments"]["totalCount"]
        for who in ("ada", "ben", "cleo", "eve", "dora")
    }
    queue = graphql(LIST, {"order": [{"createdAt": "ASC"}]}, by=cast.dora)
    (mine,) = graphql(LIST, by=cast.ada).data["providerDocuments"]["edges"]

    assert counts == {"ada": 1, "ben": 0, "cleo": 0, "eve": 0, "dora": 2}
    assert queue.data["providerDocuments"]["edges"][0]["node"]["id"] == gid(own)
    assert mine["node"]["number"] == "A-1"
    assert mine["node"]["viewerCan"] == ["withdrawProviderDocument"]
    assert graphql(LIST).code == "not_signed_in"


@pytest.fixture
def queue(cast: Cast) -> dict[str, ProviderDocument]:
    """Two documents that wait, shown a day apart, and one that staff found good."""
    category = CategoryFactory()
    return {
        "first": DocumentFactory(
            provider=cast.ada_business,
            category=category,
            expires_date="2026-06-30",
            created_at="2026-03-01T00:00:00Z",
        ),
        "second": DocumentFactory(
            document_type="INSURANCE",
            expires_date="2026-05-01",
            created_at="2026-03-02T00:00:00Z",
        ),
        "done": DocumentFactory(
            document_type="IDENTITY",
            approved=True,
            expires_date="2027-01-01",
            created_at="2026-02-01T00:00:00Z",
            reviewed_at="2026-02-02T00:00:00Z",
        ),
    }


def _found(graphql: GraphQL, cast: Cast, queue: dict[str, Any], **asked: Any) -> list[str]:
    edges = graphql(LIST, asked, by=cast.dora).data["providerDocuments"]["edges"]
    names = {gid(document): name for name, document in queue.items()}
    return [names[edge["node"]["id"]] for edge in edges]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (lambda _: {"status": "PENDING"}, ["first", "second"]),
        (lambda _: {"status": "APPROVED"}, ["done"]),
        (lambda _: {"documentType": "INSURANCE"}, ["second"]),
        (lambda queue: {"id": {"exact": gid(queue["second"])}}, ["second"]),
        (lambda queue: {"providerId": {"exact": gid(queue["first"].provider)}}, ["first"]),
        (lambda queue: {"categoryId": {"exact": gid(queue["first"].category)}}, ["first"]),
        (lambda _: {"expiresDate": {"lte": "2026-06-30"}}, ["first", "second"]),
        (lambda _: {"createdAt": {"gte": "2026-03-02T00:00:00Z"}}, ["second"]),
        (lambda _: {"status": "PENDING", "createdAt": {"lt": "2026-03-02T00:00:00Z"}}, ["first"]),
    ],
    ids=["waiting", "approved", "type", "id", "provider", "category", "end", "time", "two"],
)
def test_staff_filter_the_queue(
    graphql: GraphQL, cast: Cast, queue: dict[str, Any], chosen: Any, found: list[str]
):
    oldest_first = [{"createdAt": "ASC"}]

    shown = _found(graphql, cast, queue, filter=chosen(queue), order=oldest_first)

    assert shown == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ([], ["second", "first", "done"]),
        ([{"createdAt": "ASC"}], ["done", "first", "second"]),
        ([{"expiresDate": "ASC"}], ["second", "first", "done"]),
        ([{"expiresDate": "DESC"}], ["done", "first", "second"]),
        ([{"reviewedAt": "ASC_NULLS_LAST"}, {"expiresDate": "ASC"}], ["done", "second", "first"]),
    ],
    ids=["newest", "oldest", "ending soon", "lasting", "decided"],
)
def test_staff_order_the_queue(
    graphql: GraphQL, cast: Cast, queue: dict[str, Any], order: Any, found: list[str]
):
    assert _found(graphql, cast, queue, order=order) == found


def test_the_queue_comes_page_by_page(graphql: GraphQL, cast: Cast, queue: dict[str, Any]):
    ask = """query($after: String) { providerDocuments(first: 2, after: $after,
      order: [{ createdAt: ASC }]) { pageInfo { endCursor hasNextPage } edges { node { id } } } }"""

    first = graphql(ask, by=cast.dora).data["providerDocuments"]
    after = {"after": first["pageInfo"]["endCursor"]}
    second = graphql(ask, after, by=cast.dora).data["providerDocuments"]

    pages = [[edge["node"]["id"] for edge in page["edges"]] for page in (first, second)]
    assert pages == [[gid(queue["done"]), gid(queue["first"])], [gid(queue["second"])]]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


def test_staff_who_may_see_but_not_decide_see_the_queue(graphql: GraphQL, queue: dict[str, Any]):
    by = UserFactory(is_staff=True)
    by.user_permissions.set(Permission.objects.filter(codename="view_providerdocument"))

    shown = graphql(LIST, by=by).data["providerDocuments"]
    with nothing_changes():
        refused = _review(graphql, by, queue["first"])

    assert shown["totalCount"] == 3
    assert [edge["node"]["viewerCan"] for edge in shown["edges"]] == [[], [], []]
    assert refused.code == "not_allowed"


def test_what_is_no_document_is_not_decided(graphql: GraphQL, cast: Cast):
    gone, by = DocumentFactory(provider=cast.ada_business), cast.dora
    gone.soft_delete()

    with nothing_changes():
        deleted = _review(graphql, by, gone)
        other = _review(graphql, by, gone.provider)

    assert (deleted.code, other.code) == ("not_found", "invalid_id")


def test_that_staff_looked_at_a_document_is_noted(graphql: GraphQL, cast: Cast):
    document = DocumentFactory(provider=cast.ada_business)
    looks = AuditEntry.objects.filter(action="READ", object_type="providers.ProviderDocument")

    graphql(LIST, by=cast.ada)
    before = looks.count()
    graphql(LIST, by=cast.dora)

    (look,) = looks
    assert before == 0
    assert (look.object_id, look.actor_id) == (document.pk, cast.dora.pk)


@pytest.mark.parametrize("column", ["number", "name", "reviewNotes"])
def test_that_staff_read_what_a_document_says_is_noted(graphql: GraphQL, cast: Cast, column: str):
    document = DocumentFactory(provider=cast.ada_business, number="GAS-7", review_notes="Blurred")
    says = "{ providerDocuments { edges { node { " + column + " } } } }"
    looks = AuditEntry.objects.filter(action="READ", object_type="providers.ProviderDocument")

    own = graphql(says, by=cast.ada).data
    before = looks.count()
    seen = graphql(says, by=cast.dora).data

    (look,) = looks
    (edge,) = seen["providerDocuments"]["edges"]
    assert own == seen
    assert edge["node"][column] in ("GAS-7", "licence.pdf", "Blurred")
    assert (before, look.object_id, look.actor_id) == (0, document.pk, cast.dora.pk)


@pytest.mark.parametrize(
    ("zone", "last", "holds"),
    [
        ("Pacific/Honolulu", "2026-03-01", True),
        ("Pacific/Honolulu", "2026-02-28", False),
        ("UTC", "2026-03-01", False),
        ("UTC", "2026-03-02", True),
        ("Nowhere/Known", "2026-03-01", False),
    ],
)
@time_machine.travel("2026-03-02T05:00:00Z", tick=False)
def test_a_document_holds_by_the_day_of_its_provider_west_of_utc(
    graphql: GraphQL, zone: str, last: str, holds: bool
):
    _holds_where_its_provider_is(graphql, zone, last, holds)


@pytest.mark.parametrize(("last", "holds"), [("2026-03-02", False), ("2026-03-03", True)])
@time_machine.travel("2026-03-02T20:00:00Z", tick=False)
def test_a_document_holds_by_the_day_of_its_provider_east_of_utc(
    graphql: GraphQL, last: str, holds: bool
):
    _holds_where_its_provider_is(graphql, "Pacific/Auckland", last, holds)


def _holds_where_its_provider_is(graphql: GraphQL, zone: str, last: str, holds: bool) -> None:
    provider = ProviderFactory(time_zone=zone)
    DocumentFactory(provider=provider, approved=True, issued_date="2025-01-01", expires_date=last)

    shown = graphql(PROFILE, {"id": gid(provider)}).data["provider"]
    found = graphql("{ providers(filter: {isLicensed: true}) { totalCount } }").data["providers"]

    assert (shown["isLicensed"], found["totalCount"]) == (holds, int(holds))


def test_everyone_sees_what_holds_and_nobody_else_the_documents(graphql: GraphQL, cast: Cast):
    own = {"provider": cast.ada_business, "approved": True}
    DocumentFactory(**own, expires_date=date.today() + timedelta(days=40))
    DocumentFactory(**own, document_type="INSURANCE", expires_date="2020-01-01")
    DocumentFactory(provider=cast.ada_business, document_type="BACKGROUND_CHECK")
    ask = {"id": gid(cast.ada_business)}

    seen = {
        who: graphql(PROFILE, ask, by=getattr(cast, who)).data["provider"]
        for who in ("ada", "dora", "cleo", "eve", "nobody")
    }

    flags = ("isLicensed", "isInsured", "isBackgroundChecked")
    for shown in seen.values():
        assert [shown[flag] for flag in flags] == [True, False, False]
    counts = {who: shown["verificationDocuments"]["totalCount"] for who, shown in seen.items()}
    assert counts == {"ada": 3, "dora": 3, "cleo": 0, "eve": 0, "nobody": 0}
