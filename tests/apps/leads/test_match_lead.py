"""A verified lead finds its providers: it is priced, and handed to the best of them."""

from datetime import timedelta
from typing import Any

import pytest

from apps.core.services.event_log import deliver_due
from apps.credits.models import CreditTransaction, CreditWallet
from apps.leads.events import (
    LeadAssigned,
    LeadMatched,
    LeadOffered,
    LeadSeatsLeft,
    LeadTaken,
    LeadVerified,
)
from apps.leads.handlers import hand_out_more, match_lead
from apps.leads.models import Lead, LeadAssignment, LeadMatch, LeadPreference
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from kernel.invariants import invariants
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, SubcategoryFactory
from tests.factories.core import SettingFactory
from tests.factories.credits import give_credits
from tests.factories.leads import LeadAssignmentFactory, LeadFactory, bought_lead
from tests.factories.providers import OfferedServiceFactory, ProviderFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db

#: Where the factories' providers are.
HERE = {"latitude": -33.93, "longitude": 18.46}


class Trade:
    """A branch of work, its providers from the nearest on, and a lead in it."""

    def __init__(self, *, category: Any = None, **fields: Any) -> None:
        self.service = SubcategoryFactory(category=category or CategoryFactory(lead_credits=4))
        self.lead: Lead = LeadFactory(
            category=self.service.category, verification_score=100, **(HERE | fields)
        )
        self.providers: list[ServiceProviderProfile] = []

    def provider(self, *, credits: int = 10, **wanted: Any) -> ServiceProviderProfile:
        """The next one, further away than those before, with credits and what it wants."""
        away = 0.02 * len(self.providers)
        provider = ProviderFactory(latitude=HERE["latitude"] + away)
        OfferedServiceFactory(provider=provider, subcategory=self.service)
        if credits:
            give_credits(provider, credits)
        if wanted:
            LeadPreference.objects.create(**({"mode": "AUTOMATIC"} | wanted), provider=provider)
        self.providers.append(provider)
        return provider

    def match(self) -> None:
        """Have the lead find its providers."""
        match_lead(LeadVerified(lead_id=self.lead.pk, client_user_id=self.lead.client_id))
        self.lead.refresh_from_db()

    def states(self) -> list[tuple[str, str]]:
        """What came of each provider, in the order in which they were made, and why."""
        found = {
            match.provider_id: (match.state, match.reason)
            for match in LeadMatch.objects.filter(lead=self.lead)
        }
        return [found[provider.pk] for provider in self.providers if provider.pk in found]

    def balances(self) -> list[int]:
        """What each provider has left."""
        found = dict(CreditWallet.objects.values_list("provider", "balance"))
        return [found.get(provider.pk, 0) for provider in self.providers]


def users(*providers: ServiceProviderProfile) -> list[str]:
    """Who run them, as facts name them."""
    return [str(each.user_profile.user_id) for each in sorted(providers, key=lambda p: p.pk)]


def kinds(heard: list[Any]) -> list[str]:
    """The facts by name, without those of ledgers."""
    return [type(fact).__name__ for fact in heard if type(fact).__name__ != "CreditsMoved"]


def check() -> None:
    """All rules hold."""
    assert [(found.rule, found.breaches()) for found in invariants() if found.breaches()] == []


@pytest.mark.parametrize(
    ("own", "above", "price"), [(7, 3, 7), (None, 3, 3), (None, None, 9)], ids=str
)
def test_it_is_priced_by_its_branch_or_the_one_above_or_the_setting(
    own: int | None, above: int | None, price: int
):
    SettingFactory(key="leads.base_price", value="9", setting_type="INTEGER")
    root = CategoryFactory(lead_credits=above)
    trade = Trade(category=CategoryFactory(parent=root, lead_credits=own))

    trade.match()

    assert trade.lead.price == price
    assert trade.lead.price_details == {
        "version": 1,
        "base": price,
        "urgency_percent": 100,
        "score_percent": 100.0,
    }


def test_what_is_urgent_and_less_sure_has_its_price_too():
    trade = Trade(urgency="URGENT")
    Lead.objects.update(verification_score=60)

    trade.match()

    assert trade.lead.price == 5
    assert trade.lead.price_details["score_percent"] == 80.0


