"""Staff decide about providers and their documents in the admin, by the services."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.providers.models import ProviderDocument, ServiceProviderProfile, ServiceProviderService
from apps.providers.services.search import index_providers
from tests.factories.cast import Cast
from tests.factories.providers import DocumentFactory, OfferedServiceFactory, ProviderFactory


@pytest.fixture
def browser(client: Client, cast: Cast) -> Client:
    """Dora's browser."""
    client.force_login(cast.dora)
    return client


def _page(model: Any, name: str, *args: Any) -> str:
    return reverse(f"admin:providers_{model._meta.model_name}_{name}", args=args)


def _act(browser: Client, model: Any, action: str, *rows: Any, query: str = "") -> str:
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    answer = browser.post(_page(model, "changelist") + query, chosen, follow=True)
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
    assert not fields & {"is_verified_provider", "average_rating", "jobs_taken", "currency"}
    assert {"business_name", "travel_radius", "time_zone"} <= fields


def _typed(page: Any) -> dict[str, Any]:
    """What a browser sends back of a page's form."""
    form = page.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in values.items() if value or value == 0}
    parts = page.context["inline_admin_formsets"]
    for part in parts:
        counts = part.formset.management_form
        typed |= {counts.add_prefix(name): counts[name].value() for name in counts.fields}
    return typed


def _problems(answer: Any) -> dict[str, list[str]]:
    errors = answer.context["adminform"].form.errors.as_data()
    return {field: [each.code for each in found] for field, found in errors.items()}


def test_what_staff_correct_is_found_by_the_search_and_checked_as_elsewhere(
    browser: Client, cast: Cast
):
    address = _page(ServiceProviderProfile, "change", cast.ada_business.pk)
    typed = _typed(browser.get(address))

    refused = [
        _problems(browser.post(address, typed | wrong))
        for wrong in ({"country": "XX"}, {"time_zone": "Mars/Base"}, {"travel_radius": "501"})
    ]
    browser.post(address, typed | {"business_name": "Zebra Repairs"})

    assert refused == [
        {"country": ["unknown_country"]},
        {"time_zone": ["unknown_timezone"]},
        {"__all__": ["invalid_radius"]},
    ]
    found = ServiceProviderProfile.objects.filter(search_entry__words="zebra").get()
    assert found.business_name == "Zebra Repairs"


def test_a_price_is_corrected_by_the_service(browser: Client, cast: Cast):
    service = OfferedServiceFactory(provider=cast.ada_business)
    address = _page(ServiceProviderService, "change", service.pk)
    typed = _typed(browser.get(address))

    wrong = browser.post(address, typed | {"estimated_duration": "0"})
    browser.post(address, typed | {"base_price": "12.50"})

    service.refresh_from_db()
    assert _problems(wrong) == {"__all__": ["invalid_duration"]}
    assert service.base_price.minor == 1250


def test_a_business_goes_and_comes_back_with_its_words(browser: Client, cast: Cast):
    business = cast.ada_business
    service = OfferedServiceFactory(
        provider=business, subcategory__name="Gutters", subcategory__category__name="Roofs"
    )

    browser.post(_page(ServiceProviderProfile, "delete", business.pk), {"post": "yes"})
    gone = ServiceProviderService.objects.filter(pk=service.pk).exists()
    index_providers(provider_ids=[business.pk])
    address = _page(ServiceProviderProfile, "change", business.pk)
    read_only = browser.get(address).context["adminform"].form.fields
    browser.post(address, {"business_name": "Other"})
    _act(browser, ServiceProviderProfile, "restore_rows", business, query="?deleted=yes")

    assert (gone, dict(read_only)) == (False, {})
    found = ServiceProviderProfile.objects.filter(search_entry__words="gutters").get()
    assert found.business_name == business.business_name


def test_a_service_comes_back_unless_the_same_is_offered_anew(browser: Client, cast: Cast):
    first, second = (OfferedServiceFactory(provider=cast.ada_business) for _ in range(2))
    for service in (first, second):
        browser.post(_page(ServiceProviderService, "delete", service.pk), {"post": "yes"})
    anew = OfferedServiceFactory(provider=cast.ada_business, subcategory=first.subcategory)

    restored = (first, second)
    answer = _act(browser, ServiceProviderService, "restore_rows", *restored, query="?deleted=yes")

    assert set(ServiceProviderService.objects.all()) == {anew, second}
    assert "offers this service already" in answer


def test_what_was_decided_and_what_is_ones_own_is_not_typed_over(browser: Client, cast: Cast):
    waiting, done = DocumentFactory(), DocumentFactory(approved=True)
    own = DocumentFactory(provider=ProviderFactory(user=cast.dora))

    pages = [
        browser.get(_page(ProviderDocument, "change", each.pk)) for each in (waiting, done, own)
    ]
    fields = [set(page.context["adminform"].form.fields) for page in pages]
    browser.post(
        _page(ProviderDocument, "change", done.pk),
        {"expires_date_0": "2040-01-01", "expires_date": "2040-01-01", "review_notes": "Longer"},
    )

    done.refresh_from_db()
    assert fields == [{"expires_date", "review_notes"}, set(), set()]
    assert (done.expires_date, done.review_notes) == (None, "")


@pytest.mark.parametrize(
    ("model", "query", "count"),
    [
        (ProviderDocument, "status__exact=PENDING", 1),
        (ProviderDocument, "document_type__exact=LICENSE", 1),
        (ProviderDocument, "q=GAS-7", 1),
        (ProviderDocument, "q=ada@example.org", 1),
        (ServiceProviderProfile, "is_verified_provider__exact=1", 1),
        (ServiceProviderProfile, "q=ada@example.org", 1),
        (ServiceProviderService, "q=gutters", 1),
    ],
)
def test_lists_are_searched_and_filtered(
    browser: Client, cast: Cast, model: Any, query: str, count: int
):
    DocumentFactory(provider=cast.ada_business, number="GAS-7")
    noise = ProviderFactory(is_verified_provider=False)
    DocumentFactory(provider=noise, document_type="OTHER", approved=True)
    OfferedServiceFactory(provider=cast.ada_business, subcategory__name="Gutters")
    OfferedServiceFactory(provider=noise)
    ServiceProviderProfile.objects.exclude(pk=cast.ada_business.pk).update(
        is_verified_provider=False
    )

    page = browser.get(f"{_page(model, 'changelist')}?{query}")

    assert page.context["cl"].result_count == count


def test_a_providers_page_leads_to_the_files_that_it_showed(browser: Client, cast: Cast):
    DocumentFactory(provider=cast.ada_business)

    page = browser.get(_page(ServiceProviderProfile, "change", cast.ada_business.pk))

    assert 'href="/files/' in page.content.decode()
