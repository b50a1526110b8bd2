"""What holds for the entries of the catalog beyond the constraints of their models."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import singledispatch
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from apps.catalog import errors
from apps.catalog.models import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)
from apps.catalog.selectors import plain_postal_code
from apps.catalog.services import languages
from kernel.countries import check_country
from kernel.zones import UnknownTimezone, check_zone

COLOR = re.compile(r"#[0-9a-f]{6}")

#: The rows that an entry is to refer to, by the field that lists them.
Lists = Mapping[str, Iterable[Any]]
Graph = Mapping[UUID, Collection[UUID]]


@singledispatch
def settle(entry: Any, lists: Lists) -> None:
    """Complete an entry that is about to be written, and raise what does not hold for its kind.

    The catalog is locked.
    """
    raise NotImplementedError(entry)


@settle.register
def _language(entry: Language, lists: Lists) -> None:
    """Raises InvalidLanguageCode or DefaultLanguage."""
    if entry._state.adding:
        entry.code = languages.canonical(entry.code)
    languages.settle_default(entry)


@settle.register
def _category(entry: ServiceCategory, lists: Lists) -> None:
    """Raises InvalidColor or TreeCycle."""
    entry.slug = entry.slug or free_slug(entry)
    entry.color = entry.color.lower()
    if entry.color and not COLOR.fullmatch(entry.color):
        raise errors.InvalidColor
    if entry.parent_id is not None:
        pairs: Any = ServiceCategory._base_manager.exclude(parent=None).values_list("pk", "parent")
        above = {pk: [parent] for pk, parent in pairs}
        if leads_to(above, [entry.parent_id], entry.pk):
            raise errors.TreeCycle


@settle.register
def _subcategory(entry: ServiceSubcategory, lists: Lists) -> None:
    entry.slug = entry.slug or free_slug(entry)


@settle.register
def _addon(entry: ServiceAddon, lists: Lists) -> None:
    """Raises AddonNotOffered or PrerequisiteCycle."""
    needed = list(lists.get("prerequisites", ()))
    require_same_service(entry, needed, "prerequisiteIds")
    links = ServiceAddon.prerequisites.through._base_manager
    graph: dict[UUID, list[UUID]] = {}
    for addon, other in links.filter(
        from_serviceaddon__subcategory=entry.subcategory_id
    ).values_list("from_serviceaddon", "to_serviceaddon"):
        graph.setdefault(addon, []).append(other)
    if leads_to(graph, [addon.pk for addon in needed], entry.pk):
        raise errors.PrerequisiteCycle


@settle.register
def _package(entry: ServicePackage, lists: Lists) -> None:
    """Raises AddonNotOffered."""
    require_same_service(entry, lists.get("addons", ()), "addonIds")


@settle.register
def _area(entry: ServiceArea, lists: Lists) -> None:
    """Raises UnknownCountry or UnknownTimezone."""
    check_country(entry.country)
    try:
        check_zone(entry.time_zone)
    except UnknownTimezone as error:
        error.field = "timeZone"
        raise
    codes = map(plain_postal_code, entry.postal_codes)
    entry.postal_codes = [*dict.fromkeys(filter(None, codes))]


def require_same_service(entry: Any, addons: Iterable[ServiceAddon], field: str) -> None:
    """Raise AddonNotOffered where an addon is one of another service than the entry."""
    if any(addon.subcategory_id != entry.subcategory_id for addon in addons):
        error = errors.AddonNotOffered()
        error.field = field
        raise error


def leads_to(graph: Graph, starts: Iterable[UUID], goal: UUID) -> bool:
    """Whether a way through a graph leads from one of the starts to the goal."""
    seen: set[UUID] = set()
    waiting = [*starts]
    while waiting:
        key = waiting.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            waiting += graph.get(key, ())
    return False


def free_slug(entry: ServiceCategory | ServiceSubcategory) -> str:
    """A slug made from an entry's name that no other entry of its model has."""
    name = slugify(entry.name) or slugify(str(entry._meta.verbose_name))
    base = name[:90].rstrip("-")
    others = type(entry).objects.exclude(pk=entry.pk)
    taken = set(others.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
