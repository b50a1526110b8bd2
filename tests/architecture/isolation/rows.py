"""How rows of each model are made. What is not said here is guessed from the model's fields."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import models
from guardian.shortcuts import assign_perm

from apps.accounts.models import FriendRequest, User
from apps.chat.models import ChatMessageEdit
from apps.core.models import AppVersion, AuditEntry, SystemSetting
from apps.leads.models import LeadPreference
from apps.orders.models import (
    CounterOffer,
    Order,
    OrderAddon,
    OrderAttachment,
    OrderPhoto,
    OrderTransition,
    ProgressPhoto,
)
from apps.organizations.models import Organization, Project, Role, Team, TeamMember
from kernel import clock
from kernel.viewer import Reach
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.factories.chat import (
    ChatNotificationFactory,
    ChatReportFactory,
    ChatRoomFactory,
    ChatTemplateFactory,
    MessageFactory,
    ParticipantFactory,
)
from tests.factories.credits import PurchaseFactory, give_credits
from tests.factories.leads import LeadAssignmentFactory, LeadFactory, offer, open_lead
from tests.factories.orders import (
    AssignmentFactory,
    BidFactory,
    DisputeFactory,
    EvidenceFactory,
    OrderFactory,
    ProgressNoteFactory,
    VisitFactory,
)
from tests.factories.providers import OfferedServiceFactory, TimeOffFactory
from tests.factories.refunds import RefundReasonFactory
from tests.factories.reviews import ReviewFactory

if TYPE_CHECKING:
    from tests.architecture.isolation.world import Side, World

Maker = Callable[["World", "Side"], None]
_makers: dict[str, Maker] = {}


def row(label: str) -> Callable[[Maker], Maker]:
    """A function that makes rows of a model for a side, in all situations that matter."""

    def register(maker: Maker) -> Maker:
        _makers[label] = maker
        return maker

    return register


def make_all(world: "World", side: "Side") -> None:
    """Make all that was said how to make, in the order of this module."""
    for maker in _makers.values():
        maker(world, side)


def guess(model: type[models.Model], side: "Side") -> None:
    """Make a row of a model, what it must refer to taken from the side."""
    values = {f.name: _value(f, side) for f in model._meta.concrete_fields if _is_needed(f)}
    model._base_manager.create(**values)


def _is_needed(field: Any) -> bool:
    if field.primary_key or field.has_default() or field.db_default is not models.NOT_PROVIDED:
        return False
    if field.is_relation:
        return not field.null or field.related_model in (User, Organization)
    return not (field.null or field.blank)


def _value(field: Any, side: "Side") -> Any:
    if field.is_relation:
        known = {User: side.me.user, Organization: side.me.organization}
        return known.get(field.related_model) or side.first(field.related_model._meta.label)
    if field.choices:
        return field.choices[0][0]
    for kinds, value in PLAIN.items():
        if isinstance(field, kinds):
            return value
    return f"x{side.me.user.pk.hex[-7:]}"[: field.max_length]


PLAIN: dict[Any, Any] = {
    models.BooleanField: False,
    models.DateTimeField: "2030-01-01T00:00:00Z",
    models.DateField: "2030-01-01",
    models.TimeField: "08:00",
    (models.IntegerField, models.FloatField, models.DecimalField): 1,
    models.JSONField: {},
    models.BinaryField: b"x",
    models.UUIDField: UUID(int=11),
    models.GenericIPAddressField: "127.0.0.1",
}


def make_public() -> None:
    """The catalog, which everyone may read."""
    category = CategoryFactory()
    CategoryFactory(parent=category)
    subcategory = SubcategoryFactory(category=category)
    addon = AddonFactory(subcategory=subcategory)
    AddonFactory(subcategory=subcategory).prerequisites.add(addon)
    PackageFactory(subcategory=subcategory).addons.add(addon)
    AreaFactory(radius_km=5).service_categories.add(category)
    LanguageFactory()
    AppVersion.objects.create(
        version="2.4.1", build_number=1, release_date="2030-01-01", platform="IOS"
    )
    ChatTemplateFactory()
    RefundReasonFactory()


def make_switched_off() -> None:
    """What is in the catalog and the settings, but for staff alone."""
    LanguageFactory(is_active=False)
    AreaFactory(is_active=False)
    CategoryFactory().soft_delete()
    SystemSetting.objects.create(key="closed", value="x", is_public=False)
    ChatTemplateFactory(is_active=False)
    RefundReasonFactory(code="closed", is_active=False)


def powerless_role(organization: Organization) -> Role:
    """A role of an organization's own that grants nothing."""
    role: Role = Role.objects.create(organization=organization, name="Guest", reach=Reach.OWN)
    return role


