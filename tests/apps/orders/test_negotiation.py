"""Bargaining over a bid: in turn, and of two who answer at once exactly one."""

from collections import Counter
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from apps.core.models import EventRecord
from apps.orders import errors
from apps.orders.events import CounterOfferAccepted, CounterOffered
from apps.orders.models import Bid, CounterOffer, Order, OrderAssignment, Party
from apps.orders.services.bids import accept_bid, reject_bid, update_bid, withdraw_bid
from apps.orders.services.negotiation import accept_counter_offer, counter_bid
from kernel.money import Money
from tests.factories.orders import BidFactory, OrderFactory
from tests.support.announced import announced
from tests.support.races import race

ROUNDS = pytest.mark.parametrize("round", range(4))


def rand(amount: int) -> Money:
    return Money(amount * 100, "ZAR")


def _bid(turn: Party = Party.CLIENT, **traits) -> Bid:
    """The only bid on an order, for 800 rand; 600 were proposed where the provider is to answer."""
    order = traits.pop("order", None) or OrderFactory(published=True, bid_count=1)
    bid = BidFactory(order=order, **{"amount": 800_00, "is_negotiable": True} | traits)
    if turn == Party.PROVIDER:
        counter_bid(bid=bid, by=Party.CLIENT, amount=rand(600))
        bid.refresh_from_db()
    return bid


def _stands(bid: Bid) -> tuple[str, Money, str]:
    found = Bid.objects.get(pk=bid.pk)
    return found.status, found.amount, found.turn


def test_sides_propose_in_turn_until_the_client_accepts(db: None):
    bid, stood = _bid(), []

    with announced() as heard:
        for by, amount in [(Party.CLIENT, 600), (Party.PROVIDER, 750), (Party.CLIENT, 700)]:
            counter_bid(bid=bid, by=by, amount=rand(amount))
            stood.append(_stands(bid)[1:])
        accept_counter_offer(bid=bid)
    accepted = accept_bid(bid=bid)

    told = {"order_id": bid.order_id, "bid_id": bid.pk, "provider_id": bid.provider_id}
    assert stood == [(rand(800), "PROVIDER"), (rand(750), "CLIENT"), (rand(750), "PROVIDER")]
    assert (accepted.amount, Order.objects.get().final_price) == (rand(700), rand(700))
    assert heard == [
        CounterOffered(party="CLIENT", **told),
        CounterOffered(party="PROVIDER", **told),
        CounterOffered(party="CLIENT", **told),
        CounterOfferAccepted(**told),
    ]
    offers = CounterOffer.objects.order_by("created_at").values_list("party", "amount", "currency")
    assert [*offers] == [
        ("CLIENT", rand(600).minor, "ZAR"),
        ("PROVIDER", rand(750).minor, "ZAR"),
        ("CLIENT", rand(700).minor, "ZAR"),
    ]


CLIENTS = partial(counter_bid, by=Party.CLIENT, amount=rand(500))
PROVIDERS = partial(counter_bid, by=Party.PROVIDER, amount=rand(500))
CHANGES = partial(update_bid, changes={"amount": rand(500)})


@pytest.mark.parametrize(
    ("turn", "answer"),
    [
        (Party.CLIENT, PROVIDERS),
        (Party.CLIENT, accept_counter_offer),
        (Party.PROVIDER, CLIENTS),
        (Party.PROVIDER, accept_bid),
        (Party.PROVIDER, CHANGES),
    ],
)
def test_who_is_not_to_answer_waits(db: None, turn: Party, answer):
    bid = _bid(turn)
    stood = _stands(bid)

    with announced() as heard, pytest.raises(errors.NotYourTurn):
        answer(bid=bid)

    assert (heard, _stands(bid)) == ([], stood)
    assert Order.objects.get().status == "PUBLISHED"


@pytest.mark.parametrize(("turn", "answer"), [
    (Party.CLIENT, CLIENTS), (Party.CLIENT, accept_bid), (Party.CLIENT, CHANGES),
    (Party.CLIENT, reject_bid), (Party.CLIENT, withdraw_bid), (Party.PROVIDER, PROVIDERS),
    (Party.PROVIDER, accept_counter_offer), (Party.PROVIDER, reject_bid),
    (Party.PROVIDER, withdraw_bid),
])  # fmt: skip
def test_who_is_to_answer_may_and_each_may_leave(db: None, turn: Party, answer):
    bid = _bid(turn)

    assert answer(bid=bid).pk == bid.pk


