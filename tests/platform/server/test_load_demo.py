"""The demo data is a market that hangs together, and the same each time."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Avg, Count, F, Q

from apps.accounts.demo import DEMO_ACCOUNTS
from apps.accounts.models import ClientProfile, User
from apps.catalog.models import ServiceArea, ServiceCategory, ServiceSubcategory
from apps.credits.models import CreditWallet
from apps.leads.models import Lead, LeadAssignment
from apps.orders.models import ORDER_TRANSITIONS, Bid, Order, OrderTransition
from apps.providers.models import ServiceProviderProfile, ServiceProviderService
from kernel import clock
from kernel.invariants import invariants
from server.management.commands.load_demo import plan
from tests.support.demo import demo_data

Status = Order.Status


# So that there is a database to load it into.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo data, until the module is done."""
    with demo_data(django_db_blocker):
        yield


def test_it_holds_what_was_promised(demo: None) -> None:
    assert set(ServiceArea.objects.values_list("city", "currency")) == {
        ("Cape Town", "ZAR"),
        ("Nairobi", "KES"),
        ("Lagos", "NGN"),
        ("Bishkek", "KGS"),
    }
    assert ServiceCategory.objects.filter(parent=None).count() == 12
    assert ServiceSubcategory.objects.count() == 64
    assert ServiceProviderProfile.objects.count() == 200
    assert User.objects.filter(user_type="CLIENT", is_staff=False).count() == 300
    assert Order.objects.count() == 2000
    assert set(Order.objects.values_list("status", flat=True)) == set(Status)
    assert set(Bid.objects.values_list("status", flat=True)) == set(Bid.Status)