def make_kept(world: "World") -> None:
    """Entries of the audit trail, which the database wrote: of both organizations, and of none."""
    sides = {side.me.organization.pk: side.me.name for side in (world.side, world.foreign_side)}
    entries = AuditEntry.objects.order_by("pk")
    for organization, owner in sides.items():
        world.keep(entries.filter(organization=organization).last(), owner)
    world.keep(entries.filter(organization=None).last())


@row("core.SystemSetting")
def _settings(world: "World", side: "Side") -> None:
    """Settings that everyone reads, but for their rules."""
    with world.making(situation="public", side=side):
        SystemSetting.objects.create(key=f"open-{side.me.user.pk}", value="x", is_public=True)


@row("accounts.FriendRequest")
def _friend_requests(world: "World", side: "Side") -> None:
    with world.making(side.me.name, side.other.name, side=side):
        FriendRequest.objects.create(sender=side.me.user, receiver=side.other.user)


@row("organizations.Project")
def _projects(world: "World", side: "Side") -> None:
    with world.making(side.me.name, side=side):
        inside = {"organization": side.me.organization}
        team = Team.objects.create(name="Shift", currency="ZAR", lead=side.me.user, **inside)
        TeamMember.objects.create(team=team, user=side.me.user, **inside)
        project = Project.objects.create(name="Pipe", team=team, **inside)
        assign_perm("organizations.view_project", side.me.user, project)


@row("providers.ServiceProviderService")
def _offers(world: "World", side: "Side") -> None:
    with world.making(side.me.name, side=side):
        offer = OfferedServiceFactory(provider=side.me.provider, subcategory=_subcategory())
        offer.available_addons.add(_addon())
        side.me.provider.service_areas.add(_area())
        side.me.client.favorite_providers.add(side.other.provider)


@row("credits.CreditTransaction")
def _credits(world: "World", side: "Side") -> None:
    with world.making(side.me.name, side=side):
        give_credits(side.me.provider, 50, expires_at=clock.now() + timedelta(days=90))
        PurchaseFactory(provider=side.me.provider, created_by=side.me.user)


@row("providers.ProviderTimeOff")
def _time_off(world: "World", side: "Side") -> None:
    with world.making(side.me.name, side=side):
        TimeOffFactory(provider=side.me.provider)


#: The states of an order, and whether somebody carries it out in that state.
STATES = {status: status not in ("DRAFT", "PUBLISHED", "CANCELLED") for status in Order.Status}


@row("orders.Order")
def _orders(world: "World", side: "Side") -> None:
    for status, is_won in STATES.items():
        situation = "published" if status == "PUBLISHED" else "won" if is_won else "own"
        for client, worker in ((side.me, side.other), (side.other, side.me)):
            owners = {client.name, worker.name} if is_won else {client.name}
            with world.making(*owners, situation=situation, side=side):
                order = _order(client, status=status)
                if is_won:
                    _won(order, worker)
    with world.making(side.me.name, situation="own", side=side):
        _order(side.me).soft_delete()
    _bids(world, side)


def _order(client: Any, **traits: Any) -> Any:
    order = OrderFactory(
        client_profile=client.client, area=_area(), service_subcategory=_subcategory(), **traits
    )
    OrderAddon.objects.create(order=order, addon=_addon(), currency="ZAR", price=5)
    OrderPhoto.objects.create(order=order, photo_url="a.png")
    OrderAttachment.objects.create(
        order=order, file="a.pdf", name="a.pdf", content_type="application/pdf", size=9
    )
    return order


def _won(order: Any, worker: Any) -> None:
    bid = BidFactory(order=order, provider=worker.provider, accepted=True)
    note = ProgressNoteFactory(assignment=AssignmentFactory(bid=bid))
    ProgressPhoto.objects.create(note=note, file="progress/a.jpg")
    VisitFactory(order=order)
    OrderTransition.objects.create(
        order=order, name="assign", from_status="PUBLISHED", to_status="ASSIGNED"
    )
    if order.status == Order.Status.DISPUTED:
        EvidenceFactory(dispute=DisputeFactory(order=order), file="disputes/a.pdf", name="a.pdf")


def _bids(world: "World", side: "Side") -> None:
    """Bids of two on each published order, and an order that the other did not get."""
    for order in list(side.rows["orders.Order:published"]):
        client = side.me if order.client_profile_id == side.me.client.pk else side.other
        bidder = side.other if client is side.me else side.me
        for person in (bidder, side.rival):
            with world.making(client.name, person.name, situation="bid", side=side):
                bid = BidFactory(order=order, provider=person.provider, is_negotiable=True)
                CounterOffer.objects.create(bid=bid, party="CLIENT", currency="ZAR", amount=5)
    lost_by = f"lost by {side.other.name}"
    with world.making(side.me.name, side.rival.name, situation=lost_by, side=side):
        lost = _order(side.me, status="ASSIGNED")
        _won(lost, side.rival)
    with world.making(side.me.name, side.other.name, situation="bid", side=side):
        BidFactory(order=lost, provider=side.other.provider, status="REJECTED")


