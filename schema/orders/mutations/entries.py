"""From what an order's input names of the catalog to the entries themselves."""

from collections.abc import Collection
from typing import Any

from strawberry import UNSET

from apps.catalog import models as catalog
from schema.base.context import Info
from schema.base.inputs import given
from schema.catalog.quotes import chosen_addons, entry

ENTRIES: dict[str, Any] = {
    "service_subcategory_id": catalog.ServiceSubcategory,
    "package_id": catalog.ServicePackage,
    "area_id": catalog.ServiceArea,
}


def wanted(info: Info, input: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """What a client gave of an order: its fields, with entries of the catalog, and its addons.

    Raises NotFound for entries that are not there.
    """
    viewer = info.context.viewer
    found = given(input, without={*without, *ENTRIES, "addons"})
    for name, model in ENTRIES.items():
        id = getattr(input, name)
        if id is not UNSET:
            found[name.removesuffix("_id")] = entry(viewer, model, id)
    if input.addons is not UNSET:
        found["addons"] = chosen_addons(viewer, input.addons or [])
    return found
