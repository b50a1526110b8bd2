"""Showing staff documents, and taking them back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.core.services.event_log import deliver_due
from apps.providers.events import DocumentsDiscarded, DocumentSubmitted
from apps.providers.models import ProviderDocument
from apps.providers.services.documents import submit_provider_document, withdraw_provider_document
from schema.base.errors import explain
from tests.factories.cast import Cast
from tests.factories.catalog import CategoryFactory
from tests.factories.providers import DocumentFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.pictures import bomb, photo_with_exif, picture
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SUBMIT = """mutation($input: SubmitProviderDocumentInput!) { submitProviderDocument(input: $input) {
  ... on ProviderDocument { documentType status name number contentType url expiresDate
    category { slug } provider { businessName } viewerCan }
  ... on OperationInfo { messages { kind message field code } } } }"""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _submit(graphql: GraphQL, by: User | None, content: bytes = PDF, **given: Any) -> Answer:
    file = SimpleUploadedFile("../licence.exe", content, content_type="text/html")
    given = {"documentType": "LICENSE", "file": None} | given
    return graphql.upload(SUBMIT, {"input": given}, file, at="variables.input.file", by=by)


def _withdraw(graphql: GraphQL, by: User | None, document: ProviderDocument) -> Answer:
    return graphql.mutate("withdrawProviderDocument", {"id": gid(document)}, by=by)


def _stored() -> list[Path]:
    folder = Path(settings.PRIVATE_MEDIA_ROOT)
    return sorted(path for path in folder.rglob("*") if path.is_file())


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_a_document_waits_for_staff_with_all_that_was_said_of_it(graphql: GraphQL, cast: Cast):
    business, category = cast.ada_business, CategoryFactory(slug="gas")

    with announced() as heard:
        answer = _submit(
            graphql,
            cast.ada,
            number="GAS-7",
            categoryId=gid(category),
            issuedDate="2025-03-02",
            expiresDate="2026-03-01",
        )

    shown, document = answer.data["submitProviderDocument"], ProviderDocument.objects.get()
    assert shown.pop("url").startswith("/files/")
    assert shown == {
        "documentType": "LICENSE",
        "status": "PENDING",
        "name": "licence.exe",
        "number": "GAS-7",
        "contentType": "application/pdf",
        "expiresDate": "2026-03-01",
        "category": {"slug": "gas"},
        "provider": {"businessName": business.business_name},
        "viewerCan": ["withdrawProviderDocument"],
    }
    assert (document.provider, document.issued_date) == (business, date(2025, 3, 2))
    assert [path.read_bytes() for path in _stored()] == [PDF]
    assert heard == [
        DocumentSubmitted(
            document_id=document.pk,
            provider_id=business.pk,
            user_id=cast.ada.pk,
            document_type="LICENSE",
        )
    ]


def test_a_picture_is_encoded_anew(graphql: GraphQL, cast: Cast):
    assert cast.ada_business

    _submit(graphql, cast.ada, photo_with_exif())

    (kept,) = _stored()
    assert (kept.suffix, b"Spycam" in kept.read_bytes()) == (".jpg", False)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid_file"),
        (b"MZ program", "invalid_file"),
        (picture("GIF"), "invalid_file"),
        (picture()[:-200], "invalid_file"),
        (bomb((10_000, 5_001)), "file_too_large"),
        (PDF + b"\0" * 10 * 1024 * 1024, "file_too_large"),
    ],
    ids=["empty", "program", "GIF", "cut", "50 MP", "10 MB"],
)
def test_a_file_of_the_wrong_type_or_size_is_refused(
    graphql: GraphQL, cast: Cast, content: bytes, code: str
):
    assert cast.ada_business

    with nothing_changes():
        answer = _submit(graphql, cast.ada, content)

    assert (answer.code, answer.refusal["field"]) == (code, "file")
    assert _stored() == []


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"expiresDate": "2026-02-28"}, "document_expired"),
        ({"issuedDate": "2026-05-01", "expiresDate": "2026-04-01"}, "invalid_range"),
        ({"categoryId": "U2VydmljZUNhdGVnb3J5Onh4"}, "invalid_id"),
        ({"number": "7" * 101}, "max_length"),
    ],
    ids=["expired", "expires first", "no category", "long number"],
)
def test_what_is_said_of_a_document_has_to_make_sense(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str
):
    assert cast.ada_business

    with nothing_changes():
        answer = _submit(graphql, cast.ada, **given)

    assert answer.code == code
    assert _stored() == []


@time_machine.travel("2026-03-01T23:30:00Z", tick=False)
def test_the_last_day_is_that_of_the_providers_zone(graphql: GraphQL, cast: Cast):
    business = cast.ada_business
    business.time_zone = "Asia/Tokyo"
    business.save()

    with nothing_changes():
        late = _submit(graphql, cast.ada, expiresDate="2026-03-01")
    business.time_zone = "America/New_York"
    business.save()
    in_time = _submit(graphql, cast.ada, expiresDate="2026-03-01")

    assert late.code == "document_expired"
    assert in_time.data["submitProviderDocument"]["status"] == "PENDING"


def test_of_a_deleted_category_nothing_is_shown(graphql: GraphQL, cast: Cast):
    category = CategoryFactory()
    category.soft_delete()
    assert cast.ada_business

    with nothing_changes():
        answer = _submit(graphql, cast.ada, categoryId=gid(category))

    assert answer.code == "not_found"


def test_the_same_does_not_wait_twice(graphql: GraphQL, cast: Cast):
    assert cast.ada_business
    category = CategoryFactory()
    _submit(graphql, cast.ada)

    with nothing_changes():
        again = _submit(graphql, cast.ada)
    others = [
        _submit(graphql, cast.ada, documentType="INSURANCE"),
        _submit(graphql, cast.ada, categoryId=gid(category)),
        _submit(graphql, cast.cleo),
    ]

    assert again.code == "document_pending"
    assert [each.data["submitProviderDocument"]["status"] for each in others] == ["PENDING"] * 3
    assert len(_stored()) == 4


@pytest.mark.usefixtures("transactional_db")
def test_of_the_same_at_once_one_waits(cast: Cast):
    business = cast.ada_business

    outcomes = race(
        *[
            lambda: submit_provider_document(
                provider=business,
                document_type=ProviderDocument.Type.LICENSE,
                file=SimpleUploadedFile("a.pdf", PDF),
                details={},
            )
        ]
        * 8
    )

    refused = [explain(each) for each in outcomes if isinstance(each, ValidationError)]
    assert [messages[0]["code"] for messages in refused] == ["document_pending"] * 7
    assert ProviderDocument.objects.count() == len(_stored()) == 1


def test_a_repeat_under_the_same_key_shows_it_once(graphql: GraphQL, cast: Cast):
    assert cast.ada_business

    first = _submit(graphql, cast.ada, idempotencyKey="me")
    again = _submit(graphql, cast.ada, idempotencyKey="me")

    assert first.data["submitProviderDocument"]["name"] == "licence.exe"
    assert again.data["submitProviderDocument"]["name"] == "licence.exe"
    assert len(_stored()) == 1


def test_only_those_with_a_business_show_documents(graphql: GraphQL, cast: Cast):
    by = cast.ben

    with nothing_changes():
        client = _submit(graphql, by)
        nobody = _submit(graphql, None)

    assert (client.code, nobody.code) == ("no_provider_profile", "not_signed_in")
    assert _stored() == []


def test_what_was_taken_back_is_gone_with_its_file(graphql: GraphQL, cast: Cast):
    document = DocumentFactory(provider=cast.ada_business)
    noise, name = DocumentFactory(), document.file.name

    with announced() as heard:
        answer = _withdraw(graphql, cast.ada, document)
    deliver_due()

    assert answer.data == {"withdrawProviderDocument": {"__typename": "Done"}}
    assert heard == [DocumentsDiscarded(files=[name])]
    assert list(ProviderDocument.objects.all_with_deleted()) == [noise]
    assert [path.name for path in _stored()] == [Path(noise.file.name).name]


def test_a_file_that_another_document_has_stays(graphql: GraphQL, cast: Cast):
    document = DocumentFactory(provider=cast.ada_business)
    other = DocumentFactory(file=document.file.name)

    _withdraw(graphql, cast.ada, document)
    deliver_due()

    assert [path.name for path in _stored()] == [Path(other.file.name).name]


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "EXPIRED", "SUPERSEDED"])
def test_what_was_decided_is_not_taken_back(graphql: GraphQL, cast: Cast, status: str):
    document = DocumentFactory(provider=cast.ada_business, status=status)

    with nothing_changes():
        answer = _withdraw(graphql, cast.ada, document)

    assert answer.code == "already_reviewed"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_found"),
        ("eve", "not_found"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_takes_a_document_back(graphql: GraphQL, cast: Cast, who: str, code: str):
    document, by = DocumentFactory(provider=cast.ada_business), getattr(cast, who)

    with nothing_changes():
        answer = _withdraw(graphql, by, document)

    assert answer.code == code


@pytest.mark.usefixtures("transactional_db")
def test_taken_back_twice_at_once_it_is_gone_once(cast: Cast):
    document = DocumentFactory(provider=cast.ada_business)

    with announced() as heard:
        outcomes = race(*[lambda: withdraw_provider_document(document=document)] * 4)

    codes = [getattr(outcome, "code", None) for outcome in outcomes]
    assert sorted(codes, key=str) == [None, *["already_reviewed"] * 3]
    assert len(heard) == 1
