"""Every model has its pages in the admin, and they open."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import (
    Challenge,
    ClientProfile,
    RecoveryCode,
    Session,
    User,
    VerificationEvidence,
)
from apps.catalog.models import ServiceSubcategory
from apps.core.models import Delivery, EventRecord, EventTopic, IdempotencyRecord
from apps.orders.models import Order, OrderPhoto
from apps.organizations.models import Organization
from apps.providers.models import ProviderAddonPrice, ProviderSearchEntry
from kernel import clock
from kernel.money import Money
from tests.support.demo import demo_data

OURS = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
#: Read on the pages of what they are part of, or by nobody.
WITHOUT_PAGE = {
    *(EventTopic, Challenge, RecoveryCode, VerificationEvidence),
    *(ProviderAddonPrice, ProviderSearchEntry),
}
#: What the policy of the admin's pages has browsers refuse.
INLINE = re.compile(
    r"<style|<[^>]+\s(?:style|on\w+)=|<script(?![^>]*(?:src|type=\"application/json))"
)
WITH_PAGE = [model for model in OURS if model not in WITHOUT_PAGE]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo data, and a row of each model that has none in it, until the module is done."""
    with demo_data(django_db_blocker):
        now = clock.now()
        event = EventRecord.objects.create(type="OrderPublished", payload={}, topics=[])
        Delivery.objects.create(event=event, handler="x.y", state=Delivery.State.PARKED, attempts=8)
        IdempotencyRecord.objects.create(scope="s", operation="o", key="k", fingerprint="f")
        user = User.objects.order_by("pk").first()
        Session.objects.create(user=user, last_used_at=now, expires_at=now, token_hash="secret")
        OrderPhoto.objects.create(order=Order.objects.order_by("pk")[0], photo_url="orders/a.jpg")
        yield


@pytest.fixture
def dora(demo: None, db: None, client: Client) -> Client:
    """The browser of an administrator."""
    client.force_login(User.objects.get(email="dora@fundi.example"))
    return client


def page(model: type[models.Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def test_every_model_of_ours_is_registered() -> None:
    missing = {model for model in OURS if not admin.site.is_registered(model)}

    assert missing == WITHOUT_PAGE


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m._meta.label)
def test_list_search_and_change_pages_open(dora: Client, model: type[models.Model]) -> None:
    row = model._base_manager.order_by("pk").last()
    change = [page(model, "change", row.pk)] if row else []

    search = f"{page(model, 'changelist')}?q=a"
    pages = [page(model, "changelist"), search, *change]

    answers = [dora.get(url) for url in pages]
    assert [answer.status_code for answer in answers] == [200] * len(pages)
    assert [INLINE.findall(answer.content.decode()) for answer in answers] == [[]] * len(pages)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m._meta.label)
def test_add_page_opens_unless_rows_come_about_by_services(
    dora: Client, model: type[models.Model], rf: Any
) -> None:
    request = rf.get("/")
    request.user = User.objects.get(email="dora@fundi.example")
    may_add = admin.site._registry[model].has_add_permission(request)

    answer = dora.get(page(model, "add"))

    assert answer.status_code == (200 if may_add else 403)
    assert INLINE.findall(answer.content.decode()) == []


@pytest.mark.parametrize("model", WITH_PAGE, ids=lambda m: m._meta.label)
def test_a_list_asks_the_database_no_more_for_more_rows(
    dora: Client, model: type[models.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    dora.get(page(model, "changelist"))

    counts = []
    for size in (2, 20):
        monkeypatch.setattr(type(admin.site._registry[model]), "list_per_page", size)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            dora.get(page(model, "changelist"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_look_up_of_clients_asks_once_for_all(dora: Client) -> None:
    url = reverse("admin:autocomplete")
    field = {"app_label": "orders", "model_name": "order", "field_name": "client_profile"}

    with CaptureQueriesContext(connection) as queries:
        answer = dora.get(url, {**field, "term": "fundi.example"})

    assert len(answer.json()["results"]) == 20
    assert len(queries) <= 8


def test_deleted_rows_show_on_demand_and_can_be_restored(dora: Client) -> None:
    organization = Organization.objects.order_by("pk")[0]
    members = organization.memberships.count()
    organization.soft_delete()
    url = page(Organization, "changelist")

    hidden = dora.get(url, {"q": organization.slug}).context["cl"].result_count
    shown = dora.get(url, {"q": organization.slug, "deleted": "yes"}).context["cl"].result_count
    chosen = {"action": "restore_rows", "_selected_action": [str(organization.pk)]}
    answer = dora.post(f"{url}?deleted=yes", chosen)

    assert (hidden, shown, answer.status_code) == (0, 1, 302)
    assert Organization.objects.filter(pk=organization.pk).exists()
    assert organization.memberships.count() == members > 1


def test_deleting_in_the_admin_is_soft(dora: Client) -> None:
    organization = Organization.objects.order_by("pk")[1]

    dora.post(page(Organization, "delete", organization.pk), {"post": "yes"})

    assert Organization.objects.deleted_only().filter(pk=organization.pk).exists()


def test_amounts_are_typed_in_major_units(dora: Client) -> None:
    service = ServiceSubcategory.objects.get(slug="leaking-tap-repair")
    url = page(ServiceSubcategory, "change", service.pk)
    form = dora.get(url).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    typed = {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None and str(value) not in ("", "False")
    }

    answer = dora.post(url, {**typed, "base_price": "31.50", **no_rows("addons")})

    assert answer.status_code == 302, answer.context["errors"]
    service.refresh_from_db()
    assert service.base_price == Money.parse("31.50", "USD")
    assert service.price_range_max == Money.parse("45", "USD")


def test_states_and_figures_cannot_be_typed(dora: Client) -> None:
    order = Order.objects.filter(status="PUBLISHED").order_by("pk")[0]
    client = ClientProfile.objects.order_by("pk")[0]

    order_form = dora.get(page(Order, "change", order.pk)).context["adminform"].form
    client_form = dora.get(page(ClientProfile, "change", client.pk)).context["adminform"].form

    assert not {"status", "final_price", "bid_count", "published_at"} & set(order_form.fields)
    assert not {"total_orders", "completed_orders"} & set(client_form.fields)


def test_a_parked_delivery_is_replayed(dora: Client) -> None:
    delivery = Delivery.objects.order_by("pk")[0]
    chosen = {"action": "replay_deliveries", "_selected_action": [str(delivery.pk)]}

    dora.post(page(Delivery, "changelist"), chosen)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (Delivery.State.WAITING, 0)


def test_a_new_user_signs_in_by_email_in_small_letters(dora: Client) -> None:
    password = "a-rather-long-sentence"
    typed = {"email": "New.Person@Fundi.example", "usable_password": "true"}

    dora.post(page(User, "add"), {**typed, "password1": password, "password2": password})

    assert User.objects.get(email="new.person@fundi.example").check_password(password)


def test_the_hash_of_a_session_is_not_shown(dora: Client) -> None:
    session = Session.objects.get(token_hash="secret")

    answer = dora.get(page(Session, "change", session.pk))

    assert "secret" not in answer.content.decode()


def no_rows(prefix: str) -> dict[str, str]:
    """The management form of an inline that has nothing to say."""
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