def test_the_best_get_it_and_pay_for_it():
    trade = Trade()
    best = [trade.provider() for _ in range(3)]
    trade.provider()

    with announced() as heard:
        trade.match()

    assert trade.states() == [("ASSIGNED", "")] * 3 + [("ENDED", "TAKEN")]
    assert trade.balances() == [6, 6, 6, 10]
    assert (trade.lead.status, trade.lead.seats_taken) == ("ASSIGNED", 3)
    assert {*LeadAssignment.objects.values_list("provider", "is_automatic", "credit_cost")} == {
        (each.pk, True, 4) for each in best
    }
    assert kinds(heard) == ["LeadMatched", *["LeadAssigned"] * 3]
    assert heard[0] == LeadMatched(
        lead_id=trade.lead.pk, client_user_id=trade.lead.client_id, providers=4
    )
    given = [fact.provider_id for fact in heard if isinstance(fact, LeadAssigned)]
    assert given == [each.pk for each in best]
    check()


def test_what_was_found_is_written_down():
    trade = Trade()
    trade.provider()

    trade.match()

    match = LeadMatch.objects.get()
    assert (match.rank, match.scoring_version, match.is_automatic) == (1, 1, True)
    assert match.offered_at == match.ended_at
    assert match.parts == {
        "distance": 1.0,
        "rating": 0.625,
        "response": 0.5,
        "record": 0.25,
        "load": 1.0,
        "fairness": 1.0,
    }
    assert match.score == LeadAssignment.objects.get().match_score == 76
    assert trade.lead.match_details["fitting"] == 1
    assert trade.lead.match_details["version"] == 1
    assert trade.lead.matched_at


def test_seats_that_are_left_go_to_those_next_in_rank_and_are_then_offered():
    trade = Trade()
    poor = [trade.provider(credits=3) for _ in range(2)]
    rich, asks, last = trade.provider(), trade.provider(mode="CLAIM"), trade.provider()

    with announced() as first:
        trade.match()
    with announced() as then:
        hand_out_more(LeadSeatsLeft(lead_id=trade.lead.pk))

    assert kinds(first) == ["LeadMatched", "LeadAssigned", "LeadSeatsLeft"]
    assert kinds(then) == ["LeadAssigned", "LeadOffered"]
    assert then[-1] == LeadOffered(lead_id=trade.lead.pk, user_ids=users(*poor, asks))
    assert trade.states() == [
        *[("OFFERED", "NO_CREDITS")] * 2,
        ("ASSIGNED", ""),
        ("OFFERED", ""),
        ("ASSIGNED", ""),
    ]
    assert {*LeadAssignment.objects.values_list("provider", flat=True)} == {rich.pk, last.pk}
    check()


def test_the_log_takes_it_on_until_nobody_is_left():
    trade = Trade(max_providers=2)
    for _ in range(5):
        trade.provider(credits=3)
    rich = [trade.provider() for _ in range(3)]

    with announced() as heard:
        trade.match()
        while deliver_due():
            pass

    assert {*LeadAssignment.objects.values_list("provider", flat=True)} == {
        each.pk for each in rich[:2]
    }
    assert kinds(heard).count("LeadSeatsLeft") == 3
    assert trade.states()[-1] == ("ENDED", "TAKEN")
    check()


def test_who_claims_is_asked_and_who_wants_none_is_not():
    trade = Trade()
    asked, none = trade.provider(mode="CLAIM"), trade.provider(mode="NONE")

    with announced() as heard:
        trade.match()

    assert trade.states() == [("OFFERED", ""), ("REJECTED", "NOT_WANTED")]
    assert heard[-1] == LeadOffered(lead_id=trade.lead.pk, user_ids=users(asked))
    assert not LeadMatch.objects.get(provider=none).offered_at
    assert (trade.lead.status, trade.balances()) == ("VERIFIED", [10, 10])


def test_the_setting_says_how_they_come_to_who_has_not_said():
    SettingFactory(key="leads.mode", value="CLAIM")
    trade = Trade()
    silent, wants = trade.provider(), trade.provider(mode="AUTOMATIC")

    trade.match()

    assert trade.states() == [("OFFERED", ""), ("ASSIGNED", "")]
    assert [*LeadAssignment.objects.values_list("provider", flat=True)] == [wants.pk]
    assert not LeadMatch.objects.get(provider=silent).is_automatic


@pytest.mark.parametrize(("limit", "state"), [(8, "ASSIGNED"), (7, "OFFERED"), (0, "OFFERED")])
def test_leads_come_by_themselves_up_to_the_days_limit(limit: int, state: str):
    trade = Trade()
    provider = trade.provider(daily_credits=limit)
    spent = {"provider": provider, "is_automatic": True}
    LeadAssignmentFactory(**spent, credit_cost=4)
    LeadAssignmentFactory(**spent, credit_cost=9, assigned_at=clock.now() - timedelta(days=1))
    LeadAssignmentFactory(provider=provider, credit_cost=9)

    trade.match()

    reason = "DAILY_LIMIT" if state == "OFFERED" else ""
    assert trade.states() == [(state, reason)]