@pytest.mark.parametrize("answer", [CLIENTS, PROVIDERS, accept_counter_offer])
@pytest.mark.parametrize(
    ("status", "traits", "refusal"),
    [
        ("PUBLISHED", {"is_negotiable": False}, errors.NotNegotiable),
        ("PUBLISHED", {"status": "REJECTED"}, errors.BidNotPending),
        ("PUBLISHED", {"status": "ACCEPTED"}, errors.BidNotPending),
        ("PUBLISHED", {"status": "EXPIRED"}, errors.BidExpired),
        ("ASSIGNED", {}, errors.OrderNotOpen),
    ],
)
def test_what_cannot_be_bargained_over(db: None, answer, status: str, traits, refusal):
    bid = _bid(order=OrderFactory(status=status, bid_count=1), **traits)

    with announced() as heard, pytest.raises(refusal):
        answer(bid=bid)

    assert (heard, CounterOffer.objects.count()) == ([], 0)


@pytest.mark.parametrize("amount", [0, -5])
def test_a_price_is_above_zero(db: None, amount: int):
    bid = _bid()

    with pytest.raises(ValidationError) as refusal:
        counter_bid(bid=bid, by=Party.CLIENT, amount=rand(amount))

    assert refusal.value.error_dict["__all__"][0].code == "amount_not_positive"
    assert _stands(bid) == ("PENDING", rand(800), "CLIENT")


def _won(outcomes: list[object]) -> int:
    return sum(isinstance(outcome, Bid) for outcome in outcomes)


def _announced() -> Counter[str]:
    return Counter(EventRecord.objects.values_list("type", flat=True))


@pytest.mark.django_db(transaction=True)
@ROUNDS
def test_of_counter_offers_at_once_one_is_heard(round: int):
    bid = _bid()
    calls = [partial(counter_bid, bid=bid, by=Party.CLIENT, amount=rand(500 + n)) for n in range(8)]

    outcomes = race(*calls)

    refused = {type(outcome) for outcome in outcomes if not isinstance(outcome, Bid)}
    assert (_won(outcomes), refused) == (1, {errors.NotYourTurn})
    assert _stands(bid) == ("PENDING", rand(800), "PROVIDER")
    assert (CounterOffer.objects.count(), _announced()) == (1, Counter(CounterOffered=1))


@pytest.mark.django_db(transaction=True)
@ROUNDS
def test_a_bid_is_countered_while_it_is_being_accepted(round: int):
    bid = _bid()

    outcomes = race(partial(CLIENTS, bid=bid), partial(accept_bid, bid=bid))

    states = Bid.objects.get().status, Bid.objects.get().turn, Order.objects.get().status
    facts = _announced()
    assert _won(outcomes) == 1
    assert (states, CounterOffer.objects.count(), facts) in [
        (("ACCEPTED", "CLIENT", "ASSIGNED"), 0, Counter(OrderAssigned=1)),
        (("PENDING", "PROVIDER", "PUBLISHED"), 1, Counter(CounterOffered=1)),
    ]
    assert OrderAssignment.objects.count() == facts["OrderAssigned"]


@pytest.mark.django_db(transaction=True)
@ROUNDS
@pytest.mark.parametrize(
    ("answer", "fact"),
    [(accept_counter_offer, "CounterOfferAccepted"), (PROVIDERS, "CounterOffered")],
)
def test_a_bid_is_withdrawn_while_its_counter_offer_is_being_answered(round, answer, fact):
    bid = _bid(Party.PROVIDER)
    EventRecord.objects.all().delete()

    outcomes = race(partial(withdraw_bid, bid=bid), partial(answer, bid=bid))

    # Who answers first may still withdraw after; who withdrew answers no more.
    assert isinstance(outcomes[0], Bid)
    assert (Bid.objects.get().status, Order.objects.get().bid_count) == ("WITHDRAWN", 0)
    assert _announced() in [Counter(BidWithdrawn=1), Counter({"BidWithdrawn": 1, fact: 1})]
    assert _won(outcomes) == sum(_announced().values())


@pytest.mark.django_db(transaction=True)
@ROUNDS
def test_a_counter_offer_is_accepted_and_countered_at_once(round: int):
    bid = _bid(Party.PROVIDER)

    outcomes = race(partial(accept_counter_offer, bid=bid), partial(PROVIDERS, bid=bid))

    refused = [type(outcome) for outcome in outcomes if not isinstance(outcome, Bid)]
    assert refused == [errors.NotYourTurn]
    assert _stands(bid) in [("PENDING", rand(600), "CLIENT"), ("PENDING", rand(500), "CLIENT")]
    assert CounterOffer.objects.count() == (1 if _stands(bid)[1] == rand(600) else 2)


@pytest.mark.django_db(transaction=True)
@ROUNDS
def test_a_bid_is_changed_while_it_is_being_accepted(round: int):
    bid = _bid()

    outcomes = race(partial(CHANGES, bid=bid), partial(accept_bid, bid=bid))

    prices = Bid.objects.get().amount, Order.objects.get().final_price
    assert isinstance(outcomes[1], Bid)
    assert prices in [(rand(800), rand(800)), (rand(500), rand(500))]
    assert _won(outcomes) == (1 if prices[0] == rand(800) else 2)
