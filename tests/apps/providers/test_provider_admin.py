"""Staff decide about providers and their documents in the admin, by the services."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.providers.models import ProviderDocument, ServiceProviderProfile
from tests.factories.cast import Cast
from tests.factories.providers import DocumentFactory, ProviderFactory


@pytest.fixture
def browser(client: Client, cast: Cast) -> Client:
    """Dora's browser."""
    client.force_login(cast.dora)
    return client


def _page(model: Any, name: str, *args: Any) -> str:
    return reverse(f"admin:providers_{model._meta.model_name}_{name}", args=args)


def _act(browser: Client, model: Any, action: str, *rows: Any) -> str:
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    answer = browser.post(_page(model, "changelist"), chosen, follow=True)
    return str(answer.content.decode())


def test_documents_are_decided_with_the_notes_on_their_pages(browser: Client, cast: Cast):
    good, bad = DocumentFactory(), DocumentFactory(review_notes="Too dark")
    own = DocumentFactory(provider=ProviderFactory(user=cast.dora))

    first = _act(browser, ProviderDocument, "approve", good, own)
    _act(browser, ProviderDocument, "reject", bad)

    found = {each.pk: each for each in ProviderDocument.objects.all()}
    assert [found[each.pk].status for each in (good, bad, own)] == [
        *("APPROVED", "REJECTED", "PENDING")
    ]
    assert (found[bad.pk].review_notes, found[bad.pk].reviewed_by) == ("Too dark", cast.dora)
    assert "Another one of the staff" in first


def test_only_those_who_showed_who_they_are_are_verified(browser: Client):
    shown, not_shown = (ProviderFactory(is_verified_provider=False) for _ in range(2))
    DocumentFactory(provider=shown, document_type="IDENTITY", approved=True)

    page = _act(browser, ServiceProviderProfile, "verify", shown, not_shown)

    verified = ServiceProviderProfile.objects.filter(is_verified_provider=True)
    assert list(verified) == [shown]
    assert "An approved proof" in page


def test_a_verification_is_taken_back(browser: Client, cast: Cast):
    _act(browser, ServiceProviderProfile, "unverify", cast.ada_business)

    cast.ada_business.refresh_from_db()
    assert not cast.ada_business.is_verified_provider


def test_neither_the_check_box_nor_a_figure_can_be_typed(browser: Client, cast: Cast):
    page = browser.get(_page(ServiceProviderProfile, "change", cast.ada_business.pk))

    fields = set(page.context["adminform"].form.fields)
    assert not fields & {"is_verified_provider", "average_rating", "jobs_taken", "time_zone"}
    assert {"business_name", "travel_radius"} <= fields


def test_a_providers_page_leads_to_the_files_that_it_showed(browser: Client, cast: Cast):
    DocumentFactory(provider=cast.ada_business)

    page = browser.get(_page(ServiceProviderProfile, "change", cast.ada_business.pk))

    assert 'href="/files/' in page.content.decode()