def test_what_was_given_back_is_not_of_the_days_limit():
    trade = Trade()
    provider = trade.provider(daily_credits=4)
    LeadAssignmentFactory(provider=provider, is_automatic=True, credit_cost=4, refunded=True)

    trade.match()

    assert trade.states() == [("ASSIGNED", "")]


@pytest.mark.parametrize(
    ("mode", "status"), [("AUTOMATIC", "ASSIGNED"), ("CLAIM", "VERIFIED"), ("NONE", "VERIFIED")]
)
def test_it_is_matched_once_however_often_the_fact_comes(mode: str, status: str):
    trade = Trade(max_providers=10)
    trade.provider(mode=mode)
    trade.match()
    matched_at = trade.lead.matched_at
    trade.provider()

    with announced() as heard:
        trade.match()
        hand_out_more(LeadSeatsLeft(lead_id=trade.lead.pk))

    assert (heard, trade.lead.matched_at, trade.lead.status) == ([], matched_at, status)
    assert LeadMatch.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "PENDING"},
        {"status": "CANCELLED"},
        {"status": "ASSIGNED"},
        {"expires_at": clock.now() - timedelta(seconds=1)},
        {"is_deleted": True},
    ],
    ids=["pending", "cancelled", "assigned", "late", "deleted"],
)
def test_what_is_not_ready_or_is_over_finds_nobody(fields: dict[str, Any]):
    trade = Trade(**fields)
    trade.provider()

    with announced() as heard:
        match_lead(LeadVerified(lead_id=trade.lead.pk, client_user_id=trade.lead.client_id))

    assert heard == []
    assert not LeadMatch.objects.exists()
    assert not CreditTransaction.objects.filter(transaction_type="DEDUCTION").exists()


@pytest.mark.parametrize(
    "fields", [{"status": "CANCELLED"}, {"expires_at": clock.now()}], ids=["off", "late"]
)
def test_what_is_over_is_handed_out_no_further(fields: dict[str, Any]):
    trade = Trade(max_providers=1)
    trade.provider(credits=3)
    trade.provider()
    trade.match()
    Lead.objects.update(**fields)

    with announced() as heard:
        hand_out_more(LeadSeatsLeft(lead_id=trade.lead.pk))

    assert heard == []
    assert not LeadAssignment.objects.exists()


def test_where_nobody_fits_nobody_is_told():
    trade = Trade()
    ProviderFactory()

    with announced() as heard:
        trade.match()

    assert kinds(heard) == ["LeadMatched"]
    assert (trade.lead.status, trade.lead.match_details["fitting"]) == ("VERIFIED", 0)


def test_the_last_seat_ends_what_others_were_offered():
    trade = Trade(max_providers=1)
    asked = trade.provider(mode="CLAIM")
    trade.match()
    LeadMatch.objects.create(
        lead=trade.lead,
        provider=trade.provider(),
        rank=2,
        score=1,
        scoring_version=1,
        is_automatic=True,
        state="WAITING",
    )

    with announced() as heard:
        hand_out_more(LeadSeatsLeft(lead_id=trade.lead.pk))

    assert heard[-1] == LeadTaken(lead_id=trade.lead.pk, user_ids=users(asked))
    assert trade.states() == [("ENDED", "TAKEN"), ("ASSIGNED", "")]


def test_the_same_lead_goes_to_the_same_providers():
    one = Trade()
    for _ in range(5):
        one.provider(credits=100)
    other = LeadFactory(
        client=UserFactory(), category=one.lead.category, verification_score=100, **HERE
    )
    with announced():
        one.match()
    LeadAssignment.objects.update(assigned_at=clock.now() - timedelta(days=60))
    ServiceProviderProfile.objects.update(leads_received=0)

    match_lead(LeadVerified(lead_id=other.pk, client_user_id=other.client_id))

    ranked = [
        [*lead.matches.order_by("rank").values_list("provider", "score", "state")]
        for lead in (one.lead, other)
    ]
    assert ranked[0] == ranked[1]


def test_who_has_many_leads_comes_after_who_has_none():
    trade = Trade(max_providers=1)
    busy = trade.provider()
    for _ in range(6):
        bought_lead(busy)
    free = trade.provider()

    trade.match()

    assert LeadAssignment.objects.get(lead=trade.lead).provider == free
