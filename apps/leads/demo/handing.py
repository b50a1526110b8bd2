"""Which providers have the demo's leads, or may: each paid for, and come to what it came to."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.catalog.demo import Catalog
from apps.credits.demo import Books
from apps.credits.models import CreditTransaction
from apps.leads.configuration import MATCHING
from apps.leads.matching import VERSION
from apps.leads.models import Lead, LeadAssignment, LeadMatch
from apps.leads.pricing import price_of
from apps.providers.demo import Business, Businesses
from kernel.demo import Dice
from kernel.money import Money

Status = LeadAssignment.Status
State = LeadMatch.State

#: What a lead costs in its category, and by how urgent it is, in percent.
BASE, PERCENTS = 5, {"LOW": 80, "MEDIUM": 100, "HIGH": 125, "URGENT": 150}
#: How many are looked at for a lead at the most, and how many of a hundred hands come how far.
LOOKED_AT = 6
FAR = {Status.ASSIGNED: 20, Status.VIEWED: 20, Status.CONTACTED: 25, Status.QUOTED: 35}
#: Of how many leads that were priced one is won.
WON = 0.5


class Hands:
    """Hands leads out as services would have."""

    def __init__(self, dice: Dice, catalog: Catalog, businesses: Businesses, now: datetime) -> None:
        self.dice, self.catalog, self.now = dice, catalog, now
        self.offering: dict[str, dict[Any, list[Business]]] = {}
        self.businesses = businesses
        self.books = Books(dice)
        self.matches: list[LeadMatch] = []
        self.assignments: list[LeadAssignment] = []

    def hand_out(self, lead: Lead, *, to: Business | None = None) -> None:
        """Match a verified lead, and give it to some; to one for sure, where one is named."""
        assert lead.verified_at is not None
        price = price_of(
            base=BASE, urgency=lead.urgency, score=lead.verification_score, percents=PERCENTS
        )
        found = self._found(lead, to)
        lead.price, lead.price_details = price.credits, price.as_json()
        lead.matched_at = lead.verified_at + timedelta(seconds=1)
        lead.match_details = {"version": VERSION, "weights": MATCHING, "fitting": len(found)}
        lead.max_providers = 3
        held = self.dice.randint(int(to is not None), min(3, len(found))) if found else 0
        for rank, business in enumerate(found, start=1):
            self._match(lead, rank, business, is_held=rank <= held)
        hands = [self._assignment(lead, business) for business in found[:held]]
        lead.seats_taken = held
        if held:
            lead.status = Lead.Status.ASSIGNED
        if not lead.seats_left:
            self._end_offers(lead, at=lead.matched_at)
        self._win(lead, hands)

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [self.matches, self.assignments, *self.books.rows()]

    def _found(self, lead: Lead, to: Business | None) -> list[Business]:
        city = lead.city
        if city not in self.offering:
            self.offering[city] = self.businesses.offering(city)
        fitting = self.offering[city].get(lead.subcategory_id, [])
        others = [business for business in fitting if business is not to]
        some = self.dice.some(others, LOOKED_AT - 1)
        return [*([to] if to else []), *some]

    def _match(self, lead: Lead, rank: int, business: Business, *, is_held: bool) -> None:
        at = lead.matched_at
        assert at is not None
        score = max(5, 92 - 9 * rank + self.dice.randint(-3, 3))
        self.matches.append(
            LeadMatch(
                id=self.dice.key(),
                lead=lead,
                provider=business.profile,
                rank=rank,
                score=score,
                parts={name: round(self.dice.uniform(0.3, 1), 4) for name in MATCHING},
                scoring_version=VERSION,
                is_automatic=is_held,
                state=State.ASSIGNED if is_held else State.OFFERED,
                offered_at=at,
                ended_at=at if is_held else None,
                created_at=at,
            )
        )

    def _assignment(self, lead: Lead, business: Business) -> LeadAssignment:
        """A lead in the hands of a business, which has bought what it costs."""
        assert lead.price is not None and lead.matched_at is not None
        at = lead.matched_at
        if self.books.balance(business) < lead.price:
            self.books.buy(business, at - timedelta(days=self.dice.randint(20, 60)))
        status = self.dice.choices([*FAR], [*FAR.values()])[0]
        assignment = LeadAssignment(
            id=self.dice.key(),
            lead=lead,
            provider=business.profile,
            status=status,
            match_score=self.matches[-1].score,
            credit_cost=lead.price,
            currency=lead.currency,
            is_automatic=True,
            assigned_at=at,
            created_at=at,
        )
        self._date(assignment, status)
        self.books.move(
            business,
            CreditTransaction.Type.DEDUCTION,
            -lead.price,
            at,
            lead_assignment=assignment,
            description=f"Lead: {lead.title}"[:300],
        )
        business.profile.leads_received += 1
        self.assignments.append(assignment)
        return assignment

    def _date(self, assignment: LeadAssignment, status: LeadAssignment.Status) -> None:
        """Date what happened up to a status, within the time that there was."""
        left = (self.now - assignment.assigned_at) / 5
        steps = (("viewed_at", Status.VIEWED), ("contacted_at", Status.CONTACTED))
        for number, (name, step) in enumerate(steps, start=1):
            if [*FAR].index(status) >= [*FAR].index(step):
                setattr(assignment, name, assignment.assigned_at + number * left)
        if status == Status.QUOTED:
            assignment.quoted_at = assignment.assigned_at + 3 * left
            most: Money = assignment.lead.budget_max
            assignment.quote_amount = Money(most.minor * 9 // 10, most.currency)

    def _end_offers(self, lead: Lead, *, at: datetime) -> None:
        """Nobody else can have a lead any more."""
        for match in self.matches:
            if match.lead is lead and match.state == State.OFFERED:
                match.state, match.reason = State.ENDED, LeadMatch.Reason.TAKEN
                match.ended_at = at

    def _win(self, lead: Lead, hands: list[LeadAssignment]) -> None:
        """Have one of those who named a price get the job, some of the time."""
        priced = [held for held in hands if held.status == Status.QUOTED]
        if priced and self.dice.chance(WON):
            for held in hands:
                is_winner = held is priced[0]
                held.status = Status.WON if is_winner else Status.LOST
                at = held.assigned_at + 4 * (self.now - held.assigned_at) / 5
                setattr(held, "won_at" if is_winner else "lost_at", at)
            priced[0].provider.leads_won += 1
            lead.status = Lead.Status.WON
            self._end_offers(lead, at=self.now)
        for held in hands:
            profile = held.provider
            share = Decimal(100 * profile.leads_won) / profile.leads_received
            profile.conversion_rate = share.quantize(Decimal("0.01"))
