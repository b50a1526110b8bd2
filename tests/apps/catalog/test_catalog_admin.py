"""The catalog in the admin: by the services, with their refusals at the fields, and its history."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.catalog.events import CatalogChanged
from apps.catalog.models import Language, ServiceAddon, ServiceArea, ServiceCategory, ServicePackage
from apps.catalog.services.entries import delete_entry
from apps.core.models import AuditEntry
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.support.announced import announced
from tests.support.pictures import picture

CATEGORY = {
    "name": "Water",
    "slug": "water",
    "sort_order": "0",
    "commission_rate": "10.00",
    "translations": "{}",
    "min_price": "1.50",
}
AREA = {
    "name": "Gardens",
    "city": "Cape Town",
    "country": "ZA",
    "latitude": "-33.9",
    "longitude": "18.4",
    "currency": "ZAR",
    "time_zone": "Africa/Johannesburg",
    "base_price_multiplier": "18",
    "travel_fee": "80",
    "postal_codes": "8001, 8001",
    "translations": "{}",
}


@pytest.fixture
def browser(client: Client, cast: Cast) -> Client:
    """Dora's browser."""
    client.force_login(cast.dora)
    return client


def page(model: Any, name: str, *args: Any) -> str:
    """The address of a page."""
    return reverse(f"admin:catalog_{model._meta.model_name}_{name}", args=args)


def problems(answer: Any) -> dict[str, list[str]]:
    """The codes of what stands at the fields of a form."""
    errors = answer.context["adminform"].form.errors.as_data()
    return {field: [each.code for each in found] for field, found in errors.items()}


def choose(browser: Client, model: Any, action: str, rows: list[Any], query: str = "") -> Any:
    """Do an action to rows of a list."""
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows], "post": "yes"}
    return browser.post(page(model, "changelist") + query, chosen, follow=True)


def test_an_entry_is_made_changed_and_deleted_by_the_services(browser: Client, cast: Cast):
    with announced() as heard:
        browser.post(page(ServiceCategory, "add"), CATEGORY)
        row = ServiceCategory.objects.get()
        browser.post(
            page(ServiceCategory, "change", row.pk),
            CATEGORY | {"featured": "on", "color": "#FFAA00"},
        )
        changed = ServiceCategory.objects.get()
        browser.post(page(ServiceCategory, "delete", row.pk), {"post": "yes"})

    assert (row.name, row.min_price.minor, row.translations) == ("Water", 150, {})
    assert (changed.featured, changed.color, changed.version) == (True, "#ffaa00", 2)
    assert not ServiceCategory.objects.exists()
    assert heard == [CatalogChanged(model="catalog.ServiceCategory", entry_id=row.pk)] * 3
    actors = AuditEntry.objects.filter(object_id=row.pk).values_list("actor", flat=True)
    assert [*actors] == [cast.dora.pk] * 3


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"color": "red"}, {"color": ["invalid_color"]}),
        ({"slug": "taken"}, {"__all__": ["slug_taken"]}),
        ({"translations": '{"xx": {"name": "Eau"}}'}, {"translations": ["unknown_language"]}),
        ({"translations": '{"fr": "Eau"}'}, {"translations": ["invalid"]}),
        ({"min_price": "1.505"}, {"min_price": ["invalid_amount"]}),
    ],
)
def test_what_the_services_refuse_stands_at_its_field(
    browser: Client, typed: dict[str, str], codes: dict[str, list[str]]
):
    LanguageFactory(code="fr")
    CategoryFactory(slug="taken")

    answer = browser.post(page(ServiceCategory, "add"), CATEGORY | typed)

    assert problems(answer) == codes
    assert ServiceCategory.objects.count() == 1


def test_a_branch_cannot_be_moved_below_itself(browser: Client):
    root = CategoryFactory(slug="water")
    below = CategoryFactory(parent=root)

    answer = browser.post(
        page(ServiceCategory, "change", root.pk), CATEGORY | {"parent": str(below.pk)}
    )

    assert problems(answer) == {"__all__": ["tree_cycle"]}


def test_an_area_has_a_zone_a_fee_and_plain_postal_codes(browser: Client):
    wrong = browser.post(page(ServiceArea, "add"), AREA | {"time_zone": "Mars/Base"})
    browser.post(page(ServiceArea, "add"), AREA)

    area = ServiceArea.objects.get()
    assert problems(wrong) == {"time_zone": ["unknown_timezone"]}
    assert (area.postal_codes, area.travel_fee.formatted) == (["8001"], "ZAR80.00")


