"""The leads' part of the demo data: some of Ben's, of others, and of visitors."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.accounts.codes import code_digest, new_code
from apps.accounts.demo import People, Person, address, nearby
from apps.catalog.demo import Catalog, local_price
from apps.leads.configuration import WEIGHTS
from apps.leads.demo.handing import Hands
from apps.leads.models import Lead, LeadVerificationCode
from apps.leads.scoring import Evidence, score
from apps.leads.services.codes import COLUMN
from apps.orders.demo.texts import Texts
from apps.providers.demo import Businesses
from kernel.demo import Dice

Status = Lead.Status

#: How many of the others' leads stand where, and how many hours old they are at the most.
OTHERS = {
    Status.PENDING: (4, 20),
    Status.VERIFIED: (12, 140),
    Status.CANCELLED: (3, 400),
    Status.REJECTED: (3, 400),
    Status.EXPIRED: (4, 900),
}
#: Ben's leads: where each stands, for what, and its age in hours; the second asks for the same.
BENS = (
    (Status.VERIFIED, "leaking-tap-repair", 30),
    (Status.VERIFIED, "leaking-tap-repair", 5),
    (Status.PENDING, "garden-tidy-up", 2),
    (Status.CANCELLED, "tv-wall-mounting", 200),
    (Status.EXPIRED, "blocked-drain-clearing", 500),
)
#: Every so manieth of the others' was made without an account.
VISITORS = 4


@dataclass(frozen=True)
class Leads:
    """All leads, and the codes that were texted for them."""

    leads: list[Lead]
    codes: list[LeadVerificationCode]
    hands: Hands

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [self.leads, self.codes, *self.hands.rows()]


def plan(
    seed: int, catalog: Catalog, people: People, businesses: Businesses, now: datetime
) -> Leads:
    """Make all leads, and hand out those that are verified; Ada has one of Ben's."""
    dice = Dice(seed, "leads")
    writer = _Writer(dice, catalog, now)
    for status, slug, age in BENS:
        writer.write(people.cast.ben, status, catalog.service(slug), age)
    first, second, *_ = writer.leads
    second.duplicate_of = first
    states = [status for status, (count, _) in OTHERS.items() for _ in range(count)]
    for number, status in enumerate(states):
        hours = dice.uniform(0.5, OTHERS[status][1])
        person, service = dice.choice(people.clients[1:]), dice.choice(catalog.services)
        writer.write(person, status, service, hours, is_visitor=number % VISITORS == 0)
    for lead in writer.leads:
        writer.assess(lead)
    hands = Hands(Dice(seed, "hands"), catalog, businesses, now)
    for lead in writer.leads:
        if lead.status == Status.VERIFIED:
            hands.hand_out(lead, to=businesses.ada if lead is first else None)
    return Leads(writer.leads, writer.codes, hands)


class _Writer:
    """Writes leads down."""

    def __init__(self, dice: Dice, catalog: Catalog, now: datetime) -> None:
        self.dice, self.catalog, self.now = dice, catalog, now
        self.texts = Texts(dice)
        self.leads: list[Lead] = []
        self.codes: list[LeadVerificationCode] = []

    def write(
        self, person: Person, status: Status, service: Any, hours: float, is_visitor: bool = False
    ) -> None:
        """A lead of a person, so many hours old."""
        dice, area, city = self.dice, person.area, person.city
        created = (self.now - timedelta(hours=hours)).replace(microsecond=0)
        title, description = self.texts.request(service, person.language, area)
        lead = Lead(
            id=dice.key(),
            client=None if is_visitor else person.user,
            category=service.category,
            subcategory=service,
            area=area,
            title=title,
            description=description,
            contact_name=person.user.name,
            contact_phone=person.profile.phone_number,
            contact_email=person.user.email,
            address=address(dice, city),
            **{name: getattr(area, name) for name in ("city", "state", "country")},
            latitude=nearby(dice, area.latitude),
            longitude=nearby(dice, area.longitude),
            currency=area.currency,
            budget_max=local_price(service.base_price, area, city.step, dice.uniform(1.1, 1.6)),
            urgency=dice.choices([*Lead.Urgency], [25, 45, 20, 10])[0],
            source=dice.choice([Lead.Source.WEB, Lead.Source.MOBILE]),
            status=status,
            created_at=created,
            updated_at=created,
        )
        self._step(lead, created)
        self.leads.append(lead)

    def assess(self, lead: Lead) -> None:
        """Score a lead."""
        evidence = Evidence(
            phone_verified=lead.is_sms_verified,
            email_verified=lead.client is not None and lead.client.is_email_verified,
            details_given=7,
            details_wanted=7,
            duplicates=int(lead.duplicate_of_id is not None),
            is_in_area=True,
            budget=(None, lead.budget_max.minor),
        )
        found = score(evidence, WEIGHTS)
        lead.verification_score, lead.verification_details = found.total, found.as_json()

    def _step(self, lead: Lead, created: datetime) -> None:
        """Take a lead to where it stands, as services would have."""
        soon = created + timedelta(minutes=5)
        lead.expires_at = created + timedelta(hours=24)
        if lead.status in (Status.VERIFIED, Status.REJECTED):
            lead.verified_at, lead.is_sms_verified = soon, True
            lead.expires_at = soon + timedelta(days=7)
        if lead.status == Status.CANCELLED:
            lead.cancelled_at = soon
        if lead.status == Status.REJECTED:
            lead.rejected_at = soon + timedelta(hours=1)
            lead.rejection_reason = Lead.RejectionReason.SPAM
        if lead.client is None or lead.is_sms_verified:
            self._text(lead, created)

    def _text(self, lead: Lead, created: datetime) -> None:
        """A code that was texted for a lead, and came back where that is confirmed."""
        code = LeadVerificationCode(
            id=self.dice.key(),
            lead=lead,
            phone_number=lead.contact_phone,
            expires_at=created + timedelta(minutes=10),
            attempts=int(lead.is_sms_verified),
            confirmed_at=lead.verified_at,
            created_at=created,
        )
        code.code_hash = code_digest(new_code(), row=code.pk, column=COLUMN)
        self.codes.append(code)