@row("leads.Lead")
def _leads(world: "World", side: "Side") -> None:
    """Leads that wait, that the other may have or paid for, and that they got their credits back
    for, both ways; and one of a visitor, which is nobody's.
    """
    with world.making(side.me.name, side=side):
        LeadFactory(client=side.me.user, category=_category(), pending=True)
        LeadPreference.objects.create(provider=side.me.provider, mode="CLAIM")
    for client, worker in ((side.me, side.other), (side.other, side.me)):
        for situation, traits in (("paid", {}), ("refunded", {"refunded": True})):
            to = f"{situation} by {worker.name}"
            with world.making(client.name, situation=to, side=side):
                lead = _lead(client, status="ASSIGNED")
            with world.making(worker.name, situation=to, side=side):
                LeadAssignmentFactory(lead=lead, provider=worker.provider, **traits)
        with world.making(client.name, situation=f"offered to {worker.name}", side=side):
            lead = _lead(client)
        with world.making(worker.name, situation=f"offered to {worker.name}", side=side):
            offer(lead, worker.provider)
    with world.making(situation="a visitor's", side=side):
        LeadFactory(client=None, category=_category(), pending=True)


def _lead(client: Any, **traits: Any) -> Any:
    return open_lead(client=client.user, category=_category(), latitude=9, longitude=9, **traits)


@row("chat.ChatRoom")
def _rooms(world: "World", side: "Side") -> None:
    """A room of each kind, where both said something, and one of them too much."""
    both = (side.me.name, side.other.name)
    order = side.first("orders.Order", "won")
    lead = side.first("leads.LeadAssignment", f"paid by {side.other.name}")
    with world.making(*both, side=side):
        rooms = [
            ChatRoomFactory(direct=True),
            ChatRoomFactory(created_by=side.me.user),
            ChatRoomFactory(of_order=True, order=order),
            ChatRoomFactory(of_lead=True, lead_assignment=lead),
        ]
    for room in rooms:
        for person in (side.me, side.other):
            with world.making(person.name, situation=f"part of {person.name}", side=side):
                ParticipantFactory(room=room, user=person.user)
        _talk(world, side, room)
    with world.making(side.me.name, situation="help", side=side):
        ChatRoomFactory(support=True, between=[side.me.user])


def _talk(world: "World", side: "Side", room: Any) -> None:
    """What both say in a room, what comes of it, and a message that is deleted."""
    for person, other in ((side.me, side.other), (side.other, side.me)):
        with world.making(person.name, situation=f"said by {person.name}", side=side):
            message = MessageFactory(
                room=room,
                sender=person.user,
                message_type="LOCATION",
                latitude=9,
                longitude=9,
                client_id=f"by {person.user.pk}",
            )
            ChatMessageEdit.objects.create(message=message, content="Before")
        with world.making(other.name, side=side):
            ChatReportFactory(message=message, reporter=other.user)
            ChatNotificationFactory(message=message, user=other.user)
    with world.making(situation=f"deleted by {side.me.name}", side=side):
        MessageFactory(room=room, sender=side.me.user, attachment_url="chat/a.pdf", deleted=True)


@row("reviews.Review")
def _reviews(world: "World", side: "Side") -> None:
    """What both say about each other's work: to the world, to each other, and to nobody yet."""
    for client, worker in ((side.me, side.other), (side.other, side.me)):
        kinds: tuple[dict[str, Any], ...] = (
            {"situation": "published"},
            {"situation": f"shown to {worker.name}", "is_public": False},
            {"hidden": True},
            {"rejected": True},
            {"situation": f"shown to {client.name}", "by_provider": True},
            {"by_provider": True, "pending": True},
        )
        won = cast("list[Any]", side.rows["orders.OrderAssignment:won"])
        # Not one that its client can still take from who was to do it.
        done = [work for work in won if work.order.status != Order.Status.ASSIGNED]
        works = [work for work in done if work.provider_id == worker.provider.pk]
        for work, traits in zip([*works[:4], *works[:2]], kinds, strict=True):
            author = worker if "by_provider" in traits else client
            with world.making(author.name, situation=traits.pop("situation", ""), side=side):
                said = {"provider_response": "x", "moderation_note": "x"}
                ReviewFactory(order_assignment=work, **said, **traits)


def _category() -> Any:
    return CategoryFactory._meta.model.objects.earliest("created_at")


def _subcategory() -> Any:
    return SubcategoryFactory._meta.model.objects.earliest("created_at")


def _addon() -> Any:
    return AddonFactory._meta.model.objects.earliest("created_at")


def _area() -> Any:
    return AreaFactory._meta.model.objects.filter(is_active=True).earliest("created_at")
