"""The work of the demo data: visits, reports and disputes, all as services would have left them."""

from collections import Counter, defaultdict
from decimal import Decimal
from itertools import chain, pairwise
from typing import Any

import pytest
from django.db import transaction

from apps.orders.demo.files import PICTURE, keep_files
from apps.orders.models import (
    DisputeEvidence,
    Order,
    OrderAssignment,
    OrderDispute,
    OrderTransition,
    OrderVisit,
    ProgressNote,
    ProgressPhoto,
)
from apps.providers.models import ProviderTimeOff
from kernel import clock
from kernel.storage import private_storage
from server.management.commands.load_demo import plan

Planned = dict[type, list[Any]]


# So that there is a database to load it into.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planned(django_db_setup: None, django_db_blocker: Any) -> Planned:
    """The rows of the demo data by their models, hardly any of them stored."""
    found = defaultdict(list)
    with django_db_blocker.unblock(), transaction.atomic():
        for row in chain.from_iterable(plan(2026)):
            found[type(row)].append(row)
        transaction.set_rollback(True)
    return found


def test_no_provider_is_at_two_places_at_once_or_works_while_away(planned: Planned):
    kept = defaultdict(list)
    for visit in planned[OrderVisit]:
        if visit.status == "CONFIRMED":
            kept[visit.provider.pk].append((visit.starts_at, visit.ends_at))
    away = [(off.provider.pk, off.starts_at, off.ends_at) for off in planned[ProviderTimeOff]]

    for spans in kept.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(spans)))
    for provider, begins, ends in away:
        assert all(end <= begins or ends <= start for start, end in kept[provider])


def test_visits_fit_their_orders(planned: Planned):
    works = {work.order.pk: work for work in planned[OrderAssignment]}
    seen = Counter((visit.order.status, visit.status) for visit in planned[OrderVisit])

    for visit in planned[OrderVisit]:
        assert visit.provider == works[visit.order.pk].provider
        assert visit.created_at <= clock.now()
        assert visit.starts_at < visit.ends_at
        done = visit.order.completed_at
        assert done is None or visit.ends_at <= done
    assert {status for stands, status in seen if stands == "CANCELLED"} == {"CANCELLED"}
    assert seen["ASSIGNED", "CONFIRMED"] > 100
    assert seen["ASSIGNED", "PROPOSED"] > 20


def test_providers_report_while_they_work(planned: Planned):
    for note in planned[ProgressNote]:
        order = note.assignment.order
        assert order.started_at <= note.created_at <= (order.completed_at or clock.now())
    assert len(planned[ProgressNote]) > len(planned[ProgressPhoto]) > 100


def test_decisions_lead_where_the_orders_went(planned: Planned):
    went = {s.order.pk: s for s in planned[OrderTransition] if s.name == "resolve"}
    outcomes = Counter(dispute.outcome for dispute in planned[OrderDispute])
    ends = {"REDO": {"IN_PROGRESS"}, "DISMISSED": {"COMPLETED"}, "": {None}}

    for dispute in planned[OrderDispute]:
        step = went.get(dispute.order.pk)
        end = step and step.to_status
        whole = {"CANCELLED"} if dispute.refund_share == 100 else {"CONFIRMED"}
        assert end in ends.get(dispute.outcome, whole)
        assert dispute.resolved_at == (step and step.created_at)
        assert dispute.resolution == (step.note if step else "")
        assert bool(dispute.refund_share) == (dispute.outcome == "REFUND")
    assert {*outcomes} == {"", "REFUND", "REDO", "DISMISSED"}


def test_refunds_are_shares_of_the_price(planned: Planned):
    refunded = [d for d in planned[OrderDispute] if d.refund_share]

    for dispute in refunded:
        exact = dispute.order.final_price.minor * dispute.refund_share / 100
        assert abs(dispute.refund_amount.minor - exact) <= Decimal("0.5")
        assert dispute.refund_amount.currency == dispute.order.currency


def test_a_dispute_has_two_sides(planned: Planned):
    works = {work.order.pk: work for work in planned[OrderAssignment]}
    began = {s.order.pk: s for s in planned[OrderTransition] if s.name == "dispute"}
    sides = Counter(shown.party for shown in planned[DisputeEvidence])

    for dispute in planned[OrderDispute]:
        assert dispute.provider == works[dispute.order.pk].provider
        assert dispute.from_status == began[dispute.order.pk].from_status
    for shown in planned[DisputeEvidence]:
        dispute, people = shown.dispute, {}
        people["CLIENT"] = dispute.order.client_profile.user_profile.user
        people["PROVIDER"] = dispute.provider.user_profile.user
        assert shown.author == people[shown.party]
        assert dispute.created_at < shown.created_at < (dispute.resolved_at or clock.now())
    assert min(sides["CLIENT"], sides["PROVIDER"]) > 50


def test_who_called_an_order_off_is_said(planned: Planned):
    by = {s.order.pk: s.name for s in planned[OrderTransition] if s.to_status == "CANCELLED"}

    for order in planned[Order]:
        expected = {"cancel": "CLIENT", "resolve": "STAFF", None: ""}[by.get(order.pk)]
        assert order.cancelled_by == expected
        assert bool(order.cancellation_reason) == bool(expected)


def test_the_picture_behind_all_of_them_is_there(planned: Planned):
    keep_files()

    assert {row.file.name for row in planned[ProgressPhoto]} == {PICTURE}
    assert private_storage().exists(PICTURE)
