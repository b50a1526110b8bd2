"""Having a claim about oneself verified: files, and who may look at them."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.accounts.events import VerificationSubmitted
from apps.accounts.models import User, UserVerification, VerificationEvidence
from tests.factories.cast import Cast
from tests.factories.community import EvidenceFactory, VerificationFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.pictures import bomb, photo_with_exif, picture
from tests.support.unchanged import nothing_changes

SUBMIT = """mutation($input: SubmitVerificationInput!) { submitVerification(input: $input) {
  ... on UserVerification { verificationType status
    evidence { edges { node { name contentType url } } } }
  ... on OperationInfo { messages { kind message field code } } } }"""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _submit(graphql: GraphQL, by: User | None, contents: Sequence[bytes], **given: Any) -> Answer:
    files = [
        SimpleUploadedFile(f"../proof{number}.exe", content, content_type="text/html")
        for number, content in enumerate(contents)
    ]
    given = {"verificationType": "IDENTITY", "files": [None] * len(files)} | given
    return graphql.upload(SUBMIT, {"input": given}, files, at="variables.input.files", by=by)


def _stored() -> list[Path]:
    folder = Path(settings.PRIVATE_MEDIA_ROOT)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_files_are_kept_apart_by_what_they_are_under_names_of_ours(graphql: GraphQL, cast: Cast):
    by = cast.ben

    with announced() as heard:
        answer = _submit(graphql, by, [PDF, photo_with_exif()])

    verification = UserVerification.objects.get()
    evidence = answer.data["submitVerification"]["evidence"]["edges"]
    found = {node["node"]["name"]: node["node"]["contentType"] for node in evidence}
    pdf, photo = sorted(_stored(), key=lambda path: path.suffix == ".jpg")
    assert verification.user_profile == by.profile
    assert answer.data["submitVerification"]["status"] == "PENDING"
    assert found == {"proof0.exe": "application/pdf", "proof1.exe": "image/jpeg"}
    assert ((pdf.suffix, pdf.read_bytes()), photo.suffix) == ((".pdf", PDF), ".jpg")
    assert b"Spycam" not in photo.read_bytes()
    assert heard == [VerificationSubmitted(user_id=by.pk, verification_id=verification.pk)]


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        ([], "invalid_evidence_count"),
        ([PDF] * 6, "invalid_evidence_count"),
        ([b""], "invalid_evidence"),
        ([PDF, b"MZ program"], "invalid_evidence"),
        ([PDF, b"<html>%PDF-1.7</html>"], "invalid_evidence"),
        ([picture("GIF")], "invalid_evidence"),
        ([picture()[:-200]], "invalid_evidence"),
        ([bomb((10_000, 5_001))], "evidence_too_large"),
        ([PDF + b"\0" * 10 * 1024 * 1024], "evidence_too_large"),
    ],
    ids=["none", "six", "empty", "program", "HTML", "GIF", "cut", "50 MP", "10 MB"],
)
def test_what_staff_could_not_look_at_is_refused(
    graphql: GraphQL, cast: Cast, contents: list[bytes], code: str
):
    by = cast.ben

    with nothing_changes():
        answer = _submit(graphql, by, contents)

    assert (answer.code, answer.refusal["field"]) == (code, "files")
    assert _stored() == []


def test_five_files_are_taken(graphql: GraphQL, cast: Cast):
    _submit(graphql, cast.ben, [PDF] * 5)

    assert VerificationEvidence.objects.count() == len(_stored()) == 5


def test_the_same_is_not_verified_twice_at_once(graphql: GraphQL, cast: Cast):
    _submit(graphql, cast.ben, [PDF])

    with nothing_changes():
        again = _submit(graphql, cast.ben, [PDF])
    other = _submit(graphql, cast.ben, [PDF], verificationType="ADDRESS")

    assert again.code == "verification_pending"
    assert other.data["submitVerification"]["verificationType"] == "ADDRESS"
    assert len(_stored()) == 2


def test_a_repeat_under_the_same_key_submits_once(graphql: GraphQL, cast: Cast):
    first = _submit(graphql, cast.ben, [PDF], idempotencyKey="me")
    again = _submit(graphql, cast.ben, [PDF], idempotencyKey="me")
    other = _submit(graphql, cast.ben, [picture()], idempotencyKey="me")

    assert first.data["submitVerification"]["status"] == "PENDING"
    assert again.data["submitVerification"]["status"] == "PENDING"
    assert other.code == "idempotency_mismatch"
    assert UserVerification.objects.count() == len(_stored()) == 1


def test_the_signed_out_submit_nothing(graphql: GraphQL):
    assert _submit(graphql, None, [PDF]).code == "not_signed_in"
    assert _stored() == []


LOOK = """query($id: ID!) { node(id: $id) { ... on VerificationEvidence { url } } }"""


def test_the_address_of_a_file_expires(graphql: GraphQL, cast: Cast):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        answer = _submit(graphql, cast.ben, [picture()])
        (edge,) = answer.data["submitVerification"]["evidence"]["edges"]
        fresh = Client().get(edge["node"]["url"])
        content = b"".join(fresh.streaming_content)  # type: ignore[attr-defined]
        clock.shift(601)
        late = Client().get(edge["node"]["url"])

    with Image.open(BytesIO(content)) as kept:
        assert kept.format == "JPEG"
    assert (fresh.status_code, late.status_code) == (200, 404)


@pytest.mark.parametrize(
    ("who", "seen"),
    [("ben", True), ("dora", True), ("eve", False), ("cleo", False), ("nobody", False)],
)
def test_the_owner_and_staff_who_oversee_it_look_at_evidence(
    graphql: GraphQL, cast: Cast, who: str, seen: bool
):
    verification = VerificationFactory(user_profile=cast.ben_client.user_profile)
    evidence = EvidenceFactory(verification=verification)

    answer = graphql(LOOK, {"id": gid(evidence)}, by=getattr(cast, who))

    assert ("errors" not in answer.body) == seen
    assert seen or answer.code == "not_found"
