"""Showing something on one's side of a dispute."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.core.models import AuditEntry
from apps.orders.events import EvidenceAdded
from apps.orders.models import DisputeEvidence, OrderDispute
from tests.factories.cast import Cast
from tests.factories.orders import AssignmentFactory, BidFactory, DisputeFactory, EvidenceFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.pictures import bomb, photo_with_exif, picture
from tests.support.unchanged import nothing_changes

ADD = """mutation($input: AddDisputeEvidenceInput!) { addDisputeEvidence(input: $input) {
  ... on OrderDispute { evidence(order: {createdAt: ASC}) {
    edges { node { party text name contentType url } } } }
  ... on OperationInfo { messages { kind message field code } } } }"""
EVIDENCE = """query($id: ID!) { node(id: $id) { ... on OrderDispute {
  evidence { totalCount edges { node { party url } } } } } }"""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _dispute(cast: Cast, **values: object) -> OrderDispute:
    """A dispute of Ben's over what Ada does."""
    dispute: OrderDispute = DisputeFactory(order=cast.ada_work(disputed=True), **values)
    return dispute


def _add(
    graphql: GraphQL, dispute: OrderDispute, contents: list[bytes], *, by: User | None, text: str
) -> Answer:
    files = [SimpleUploadedFile(f"wall{n}.exe", each) for n, each in enumerate(contents)]
    given = {"disputeId": gid(dispute), "text": text, "files": [None] * len(files)}
    return graphql.upload(ADD, {"input": given}, files, at="variables.input.files", by=by)


def _stored() -> list[Path]:
    folder = Path(settings.PRIVATE_MEDIA_ROOT)
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("who", "side"), [("ben", "CLIENT"), ("ada", "PROVIDER")])
@pytest.mark.parametrize("status", ["OPEN", "IN_REVIEW"])
def test_both_sides_show_words_and_files(
    graphql: GraphQL, cast: Cast, who: str, side: str, status: str
):
    dispute, by, noise = _dispute(cast, status=status), getattr(cast, who), _dispute(cast)

    with announced() as heard:
        answer = _add(graphql, dispute, [PDF, photo_with_exif()], by=by, text="See here.")

    edges = answer.data["addDisputeEvidence"]["evidence"]["edges"]
    words, bill, photo = [edge["node"] for edge in edges]
    assert words == {
        "party": side,
        "text": "See here.",
        "name": "",
        "contentType": "",
        "url": None,
    }
    assert (bill["name"], bill["contentType"], bill["party"]) == (
        "wall0.exe",
        "application/pdf",
        side,
    )
    assert (photo["name"], photo["contentType"]) == ("wall1.exe", "image/jpeg")
    assert _got(bill["url"]) == PDF
    assert b"Spycam" not in _got(photo["url"])
    assert {evidence.author for evidence in dispute.evidence.all()} == {by}
    assert noise.evidence.count() == 0
    about = {"order_id": dispute.order_id, "dispute_id": dispute.pk}
    assert heard == [EvidenceAdded(party=side, **about)]


def test_words_alone_are_enough(graphql: GraphQL, cast: Cast):
    given = {"disputeId": gid(_dispute(cast)), "text": "I was there."}

    graphql.mutate("addDisputeEvidence", given, by=cast.ada)

    assert DisputeEvidence.objects.values_list("text", "file").get() == ("I was there.", "")


def test_a_file_alone_is_enough(graphql: GraphQL, cast: Cast):
    _add(graphql, _dispute(cast), [picture()] * 5, by=cast.ada, text="")

    assert DisputeEvidence.objects.count() == len(_stored()) == 5


@pytest.mark.parametrize(
    ("contents", "text", "code"),
    [
        ([], " ", "empty_evidence"),
        ([PDF] * 6, "See.", "too_many_files"),
        ([PDF, b"MZ program"], "See.", "invalid_file"),
        ([bomb((10_000, 5_001))], "See.", "file_too_large"),
    ],
    ids=["nothing", "six", "program", "50 MP"],
)
def test_what_nobody_could_look_at_is_refused(
    graphql: GraphQL, cast: Cast, contents: list[bytes], text: str, code: str
):
    dispute, by = _dispute(cast), cast.ben

    with nothing_changes():
        answer = _add(graphql, dispute, contents, by=by, text=text)

    assert answer.code == code
    assert _stored() == []


@pytest.mark.parametrize("status", ["RESOLVED", "DISMISSED"])
def test_a_decided_dispute_takes_no_more(graphql: GraphQL, cast: Cast, status: str):
    dispute, by = _dispute(cast, status=status), cast.ben

    with nothing_changes():
        answer = _add(graphql, dispute, [PDF], by=by, text="But see!")

    assert answer.code == "dispute_closed"
    assert _stored() == []


@pytest.mark.parametrize(
    ("who", "code"),
    [
        *[(who, "not_found") for who in ("cleo", "dora", "eve", "loser")],
        ("nobody", "not_signed_in"),
    ],
)
def test_only_its_parties_do(graphql: GraphQL, cast: Cast, who: str, code: str):
    dispute = _dispute(cast)
    loser = BidFactory(order=dispute.order, status="REJECTED").provider.user_profile.user
    by = loser if who == "loser" else getattr(cast, who)

    with nothing_changes():
        given = {"disputeId": gid(dispute), "text": "Me too."}
        answer = graphql.mutate("addDisputeEvidence", given, by=by)

    assert answer.code == code


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    dispute, by = _dispute(cast), cast.ben

    with nothing_changes():
        given = {"disputeId": gid(dispute.order), "text": "See."}
        answer = graphql.mutate("addDisputeEvidence", given, by=by)

    assert answer.code == "invalid_id"


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_both_sides_read_what_both_show(graphql: GraphQL, cast: Cast, who: str):
    dispute = _dispute(cast)
    EvidenceFactory(dispute=dispute)
    EvidenceFactory(dispute=dispute, party="PROVIDER", author=cast.ada)
    EvidenceFactory()

    answer = graphql(EVIDENCE, {"id": gid(dispute)}, by=getattr(cast, who))

    found = answer.data["node"]["evidence"]
    assert found["totalCount"] == 2
    assert {edge["node"]["party"] for edge in found["edges"]} == {"CLIENT", "PROVIDER"}


def test_a_provider_who_comes_later_reads_nothing_of_it(graphql: GraphQL, cast: Cast):
    dispute = _dispute(cast, status="DISMISSED", from_status="ASSIGNED")
    EvidenceFactory(dispute=dispute)
    dispute.order.assignment.delete()
    AssignmentFactory(
        bid=BidFactory(order=dispute.order, provider=cast.cleo.profile.provider_profile)
    )

    assert graphql(EVIDENCE, {"id": gid(dispute)}, by=cast.cleo).code == "not_found"
    assert graphql(EVIDENCE, {"id": gid(dispute)}, by=cast.ada).data["node"] is not None


def test_that_staff_looked_at_a_file_is_noted(graphql: GraphQL, cast: Cast):
    evidence = EvidenceFactory(dispute=_dispute(cast), file="disputes/a.pdf")

    answer = graphql(EVIDENCE, {"id": gid(evidence.dispute)}, by=cast.dora)

    (edge,) = answer.data["node"]["evidence"]["edges"]
    assert edge["node"]["url"]
    entry = AuditEntry.objects.get(object_type="orders.DisputeEvidence", actor=cast.dora)
    assert entry.object_id == evidence.pk


def _got(url: str) -> bytes:
    return b"".join(Client().get(url).streaming_content)  # type: ignore[attr-defined]
