"""Whom an order is for: providers by trade and by place; and how bids on it compare."""

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Upper

from apps.orders.models import Bid, Order
from apps.orders.models.orders import wording
from apps.providers.models import ServiceProviderProfile, ServiceProviderService
from apps.providers.selectors import Circle
from apps.providers.words import words_of
from kernel.places import along_ground, chord, chord_of, position, whereabouts, within_chord
from kernel.viewer import Viewer


def reaching(order: Order) -> QuerySet[ServiceProviderProfile]:
    """The providers who work where an order is: it lies in one of their areas, or no further from
    their base than they travel. Those who said of neither are taken to go anywhere, and an order
    that does not say where it is can be reached by all. One that names but an area is in the middle
    of that. Of both places only the whereabouts count: a base may be moved at will, and whether it
    reaches an order must not tell where exactly that is.
    """
    rows: QuerySet[ServiceProviderProfile] = ServiceProviderProfile.objects.all()
    areas = ServiceProviderProfile.service_areas.through.objects.filter(
        serviceproviderprofile=OuterRef("pk")
    )
    place = ~Exists(areas) & Q(latitude=None)
    if order.area_id is not None:
        place |= Q(Exists(areas.filter(servicearea=order.area_id)))
    there = _place_of(order)
    if there is None:
        return rows
    rows = rows.annotate(away_km=along_ground(chord(whereabouts(), there)))
    return rows.filter(place | Q(away_km__lte=F("travel_radius")))


def _place_of(order: Order) -> Func | None:
    """The whereabouts of an order, or else of the centre of its area."""
    placed = order if order.latitude is not None and order.longitude is not None else order.area
    return whereabouts(Value(placed.latitude), Value(placed.longitude)) if placed else None


def bidding_on(order: Order) -> QuerySet[ServiceProviderProfile]:
    """All providers, each with what decides on a bid of theirs: whether it ``is_near`` the order,
    ``is_client`` of it, and ``has_answered`` it with a bid before.
    """
    placed = Order.objects.filter(
        pk=order.pk, client_profile__user_profile=OuterRef("user_profile")
    )
    answers = Bid.objects.all_with_deleted().filter(order=order.pk, provider=OuterRef("pk"))
    rows: QuerySet[ServiceProviderProfile] = ServiceProviderProfile.objects.annotate(
        is_near=Exists(reaching(order).filter(pk=OuterRef("pk"))),
        is_client=Exists(placed),
        has_answered=Exists(answers),
    )
    return rows


def told_of(order: Order) -> QuerySet[ServiceProviderProfile]:
    """The providers for whom a published order is news: verified, taking work, offering a service
    of its category and reaching its place; never its own client.
    """
    offers = ServiceProviderService.objects.filter(
        is_available=True, subcategory__category=order.service_subcategory.category_id
    )
    return (
        reaching(order)
        .filter(is_verified_provider=True, is_available=True, pk__in=offers.values("provider"))
        .exclude(user_profile__client_profile=order.client_profile_id)
    )


def compared(order: Order) -> QuerySet[Bid]:
    """The bids among which a client can choose, the cheapest first."""
    rows: QuerySet[Bid] = Bid.objects.open().filter(order=order).order_by("amount", "pk")
    return rows


def distance_to_bidder() -> Combinable:
    """How far a bid's order, or else the centre of its area, is from the base of its provider, in
    kilometres, along a great circle; null where one of them does not say where it is. Of both only
    the whereabouts count, as neither side is to know more of the other's place.
    """
    order = whereabouts(
        Coalesce("order__latitude", "order__area__latitude"),
        Coalesce("order__longitude", "order__area__longitude"),
    )
    base = whereabouts("provider__latitude", "provider__longitude")
    placed = Q(order__latitude__isnull=False) | Q(order__area__isnull=False)
    known = placed & Q(provider__latitude__isnull=False)
    # PostgreSQL's least of nothing and a number is the number.
    return Case(When(known, then=along_ground(chord(order, base))), default=None)


def price_rank() -> Combinable:
    """Where a bid stands by price among its order's open bids: 1 where none is cheaper."""
    cheaper = Bid.objects.open().filter(order=OuterRef("order"), amount__lt=OuterRef("amount"))
    counted = cheaper.order_by().values("order").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0) + Value(1)


def near(rows: QuerySet[Order], circle: Circle) -> QuerySet[Order]:
    """The orders in a circle, of which only the whereabouts count: neither what is found nor what
    is not tells a place more exactly than these do.
    """
    centre = position(Value(circle.latitude), Value(circle.longitude))
    reach = chord_of(circle.radius_km)
    found: QuerySet[Order] = rows.alias(chord=chord(whereabouts(), centre)).filter(
        within_chord(whereabouts(), centre, reach), chord__lte=reach
    )
    return found


def matching(rows: QuerySet[Order], text: str, viewer: Viewer) -> QuerySet[Order]:
    """The orders with all words of a text in what they say, for staff also in who their client is.

    None for a text without words. Raises SearchTooLong.
    """
    words = words_of(text)
    rows = rows.alias(wording=wording())
    user = "client_profile__user_profile__user"
    for word in words:
        found = Q(wording__contains=Upper(Value(word)))
        if viewer.oversees(Order):
            found |= Q(**{f"{user}__name__icontains": word})
            found |= Q(**{f"{user}__email__icontains": word})
        rows = rows.filter(found)
    return rows if words else rows.none()
