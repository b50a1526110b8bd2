"""Finding providers by words and by place."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchRank
from django.db.models import Exists, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable

from apps.accounts.models import ClientProfile
from apps.catalog.models import ServiceCategory
from apps.providers import errors
from apps.providers.models import ServiceProviderProfile, ServiceProviderService
from apps.providers.words import query_of
from kernel.money import CurrencyMismatch, Money
from kernel.places import along_ground, chord, chord_of, position, whereabouts, within_chord

MAX_RADIUS_KM = 500.0

#: Those first whom clients think best of.
BY_REPUTATION = ("-average_rating", "-total_reviews", "pk")


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within a distance of a point; degrees and kilometres. Raises InvalidCircle."""

    latitude: float
    longitude: float
    radius_km: float

    def __post_init__(self) -> None:
        on_earth = -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180
        if not (on_earth and 0 < self.radius_km <= MAX_RADIUS_KM):
            raise errors.InvalidCircle


def distance_to(latitude: float, longitude: float) -> Combinable:
    """How far a row's whereabouts are from a point, in kilometres; null without them.

    The great circle's distance.
    """
    return along_ground(_chord_to(latitude, longitude))


def within(rows: QuerySet[Any], circle: Circle) -> QuerySet[Any]:
    """The rows with their whereabouts in a circle, nearest first, with ``distance_km``.

    Neither who is found nor how far it is tells a place more exactly. ``chord`` orders them as the
    distance does, and an index gives them in its order.
    """
    centre, reach = _point(circle.latitude, circle.longitude), chord_of(circle.radius_km)
    near: QuerySet[Any] = (
        rows.alias(chord=_chord_to(circle.latitude, circle.longitude))
        .annotate(distance_km=distance_to(circle.latitude, circle.longitude))
        .filter(within_chord(whereabouts(), centre, reach), chord__lte=reach)
        .order_by("chord", "pk")
    )
    return near


def _point(latitude: float, longitude: float) -> Func:
    # To less than a micrometre: products of smaller angles are no numbers to the database.
    return position(Value(round(latitude, 12)), Value(round(longitude, 12)))


def _chord_to(latitude: float, longitude: float) -> Func:
    return chord(whereabouts(), _point(latitude, longitude))


def matching(rows: QuerySet[ServiceProviderProfile], text: str) -> QuerySet[ServiceProviderProfile]:
    """The providers that a text finds, the best match first, with ``relevance``.

    None, where the text asks for nothing. Raises SearchTooLong.
    """
    query = query_of(text)
    if query is None:
        return rows.alias(relevance=Value(0.0)).none()
    rank = SearchRank(F("search_entry__words"), query, cover_density=True)
    found = rows.filter(search_entry__words=query).alias(relevance=rank)
    return found.order_by("-relevance", *BY_REPUTATION)


def offering_category(category_id: UUID) -> QuerySet[ServiceProviderService]:
    """The services on offer in a category or a branch below it."""
    branches = ServiceCategory.objects.descendants(category_id, include_self=True)
    return _on_offer().filter(subcategory__category__in=branches.values("pk"))


def offering(
    subcategory_id: UUID, *, least: Money | None = None, most: Money | None = None
) -> QuerySet[ServiceProviderService]:
    """The offers of a service, where prices are given those in their currency and between them.

    Raises CurrencyMismatch for a range of two currencies.
    """
    offers = _on_offer().filter(subcategory=subcategory_id)
    if least is not None and most is not None and least.currency != most.currency:
        raise CurrencyMismatch
    if least is not None:
        offers = offers.filter(currency=least.currency, base_price__gte=least)
    if most is not None:
        offers = offers.filter(currency=most.currency, base_price__lte=most)
    return offers


def price_of(subcategory_id: UUID, currency: str) -> Subquery:
    """What a provider asks for a service in a currency, in minor units; null where it does not."""
    offers = offering(subcategory_id).filter(currency=currency, provider=OuterRef("pk"))
    return Subquery(offers.values("base_price")[:1])


def _on_offer() -> QuerySet[ServiceProviderService]:
    offers: QuerySet[ServiceProviderService] = ServiceProviderService.objects.filter(
        is_available=True, subcategory__is_deleted=False
    )
    return offers


def favorites_of(user_id: UUID | None) -> QuerySet[ServiceProviderProfile]:
    """The providers that a user keeps in mind as a client, the newest first."""
    favorites: Any = ClientProfile.favorite_providers.through
    kept = favorites.objects.filter(
        clientprofile__user_profile__user=user_id, serviceproviderprofile=OuterRef("pk")
    )
    rows: QuerySet[ServiceProviderProfile] = ServiceProviderProfile.objects.filter(Exists(kept))
    return rows.order_by(Subquery(kept.values("pk")[:1]).desc(), "pk")
