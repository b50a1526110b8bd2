"""Reading the catalog, which everyone may."""

from typing import Annotated, Any

import strawberry
from strawberry import relay

from apps.catalog import errors, models
from apps.catalog.selectors import areas_at
from kernel.errors import NotFound
from schema.base.context import Context, Info
from schema.base.gates import Anyone
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.base.types import planned
from schema.catalog.filters import (
    LanguageFilter,
    LanguageOrder,
    ServiceAddonFilter,
    ServiceAddonOrder,
    ServiceAreaFilter,
    ServiceAreaOrder,
    ServiceCategoryFilter,
    ServiceCategoryOrder,
    ServicePackageFilter,
    ServicePackageOrder,
    ServiceSubcategoryFilter,
    ServiceSubcategoryOrder,
)
from schema.catalog.types import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)

Id = Annotated[relay.GlobalID | None, strawberry.argument(description="Its global id.")]
Slug = Annotated[str | None, strawberry.argument(description="Its name in addresses.")]
Latitude = Annotated[float | None, strawberry.argument(description="Degrees north of the place.")]
Longitude = Annotated[float | None, strawberry.argument(description="Degrees east of the place.")]
PostalCode = Annotated[str | None, strawberry.argument(description="The place's postal code.")]
Country = Annotated[
    str | None,
    strawberry.argument(description="Its country, whose areas alone count then: ISO 3166-1."),
]


@strawberry.type
class CatalogQuery:
    """Root fields of the catalog."""

    languages: Connection[Language] = connection(
        gate=Anyone,
        is_public=True,
        filters=LanguageFilter,
        order=LanguageOrder,
        description="The languages that the platform speaks.",
    )
    service_categories: Connection[ServiceCategory] = connection(
        gate=Anyone,
        is_public=True,
        filters=ServiceCategoryFilter,
        order=ServiceCategoryOrder,
        description="The branches of the tree of services.",
    )
    service_subcategories: Connection[ServiceSubcategory] = connection(
        gate=Anyone,
        is_public=True,
        filters=ServiceSubcategoryFilter,
        order=ServiceSubcategoryOrder,
        description="The services that can be booked.",
    )
    service_addons: Connection[ServiceAddon] = connection(
        gate=Anyone,
        is_public=True,
        filters=ServiceAddonFilter,
        order=ServiceAddonOrder,
        description="What can be added to services.",
    )
    service_packages: Connection[ServicePackage] = connection(
        gate=Anyone,
        is_public=True,
        filters=ServicePackageFilter,
        order=ServicePackageOrder,
        description="What is sold together.",
    )
    service_areas: Connection[ServiceArea] = connection(
        gate=Anyone,
        is_public=True,
        filters=ServiceAreaFilter,
        order=ServiceAreaOrder,
        description="Where services are offered.",
    )

    @query(gate=Anyone, is_public=True, description="A category, by its id or its slug.")
    def service_category(self, info: Info, id: Id = None, slug: Slug = None) -> ServiceCategory:
        """A category by id or slug."""
        return _entry(models.ServiceCategory, id, slug, info)

    @query(gate=Anyone, is_public=True, description="A service, by its id or its slug.")
    def service_subcategory(
        self, info: Info, id: Id = None, slug: Slug = None
    ) -> ServiceSubcategory:
        """A service by id or slug."""
        return _entry(models.ServiceSubcategory, id, slug, info)

    @query(
        gate=Anyone,
        description="The area that serves a place: one that has its postal code, else the nearest"
        " one that reaches it; null where there is none.",
    )
    def service_area_at(
        self,
        info: Info,
        latitude: Latitude = None,
        longitude: Longitude = None,
        postal_code: PostalCode = None,
        country: Country = None,
    ) -> ServiceArea | None:
        """The area that serves a place."""
        found = areas_at(
            latitude=latitude,
            longitude=longitude,
            postal_code=postal_code or "",
            country=country or "",
        )
        return planned(found, info).first()


def _entry(
    model: Any, id: relay.GlobalID | None, slug: str | None, info: strawberry.Info[Context]
) -> Any:
    if (id is None) == (slug is None):
        raise errors.IdOrSlug
    if id is not None:
        return fetch(model, id, info)
    rows = model.objects.visible_to(info.context.viewer).filter(slug=slug)
    found = planned(rows, info).first()
    if found is None:
        raise NotFound
    return found
