"""Mutations of the catalog, which are for staff."""

from collections.abc import Callable
from typing import Any

from tests.architecture.isolation.actors import ADMIN
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Side, World
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)

PRICE = {"amount": "30.00", "currency": "USD"}
FACTORIES: dict[str, Callable[[], Any]] = {
    "Language": LanguageFactory,
    "ServiceCategory": CategoryFactory,
    "ServiceSubcategory": SubcategoryFactory,
    "ServiceAddon": AddonFactory,
    "ServicePackage": PackageFactory,
    "ServiceArea": AreaFactory,
}


def _named(factory: Callable[[], Any], *, deleted: bool = False) -> Callable[[Side], Input]:
    """An input that names an entry."""

    def make(side: Side) -> Input:
        row = factory()
        if deleted:
            row.soft_delete()
        return {"id": gid(row)}

    return make


for kind, factory in FACTORIES.items():
    valid(f"delete{kind}", by=ADMIN)(_named(factory))
    valid(f"restore{kind}", by=ADMIN)(_named(factory, deleted=True))


@valid("createLanguage", by=ADMIN)
def _create_language(side: Side) -> Input:
    return {"code": "la", "name": "Latin", "nativeName": "Latina"}


@valid("updateLanguage", by=ADMIN)
def _update_language(side: Side) -> Input:
    return {"id": gid(LanguageFactory()), "name": "Latin"}


@valid("createServiceCategory", by=ADMIN)
def _create_category(side: Side) -> Input:
    return {"name": "Roofs", "parentId": gid(CategoryFactory())}


@valid("updateServiceCategory", by=ADMIN)
def _update_category(side: Side) -> Input:
    return {"id": gid(CategoryFactory()), "parentId": gid(CategoryFactory())}


@valid("sortServiceCategories", by=ADMIN)
def _sort_categories(side: Side) -> Input:
    parent = CategoryFactory()
    return {"parentId": gid(parent), "ids": [gid(CategoryFactory(parent=parent))]}


@valid("createServiceSubcategory", by=ADMIN)
def _create_subcategory(side: Side) -> Input:
    return {"name": "Tap", "categoryId": gid(CategoryFactory()), "basePrice": PRICE}


@valid("updateServiceSubcategory", by=ADMIN)
def _update_subcategory(side: Side) -> Input:
    return {"id": gid(SubcategoryFactory()), "categoryId": gid(CategoryFactory())}


@valid("sortServiceSubcategories", by=ADMIN)
def _sort_subcategories(side: Side) -> Input:
    service = SubcategoryFactory()
    return {"categoryId": gid(service.category), "ids": [gid(service)]}


@valid("createServiceAddon", by=ADMIN)
def _create_addon(side: Side) -> Input:
    needed = AddonFactory()
    return {
        "name": "Valve",
        "subcategoryId": gid(needed.subcategory),
        "price": PRICE,
        "prerequisiteIds": [gid(needed)],
    }


@valid("updateServiceAddon", by=ADMIN)
def _update_addon(side: Side) -> Input:
    addon = AddonFactory()
    needed = AddonFactory(subcategory=addon.subcategory)
    return {"id": gid(addon), "prerequisiteIds": [gid(needed)]}


@valid("createServicePackage", by=ADMIN)
def _create_package(side: Side) -> Input:
    addon = AddonFactory()
    return {
        "name": "All",
        "subcategoryId": gid(addon.subcategory),
        "packagePrice": PRICE,
        "addonIds": [gid(addon)],
    }


@valid("updateServicePackage", by=ADMIN)
def _update_package(side: Side) -> Input:
    package = PackageFactory()
    return {
        "id": gid(package),
        "addonIds": [gid(AddonFactory(subcategory=package.subcategory))],
    }


@valid("createServiceArea", by=ADMIN)
def _create_area(side: Side) -> Input:
    return {
        "name": "Gardens",
        "city": "Cape Town",
        "country": "ZA",
        "latitude": -33.9,
        "longitude": 18.4,
        "currency": "ZAR",
        "serviceCategoryIds": [gid(CategoryFactory())],
    }


@valid("updateServiceArea", by=ADMIN)
def _update_area(side: Side) -> Input:
    return {"id": gid(AreaFactory()), "serviceCategoryIds": [gid(CategoryFactory())]}


def _by_id(label: str) -> Callable[[World], list[Input]]:
    """The ids of the entries of a model that there are."""
    return lambda world: [{"id": gid(row)} for row in world.samples(label)]


arguments("serviceCategory")(_by_id("catalog.ServiceCategory"))
arguments("serviceSubcategory")(_by_id("catalog.ServiceSubcategory"))


@arguments("serviceAreaAt")
def _place(world: World) -> list[Input]:
    areas = world.samples("catalog.ServiceArea")
    return [{"latitude": area.latitude, "longitude": area.longitude} for area in areas]
