"""Prices of wishes, by what the catalog and the settings say at this moment."""

from datetime import datetime
from uuid import UUID

from apps.catalog.configuration import HIGH_PERCENT, URGENT_PERCENT
from apps.catalog.lines import Quote
from apps.catalog.models import ServiceAddon, ServiceArea, ServiceCategory, ServicePackage
from apps.catalog.pricing import Terms, Wish, price
from apps.catalog.urgency import Urgency
from apps.core import configuration


def quote(wish: Wish, *, now: datetime) -> Quote:
    """Price a wish, asking at most five statements whatever it holds.

    Raises what ``pricing.price`` raises.
    """
    return price(wish, terms_of(wish), now=now)


def terms_of(wish: Wish) -> Terms:
    """What the catalog and the settings say about a wish."""
    category, branch = _category(wish.subcategory.category_id)
    high, urgent = configuration.values(HIGH_PERCENT, URGENT_PERCENT)
    return Terms(
        commission_rate=category.commission_rate,
        urgency_percent={Urgency.HIGH: high, Urgency.URGENT: urgent},
        packed=_packed(wish.package),
        needed=_needed([chosen.addon.pk for chosen in wish.addons]),
        is_offered_in_area=_offers(wish.area, branch),
    )


def _category(category_id: UUID) -> tuple[ServiceCategory, frozenset[UUID]]:
    """A category, deleted or not, and the keys of the branch from its root to itself."""
    rows = ServiceCategory.objects.all_with_deleted().with_tree_fields()
    found: ServiceCategory = rows.get(pk=category_id)
    # Keys in the path are whole numbers.
    return found, frozenset(UUID(int=pk) for pk in found.tree_path)  # type: ignore[attr-defined]


def _offers(area: ServiceArea | None, branch: frozenset[UUID]) -> bool:
    """Whether an area has a category or one above it; one that names none has all of them."""
    if area is None:
        return True
    links = ServiceArea.service_categories.through.objects.filter(servicearea=area.pk)
    named = set(links.values_list("servicecategory", flat=True))
    return not named or not named.isdisjoint(branch)


def _packed(package: ServicePackage | None) -> frozenset[UUID]:
    if package is None:
        return frozenset()
    links = ServicePackage.addons.through.objects.filter(servicepackage=package.pk)
    return frozenset(links.values_list("serviceaddon", flat=True))


def _needed(addons: list[UUID]) -> frozenset[UUID]:
    """What addons need; what was deleted since is needed no more."""
    if not addons:
        return frozenset()
    needed = ServiceAddon.objects.filter(prerequisite_of__in=addons)
    return frozenset(needed.values_list("pk", flat=True))