def test_once_does_nothing_the_second_time(demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    before = Bid.objects.count()

    call_command("load_demo", "--once")

    assert capsys.readouterr() == ("", "")
    assert Bid.objects.count() == before


def test_without_once_it_refuses_the_second_time(demo: None) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("load_demo")


def test_the_same_seed_makes_the_same_rows(demo: None) -> None:
    stored = dict(Order.objects.values_list("pk", "title"))

    planned = [row for rows in plan(2026) for row in rows if isinstance(row, Order)]

    assert {order.pk: order.title for order in planned} == stored


def test_only_the_cast_has_passwords(demo: None) -> None:
    signed_in = [authenticate(email=a["email"], password=a["password"]) for a in DEMO_ACCOUNTS]

    assert [user and user.email for user in signed_in] == [a["email"] for a in DEMO_ACCOUNTS]
    assert User.objects.exclude(password__startswith="!").count() == len(DEMO_ACCOUNTS)


def test_ben_has_an_order_in_each_state_that_there_is_to_try(demo: None) -> None:
    orders = Order.objects.filter(client_profile__user_profile__user__email="ben@fundi.example")

    assert {
        Status.DRAFT,
        Status.PUBLISHED,
        Status.ASSIGNED,
        Status.COMPLETED,
        Status.CONFIRMED,
    } <= (set(orders.values_list("status", flat=True)))
    ada = Q(bids__provider__user_profile__user__email="ada@fundi.example")
    waiting = orders.get(ada, status=Status.PUBLISHED, bids__status="PENDING")
    assert waiting.bid_count >= 3


def test_ada_has_won_and_is_verified(demo: None) -> None:
    ada = ServiceProviderProfile.objects.get(user_profile__user__email="ada@fundi.example")

    assert ada.is_verified_provider
    assert ada.organization.memberships.get(role__name="owner").user == ada.user_profile.user
    assert ada.assignments.filter(order__status=Status.ASSIGNED).exists()
    assert ada.assignments.filter(order__status=Status.CONFIRMED).exists()


def test_steps_lead_to_where_an_order_stands(demo: None) -> None:
    orders = Order.objects.prefetch_related("transitions")
    now = clock.now()

    for order in orders:
        steps = sorted(order.transitions.all(), key=lambda step: step.created_at)
        states = [Status.DRAFT, *(step.to_status for step in steps)]
        times = [order.created_at, *(step.created_at for step in steps), now]
        assert [step.from_status for step in steps] == states[:-1]
        assert states[-1] == order.status
        assert set(pairwise(states)) <= set(ORDER_TRANSITIONS)
        assert times == sorted(times)


def test_orders_are_of_the_last_ninety_days_and_open_ones_lie_ahead(demo: None) -> None:
    opened = [Status.DRAFT, Status.PUBLISHED, Status.ASSIGNED]

    assert not Order.objects.filter(created_at__lt=clock.now() - timedelta(days=91)).exists()
    assert not Order.objects.filter(status__in=opened, service_date__lte=clock.today()).exists()


def test_bids_fit_their_orders(demo: None) -> None:
    standing = Count("bids", filter=Q(bids__status__in=["PENDING", "ACCEPTED"]))
    taken = [Status.ASSIGNED, Status.IN_PROGRESS, Status.COMPLETED, Status.CONFIRMED]
    accepted = Count("bids", filter=Q(bids__status="ACCEPTED"))

    counted = Order.objects.annotate(standing=standing, accepted=accepted)

    assert not counted.exclude(standing=F("bid_count")).exists()
    assert not counted.filter(status__in=taken).exclude(accepted=1).exists()
    assert not counted.filter(assignment=None).exclude(accepted=0).exists()
    assert (
        not Order.objects.exclude(assignment=None)
        .exclude(final_price=F("assignment__bid__amount"), assigned_at=F("assignment__assigned_at"))
        .exists()
    )
    assert not Bid.objects.exclude(currency=F("order__currency")).exists()
    assert not Bid.objects.filter(provider__is_verified_provider=False).exists()
    assert not Bid.objects.filter(created_at__lt=F("order__published_at")).exists()
    assert (
        not Bid.objects.exclude(status="PENDING")
        .filter(order__status="PUBLISHED")
        .filter(accepted_at__isnull=False)
        .exists()
    )


def test_figures_of_clients_are_counted(demo: None) -> None:
    published = Q(orders__published_at__isnull=False)
    clients = ClientProfile.objects.annotate(
        published=Count("orders", filter=published),
        confirmed=Count("orders", filter=Q(orders__status="CONFIRMED")),
        cancelled=Count("orders", filter=published & Q(orders__status="CANCELLED")),
    )

    assert not clients.exclude(
        total_orders=F("published"),
        completed_orders=F("confirmed"),
        cancelled_orders=F("cancelled"),
    ).exists()


def test_no_provider_has_more_reviews_than_confirmed_orders(demo: None) -> None:
    done = Count("assignments", filter=Q(assignments__order__status="CONFIRMED"))
    providers = ServiceProviderProfile.objects.annotate(done=done)

    assert not providers.filter(total_reviews__gt=F("done")).exists()
    assert providers.filter(total_reviews=0).exclude(average_rating=0).count() == 0


def test_steps_of_the_work_are_taken_by_who_does_it(demo: None) -> None:
    steps = OrderTransition.objects.filter(name__in=["start", "complete"])

    assert not steps.exclude(actor=F("order__assignment__provider__user_profile__user")).exists()


@pytest.mark.parametrize(
    ("city", "least", "most"),
    [
        ("Cape Town", 200, 450),
        ("Nairobi", 900, 2500),
        ("Lagos", 9_000, 28_000),
        ("Bishkek", 500, 1300),
    ],
)
def test_a_dripping_tap_costs_what_it_does_there(
    demo: None, city: str, least: int, most: int
) -> None:
    offers = ServiceProviderService.objects.filter(
        subcategory__slug="leaking-tap-repair", provider__city=city, price_type="FIXED"
    )

    mean = offers.aggregate(mean=Avg("base_price"))["mean"]

    assert least < mean / 100 < most


def test_the_accounts_are_printed_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_accounts")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("  ") == [
        "ben@fundi.example",
        "",
        "",
        "ben-needs-a-plumber",
        " Ben, a client",
    ]
    assert len(lines) == len(DEMO_ACCOUNTS)


def test_what_is_always_true_is_true_of_it(demo: None) -> None:
    assert [(found.rule, found.breaches()) for found in invariants() if found.breaches()] == []


def test_leads_are_in_all_states_and_some_are_in_hands(demo: None) -> None:
    assert set(Lead.objects.values_list("status", flat=True)) >= {*Lead.Status} - {"CONVERTED"}
    assert LeadAssignment.objects.filter(
        provider__user_profile__user__email="ada@fundi.example"
    ).exists()
    assert CreditWallet.objects.filter(balance__gt=0).count() > 3
