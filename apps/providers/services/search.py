"""The words that providers are found by, kept in step with what they and the catalog say."""

from collections.abc import Callable, Collection
from itertools import product
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from apps.catalog.models import ServiceArea, ServiceCategory, ServiceSubcategory
from apps.catalog.services.entries import hold_catalog
from apps.providers.events import ProvidersIndexed
from apps.providers.models import (
    ServiceProviderProfile,
    ServiceProviderService,
)
from apps.providers.words import CONFIGURATIONS
from kernel import events

BATCH = 500
#: Of a description: what PostgreSQL can hold of a document's words is bounded.
CHARACTERS = 10_000

#: A provider's texts by what a word in them weighs.
_WEIGHTS = {"A": "name", "B": "offers", "C": "description", "D": "places"}
_WORDS = " || ".join(
    f"setweight(to_tsvector('{configuration}', {text}), '{weight}')"
    for configuration, (weight, text) in product(CONFIGURATIONS, _WEIGHTS.items())
)
_TRANSLATED = """(
        SELECT string_agg(each #>> '{}', ' ') FROM jsonb_path_query(translations, 'lax $.*.*') each
    )"""
_TRANSLATED_NAMES = _TRANSLATED.replace("$.*.*", "$.*.name")
_INDEX = f"""
WITH RECURSIVE offered AS (
    SELECT o.provider_id, s.category_id, s.name, s.translations
    FROM providers_serviceproviderservice o
    JOIN catalog_servicesubcategory s ON s.id = o.subcategory_id
    WHERE o.provider_id = ANY(%(keys)s) AND o.is_available AND NOT o.is_deleted AND NOT s.is_deleted
), branches AS (
    SELECT provider_id, category_id FROM offered
    UNION
    SELECT b.provider_id, c.parent_id
    FROM branches b JOIN catalog_servicecategory c ON c.id = b.category_id
    WHERE c.parent_id IS NOT NULL
), names AS (
    SELECT provider_id, name, translations FROM offered
    UNION ALL
    SELECT b.provider_id, concat_ws(' ', c.name, array_to_string(c.keywords, ' ')), c.translations
    FROM branches b JOIN catalog_servicecategory c ON c.id = b.category_id
    WHERE NOT c.is_deleted
), offers AS (
    SELECT provider_id,
        string_agg(concat_ws(' ', name, {_TRANSLATED_NAMES}), ' ' ORDER BY name) AS text
    FROM names GROUP BY provider_id
), areas AS (
    SELECT w.serviceproviderprofile_id AS provider_id,
        string_agg(concat_ws(' ', a.name, a.city, {_TRANSLATED}), ' ' ORDER BY a.name) AS text
    FROM providers_serviceproviderprofile_service_areas w
    JOIN catalog_servicearea a ON a.id = w.servicearea_id
    WHERE w.serviceproviderprofile_id = ANY(%(keys)s) AND NOT a.is_deleted
    GROUP BY w.serviceproviderprofile_id
), texts AS (
    SELECT p.id AS provider_id, normalize(p.business_name) AS name,
        normalize(coalesce(offers.text, '')) AS offers,
        normalize(left(p.business_description, {CHARACTERS})) AS description,
        normalize(concat_ws(' ', p.city, areas.text)) AS places
    FROM providers_serviceproviderprofile p
    LEFT JOIN offers ON offers.provider_id = p.id
    LEFT JOIN areas ON areas.provider_id = p.id
    WHERE p.id = ANY(%(keys)s)
)
INSERT INTO providers_providersearchentry (provider_id, words)
SELECT provider_id, {_WORDS} FROM texts
ON CONFLICT (provider_id) DO UPDATE SET words = EXCLUDED.words
"""  # noqa: S608 - made of constants


@transaction.atomic
def index_providers(*, provider_ids: Collection[UUID]) -> None:
    """Renew the words that providers are found by, in one statement for all of them.

    Every service that changes such a word calls it, in its own transaction.
    """
    # Locked by a statement before, so that the next sees what others did whom we waited for.
    # References to a provider are no hindrance, nor hindered. And the catalog is held, so that none
    # of its changes is too late for this statement while its handler is too early for these rows.
    profiles = ServiceProviderProfile.objects.all_with_deleted().filter(pk__in=provider_ids)
    keys = list(profiles.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    hold_catalog()
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, {"keys": keys})


def index_all(*, advance: Callable[[int], object]) -> None:
    """Renew the words of all providers, each batch in a transaction of its own; ``advance`` is told
    of how many.
    """
    everyone = ServiceProviderProfile.objects.all_with_deleted()
    done = _index_next(everyone, None)
    advance(len(done))
    while len(done) == BATCH:
        done = _index_next(everyone, done[-1])
        advance(len(done))


def index_business_of(*, user_id: UUID) -> None:
    """Renew the words that a user's business is found by, where there is one."""
    businesses = ServiceProviderProfile.objects.all_with_deleted().filter(
        user_profile__user=user_id
    )
    index_providers(provider_ids=list(businesses.values_list("pk", flat=True)))


@transaction.atomic
def index_offering(*, model: str, entry_id: UUID, after: UUID | None = None) -> None:
    """Renew the words of a batch of those who have to do with an entry of the catalog.

    Each batch is a transaction, and announces the next one.
    """
    if model not in _USERS:
        return
    done = _index_next(_USERS[model](entry_id), after)
    if len(done) == BATCH:
        events.publish(ProvidersIndexed(model=model, entry_id=entry_id, last_id=done[-1]))


def _index_next(providers: QuerySet[ServiceProviderProfile], after: UUID | None) -> list[UUID]:
    rows = providers if after is None else providers.filter(pk__gt=after)
    keys: list[UUID] = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    index_providers(provider_ids=keys)
    return keys


def _of_category(key: UUID) -> QuerySet[Any]:
    # Deleted branches too: it may be their deletion that is to be known.
    categories = ServiceCategory.objects.all_with_deleted()
    branches = categories.descendants(key, include_self=True).values("pk")
    return _offering(subcategory__category__in=branches)


def _of_service(key: UUID) -> QuerySet[Any]:
    return _offering(subcategory=key)


def _of_area(key: UUID) -> QuerySet[Any]:
    areas = ServiceProviderProfile.service_areas.through.objects.filter(servicearea=key)
    return _providers(areas.values("serviceproviderprofile"))


def _offering(**what: Any) -> QuerySet[Any]:
    offers = ServiceProviderService.objects.all_with_deleted().filter(**what)
    return _providers(offers.values("provider"))


def _providers(keys: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = ServiceProviderProfile.objects.all_with_deleted().filter(pk__in=keys)
    return found


#: Whom a change of an entry of the catalog concerns, by its model.
_USERS = {
    ServiceCategory._meta.label: _of_category,
    ServiceSubcategory._meta.label: _of_service,
    ServiceArea._meta.label: _of_area,
}
