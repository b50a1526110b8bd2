"""What a category asks a provider to have shown."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.providers.models import ProviderDocument
from apps.providers.services.documents import require_documents
from tests.factories.catalog import CategoryFactory
from tests.factories.providers import DocumentFactory, ProviderFactory

TODAY = date(2026, 3, 1)
ASKED = {
    "requires_license": "license_required",
    "requires_insurance": "insurance_required",
    "requires_background_check": "background_check_required",
}
SHOWN = {
    "requires_license": "LICENSE",
    "requires_insurance": "INSURANCE",
    "requires_background_check": "BACKGROUND_CHECK",
}

pytestmark = pytest.mark.django_db


def _refusal(provider: Any, category: Any) -> str | None:
    try:
        require_documents(provider=provider, category=category, on=TODAY)
    except Exception as refusal:  # noqa: BLE001 - its code is compared
        return str(refusal.code)  # type: ignore[attr-defined]
    return None


def test_a_category_that_asks_for_nothing_is_open_to_all():
    assert _refusal(ProviderFactory(), CategoryFactory()) is None


@pytest.mark.parametrize("asked", ASKED)
def test_each_requirement_is_met_by_its_own_kind_of_document(asked: str):
    provider, category = ProviderFactory(), CategoryFactory(**{asked: True})
    before = _refusal(provider, category)

    for kind in ProviderDocument.Type.values:
        if kind != SHOWN[asked]:
            DocumentFactory(provider=provider, document_type=kind, approved=True)
    other_kinds = _refusal(provider, category)
    DocumentFactory(provider=provider, document_type=SHOWN[asked], approved=True)

    assert (before, other_kinds) == (ASKED[asked], ASKED[asked])
    assert _refusal(provider, category) is None


def test_a_branch_inherits_what_those_above_it_ask_for():
    top = CategoryFactory(requires_license=True)
    below = CategoryFactory(parent=CategoryFactory(parent=top))
    CategoryFactory(parent=below, requires_insurance=True)

    assert _refusal(ProviderFactory(), below) == "license_required"


@pytest.mark.parametrize(
    ("place", "covered"), [("all", True), ("top", True), ("below", True), ("beside", False)]
)
def test_a_document_covers_the_branch_that_it_names_and_all_below(place: str, covered: bool):
    top = CategoryFactory(requires_license=True)
    below = CategoryFactory(parent=top)
    named = {"all": None, "top": top, "below": below, "beside": CategoryFactory(parent=top)}
    provider = ProviderFactory()
    DocumentFactory(provider=provider, category=named[place], approved=True)

    assert (_refusal(provider, below) is None) == covered


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({"expires_date": TODAY}, True),
        ({"expires_date": TODAY - timedelta(days=1)}, False),
        ({"status": "PENDING"}, False),
        ({"status": "REJECTED"}, False),
        ({"status": "EXPIRED", "expires_date": TODAY}, False),
        ({"status": "SUPERSEDED"}, False),
        ({"is_deleted": True}, False),
    ],
    ids=["its last day", "past", "pending", "rejected", "marked expired", "superseded", "deleted"],
)
def test_only_what_staff_approved_counts_and_only_up_to_its_last_day(
    given: dict[str, Any], holds: bool
):
    provider, category = ProviderFactory(), CategoryFactory(requires_license=True)
    DocumentFactory(**({"provider": provider, "status": "APPROVED"} | given))

    assert (_refusal(provider, category) is None) == holds


def test_the_document_of_another_provider_does_not_count():
    DocumentFactory(approved=True)

    refusal = _refusal(ProviderFactory(), CategoryFactory(requires_license=True))

    assert refusal == "license_required"


def test_it_takes_one_statement_however_deep_the_branch_lies():
    provider, category = ProviderFactory(), CategoryFactory(requires_license=True)
    for _ in range(5):
        category = CategoryFactory(parent=category)
    DocumentFactory(provider=provider, approved=True)

    with CaptureQueriesContext(connection) as asked:
        require_documents(provider=provider, category=category, on=TODAY)

    assert len(asked) == 1
