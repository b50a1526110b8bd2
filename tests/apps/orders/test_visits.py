"""When providers come: what stands in the way of it, and what becomes of visits."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from apps.orders import errors
from apps.orders.events import VisitCancelled, VisitConfirmed
from apps.orders.models import Bid, Order, OrderVisit, Party
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.visits import cancel_visit, confirm_visit, first_visit, propose_visit
from apps.orders.services.work import complete_order, start_order
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from tests.factories.catalog import AreaFactory
from tests.factories.orders import AssignmentFactory, BidFactory, OrderFactory, VisitFactory
from tests.factories.providers import ProviderFactory, TimeOffFactory
from tests.support.announced import announced
from tests.support.races import race

DAY = date(2031, 3, 4)
#: The day and hour that orders here want, by the clocks of UTC.
NINE = datetime.fromisoformat("2031-03-04T09:30:00+00:00")
HOUR = timedelta(hours=1)


def _bid(**values: Any) -> Bid:
    """A bid on an order that names a day and an hour."""
    times = {"service_date": DAY, "service_time": time(9, 30)}
    order = OrderFactory(published=True, **times | values.pop("wanted", {}))
    return BidFactory(order=order, **{"estimated_duration": 60} | values)


def _work(provider: ServiceProviderProfile, **traits: Any) -> Order:
    traits = traits or {"assigned": True}
    return AssignmentFactory(
        bid=BidFactory(order=OrderFactory(**traits), provider=provider, accepted=True)
    ).order


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "day", "starts"),
    [
        ("Africa/Cairo", DAY, "2031-03-04T07:30:00+00:00"),
        ("America/New_York", DAY, "2031-03-04T14:30:00+00:00"),
        # Clocks went forward in New York on the ninth of March.
        ("America/New_York", date(2031, 3, 10), "2031-03-10T13:30:00+00:00"),
    ],
)
def test_the_first_visit_is_by_the_clocks_of_the_area(zone: str, day: date, starts: str):
    wanted = {"area": AreaFactory(time_zone=zone), "service_date": day}
    bid = _bid(wanted=wanted, provider__time_zone="Asia/Tokyo", estimated_duration=90)

    with announced() as heard:
        visit = first_visit(order=bid.order, bid=bid)

    assert visit is not None
    assert visit.starts_at == datetime.fromisoformat(starts)
    assert visit.ends_at - visit.starts_at == timedelta(minutes=90)
    assert (visit.status, visit.proposed_by) == ("CONFIRMED", "CLIENT")
    assert (visit.order, visit.provider) == (bid.order, bid.provider)
    told = {"order_id": bid.order_id, "provider_id": bid.provider_id}
    assert heard == [VisitConfirmed(visit_id=visit.pk, **told)]


@pytest.mark.django_db
def test_without_an_area_the_first_visit_is_by_the_providers_clocks_for_as_long_as_the_order_says():
    bid = _bid(
        wanted={"estimated_duration": 45},
        provider__time_zone="Asia/Tokyo",
        estimated_duration=None,
    )

    visit = first_visit(order=bid.order, bid=bid)

    assert visit is not None
    assert visit.starts_at == datetime.fromisoformat("2031-03-04T00:30:00+00:00")
    assert visit.ends_at - visit.starts_at == timedelta(minutes=45)


@pytest.mark.django_db
def test_work_lasts_as_long_on_a_night_when_clocks_change():
    area = AreaFactory(time_zone="Europe/London")
    wanted = {"area": area, "service_date": date(2031, 3, 29), "service_time": time(22)}
    bid = _bid(wanted=wanted, estimated_duration=480)

    visit = first_visit(order=bid.order, bid=bid)

    assert visit is not None
    assert visit.starts_at == datetime.fromisoformat("2031-03-29T22:00:00+00:00")
    assert visit.ends_at == datetime.fromisoformat("2031-03-30T06:00:00+00:00")


@pytest.mark.django_db
def test_long_work_begins_with_a_visit_that_takes_no_longer_than_any():
    bid = _bid(estimated_duration=43_200)

    visit = first_visit(order=bid.order, bid=bid)

    assert visit is not None
    assert visit.ends_at - visit.starts_at == timedelta(hours=24)


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["service_date", "service_time"])
def test_an_order_that_names_no_day_and_hour_has_no_first_visit(missing: str):
    bid = _bid(wanted={missing: None})

    assert first_visit(order=bid.order, bid=bid) is None
    assert not OrderVisit.objects.exists()


@pytest.mark.django_db
def test_an_hour_that_is_over_has_no_first_visit():
    now = clock.now()
    bid = _bid(wanted={"service_date": now.date(), "service_time": now.time()})

    assert first_visit(order=bid.order, bid=bid) is None
    assert not OrderVisit.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts", "ends", "is_free"),
    [
        (-2 * HOUR, -HOUR, True),
        (-HOUR, 0 * HOUR, True),
        (-HOUR, HOUR / 60, False),
        (HOUR / 4, HOUR / 2, False),
        (-HOUR, 2 * HOUR, False),
        (59 * HOUR / 60, 2 * HOUR, False),
        (HOUR, 2 * HOUR, True),
    ],
)
def test_a_provider_is_at_one_place_at_a_time(starts: timedelta, ends: timedelta, is_free: bool):
    bid = _bid()
    VisitFactory(
        provider=bid.provider, starts_at=NINE + starts, ends_at=NINE + ends, confirmed=True
    )

    if is_free:
        assert first_visit(order=bid.order, bid=bid)
    else:
        with pytest.raises(errors.ProviderBusy):
            first_visit(order=bid.order, bid=bid)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["PROPOSED", "CANCELLED"])
def test_what_is_not_agreed_on_keeps_nobody_busy(status: str):
    bid = _bid()
    VisitFactory(provider=bid.provider, starts_at=NINE, status=status)
    VisitFactory(starts_at=NINE, confirmed=True)

    assert first_visit(order=bid.order, bid=bid)


@pytest.mark.django_db
def test_a_provider_who_is_away_takes_no_visits():
    bid = _bid()
    TimeOffFactory(provider=bid.provider, starts_at=NINE - HOUR, ends_at=NINE)
    TimeOffFactory(starts_at=NINE, ends_at=NINE + HOUR)
    assert first_visit(order=bid.order, bid=bid)
    TimeOffFactory(provider=bid.provider, starts_at=NINE + 2 * HOUR, ends_at=NINE + 3 * HOUR)

    visit = VisitFactory(
        order=_work(bid.provider),
        starts_at=clock.now() + HOUR,
        ends_at=clock.now() + 2 * HOUR,
    )
    TimeOffFactory(
        provider=bid.provider,
        starts_at=visit.ends_at - HOUR / 60,
        ends_at=visit.ends_at + HOUR,
    )

    with pytest.raises(errors.ProviderAway):
        confirm_visit(visit=visit, by=Party.PROVIDER)


@pytest.mark.django_db
def test_the_database_alone_refuses_two_jobs_at_once():
    visit = VisitFactory(confirmed=True)
    other = VisitFactory(provider=visit.provider, starts_at=visit.starts_at)

    with (
        pytest.raises(IntegrityError, match="visit_no_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE orders_ordervisit SET status = 'CONFIRMED' WHERE id = %s", [other.pk]
        )

    assert OrderVisit.objects.get(pk=other.pk).status == "PROPOSED"


@pytest.mark.django_db
def test_the_database_refuses_a_visit_that_ends_before_it_starts():
    visit = VisitFactory()

    with pytest.raises(IntegrityError, match="visit_order_of_times"), transaction.atomic():
        OrderVisit.objects.filter(pk=visit.pk).update(ends_at=visit.starts_at)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_of_two_clients_who_want_a_provider_at_the_same_time_one_has_it(round: int):
    provider = ProviderFactory()
    visits = [VisitFactory(order=_work(provider)) for _ in range(6)]

    outcomes = race(*(partial(confirm_visit, visit=v, by=Party.PROVIDER) for v in visits))

    won = [outcome for outcome in outcomes if isinstance(outcome, OrderVisit)]
    lost = [outcome for outcome in outcomes if outcome not in won]
    assert len(won) == 1
    assert [type(error) for error in lost] == [errors.ProviderBusy] * 5
    assert OrderVisit.objects.filter(status="CONFIRMED").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_first_visits_and_agreed_ones_do_not_overlap_either(round: int):
    provider = ProviderFactory()
    bids = [_bid(provider=provider) for _ in range(3)]
    with transaction.atomic():
        visits = [VisitFactory(order=_work(provider)) for _ in range(3)]
        OrderVisit.objects.update(starts_at=clock.now() + HOUR, ends_at=clock.now() + 2 * HOUR)
        soon = (clock.now() + HOUR).astimezone()
        Order.objects.filter(bids__in=bids).update(
            service_date=soon.date(), service_time=soon.time()
        )
    for bid in bids:
        bid.order.refresh_from_db()

    outcomes = race(
        *(partial(first_visit, order=bid.order, bid=bid) for bid in bids),
        *(partial(confirm_visit, visit=visit, by=Party.PROVIDER) for visit in visits),
    )

    won = [outcome for outcome in outcomes if isinstance(outcome, OrderVisit)]
    assert len(won) == 1
    assert sum(isinstance(outcome, errors.ProviderBusy) for outcome in outcomes) == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_a_visit_is_called_off_while_it_is_being_agreed_on(round: int):
    visit = VisitFactory(order=_work(ProviderFactory()))

    confirmed, cancelled = race(
        partial(confirm_visit, visit=visit, by=Party.PROVIDER), partial(cancel_visit, visit=visit)
    )

    assert isinstance(cancelled, OrderVisit)
    assert type(confirmed) in (OrderVisit, errors.VisitNotOpen)
    assert OrderVisit.objects.get().status == "CANCELLED"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_no_visit_is_agreed_on_while_its_order_is_cancelled(round: int):
    visit = VisitFactory(order=_work(ProviderFactory()))

    cancelled, confirmed = race(
        partial(cancel_order, order=visit.order),
        partial(confirm_visit, visit=visit, by=Party.PROVIDER),
    )

    assert isinstance(cancelled, Order)
    assert type(confirmed) in (OrderVisit, errors.IllegalTransition)
    assert OrderVisit.objects.get().status == "CANCELLED"


@pytest.mark.django_db
def test_a_cancelled_order_has_nobody_come_any_more():
    order, now = _work(ProviderFactory()), clock.now()
    past = VisitFactory(order=order, confirmed=True, starts_at=now - 2 * HOUR)
    running = VisitFactory(order=order, confirmed=True, starts_at=now - HOUR / 2)
    proposed, agreed = VisitFactory(order=order), VisitFactory(order=order, confirmed=True)
    noise = VisitFactory(confirmed=True)

    with announced() as heard:
        cancel_order(order=order)

    stand = dict(OrderVisit.objects.values_list("pk", "status"))
    assert stand == {
        **dict.fromkeys((past.pk, running.pk, noise.pk), "CONFIRMED"),
        **dict.fromkeys((proposed.pk, agreed.pk), "CANCELLED"),
    }
    assert now < _ends(running.pk) < clock.now()
    assert _ends(past.pk) == past.ends_at
    told = {"order_id": order.pk, "provider_id": proposed.provider_id}
    assert heard[:-1] == [VisitCancelled(visit_id=v.pk, **told) for v in (proposed, agreed)]


@pytest.mark.django_db
def test_work_that_is_done_frees_the_provider():
    order = _work(ProviderFactory(), in_progress=True)
    visit = VisitFactory(order=order, confirmed=True)

    complete_order(order=order)

    assert OrderVisit.objects.get(pk=visit.pk).status == "CANCELLED"


@pytest.mark.django_db
def test_work_that_begins_keeps_its_visits():
    order = _work(ProviderFactory())
    visit = VisitFactory(order=order, confirmed=True)

    start_order(order=order)

    assert OrderVisit.objects.get(pk=visit.pk).status == "CONFIRMED"


@pytest.mark.django_db
def test_a_visit_costs_as_many_statements_however_many_there_are(django_assert_num_queries: Any):
    order = _work(ProviderFactory())
    for day in range(20):
        VisitFactory(order=order, confirmed=True, starts_at=clock.now() + timedelta(days=2 + day))
    visit = VisitFactory(order=order)

    with django_assert_num_queries(10):
        confirm_visit(visit=visit, by=Party.PROVIDER)

    with django_assert_num_queries(7):
        propose_visit(
            order=order, by=Party.CLIENT, starts_at=visit.starts_at, ends_at=visit.ends_at
        )


def _ends(pk: UUID) -> datetime:
    ends_at: datetime = OrderVisit.objects.get(pk=pk).ends_at
    return ends_at