def test_a_picture_is_kept_once_and_replaced(browser: Client, tmp_path: Any):
    address = page(ServiceCategory, "change", CategoryFactory(slug="water").pk)
    good = SimpleUploadedFile("a.png", picture("PNG"))
    gif = SimpleUploadedFile("a.gif", picture("GIF"))

    browser.post(address, CATEGORY | {"banner_image": good})
    refused = browser.post(address, CATEGORY | {"banner_image": gif})
    shown = ServiceCategory.objects.get().banner_image
    files = [*tmp_path.rglob("*.jpg")]
    browser.post(address, CATEGORY | {"banner_image-clear": "on"})

    assert problems(refused) == {"banner_image": ["invalid_photo"]}
    assert [str(path) for path in files] == [shown.path]
    assert not ServiceCategory.objects.get().banner_image


def test_the_addons_of_a_package_are_of_its_service(browser: Client):
    package = PackageFactory()
    own, other = AddonFactory(subcategory=package.subcategory), AddonFactory()
    typed = {
        "name": "All",
        "package_price": "90",
        "discount_percentage": "0",
        "estimated_duration": "60",
        "translations": "{}",
    }
    address = page(ServicePackage, "change", package.pk)

    refused = browser.post(address, typed | {"addons": [str(other.pk)]})
    browser.post(address, typed | {"addons": [str(own.pk)]})

    assert problems(refused) == {"__all__": ["addon_not_offered"]}
    assert [*package.addons.all()] == [own]
    assert package.subcategory_id == ServicePackage.objects.get().subcategory_id


def test_a_service_of_an_addon_and_the_code_of_a_language_last(browser: Client):
    addon, other = AddonFactory(), SubcategoryFactory()
    french = LanguageFactory(code="fr", name="French", is_default=True)
    typed = {"name": "Valve", "price": "5", "price_type": "FIXED", "duration_addition": "0",
             "min_quantity": "1", "max_quantity": "5", "translations": "{}"}  # fmt: skip

    browser.post(page(ServiceAddon, "change", addon.pk), typed | {"subcategory": str(other.pk)})
    browser.post(
        page(Language, "change", french.pk),
        {"code": "ru", "name": "Gallic", "native_name": "Français", "is_active": "on",
         "is_default": "on"},
    )  # fmt: skip

    addon.refresh_from_db()
    french.refresh_from_db()
    assert (addon.name, addon.subcategory_id == other.pk) == ("Valve", False)
    assert (french.name, french.code) == ("Gallic", "fr")


def test_many_are_deleted_and_brought_back_with_what_belongs_to_them(browser: Client):
    root = CategoryFactory()
    below = CategoryFactory(parent=root)
    service = SubcategoryFactory(category=below)

    choose(browser, ServiceCategory, "delete_selected", [root, below])
    service.refresh_from_db(from_queryset=type(service)._base_manager.all())
    assert service.is_deleted
    choose(browser, ServiceCategory, "restore_rows", [root, below], "?deleted=all")

    assert ServiceCategory.objects.count() == 2
    service.refresh_from_db()
    assert not service.is_deleted


def test_what_stands_in_the_way_of_a_restore_is_said(browser: Client):
    old = CategoryFactory(slug="water")
    delete_entry(entry=old)
    CategoryFactory(slug="water")

    answer = choose(browser, ServiceCategory, "restore_rows", [old], "?deleted=yes")

    assert "The slug is taken." in answer.content.decode()
    assert ServiceCategory.objects.count() == 1


def test_the_default_language_is_not_deleted_there(browser: Client):
    english = LanguageFactory(code="en", name="English", is_default=True)

    answer = choose(browser, Language, "delete_selected", [english])
    alone = browser.post(page(Language, "delete", english.pk), {"post": "yes"})

    assert "Cannot delete" in answer.content.decode()
    assert "Cannot delete" in alone.content.decode()
    assert Language.objects.get() == english


def test_entries_are_shown_first_and_like_others(browser: Client):
    rows = [CategoryFactory(), CategoryFactory()]

    with announced() as heard:
        choose(browser, ServiceCategory, "feature", rows)
    featured = ServiceCategory.objects.filter(featured=True).count()
    choose(browser, ServiceCategory, "unfeature", rows[:1])

    assert (featured, ServiceCategory.objects.filter(featured=True).count()) == (2, 1)
    assert len(heard) == 2


def test_a_row_that_the_services_refuse_does_not_hold_up_the_others(browser: Client):
    refused, other = CategoryFactory(name="Odd", color="red"), CategoryFactory()

    answer = choose(browser, ServiceCategory, "feature", [refused, other])

    assert "Odd: A colour is written as #rrggbb." in answer.content.decode()
    assert [*ServiceCategory.objects.filter(featured=True)] == [other]


def test_the_history_of_an_entry_is_its_audit_trail(browser: Client):
    row = CategoryFactory()

    answer = browser.get(page(ServiceCategory, "history", row.pk), follow=True)

    assert answer.status_code == 200
    assert str(row.pk) in answer.content.decode()
