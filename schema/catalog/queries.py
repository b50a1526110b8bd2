"""Reading the catalog, which everyone may."""

import strawberry
from strawberry import relay

from apps.catalog import models
from schema.base.context import Info
from schema.base.gates import Anyone
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.catalog.filters import (
    LanguageFilter,
    LanguageOrder,
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
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)


@strawberry.type
class CatalogQuery:
    """Root fields of the catalog."""

    languages: Connection[Language] = connection(
        gate=Anyone,
        filters=LanguageFilter,
        order=LanguageOrder,
        description="The languages that the platform speaks.",
    )
    service_categories: Connection[ServiceCategory] = connection(
        gate=Anyone,
        filters=ServiceCategoryFilter,
        order=ServiceCategoryOrder,
        description="The branches of the tree of services.",
    )
    service_subcategories: Connection[ServiceSubcategory] = connection(
        gate=Anyone,
        filters=ServiceSubcategoryFilter,
        order=ServiceSubcategoryOrder,
        description="The services that can be booked.",
    )
    service_packages: Connection[ServicePackage] = connection(
        gate=Anyone,
        filters=ServicePackageFilter,
        order=ServicePackageOrder,
        description="What is sold together.",
    )
    service_areas: Connection[ServiceArea] = connection(
        gate=Anyone,
        filters=ServiceAreaFilter,
        order=ServiceAreaOrder,
        description="Where services are offered.",
    )

    @query(gate=Anyone, description="A category.")
    def service_category(self, info: Info, id: relay.GlobalID) -> ServiceCategory:
        """A category by id."""
        return fetch(models.ServiceCategory, id, info)

    @query(gate=Anyone, description="A service.")
    def service_subcategory(self, info: Info, id: relay.GlobalID) -> ServiceSubcategory:
        """A service by id."""
        return fetch(models.ServiceSubcategory, id, info)
