"""From what a lead's input names of the catalog to the entries themselves."""

from typing import Any

from strawberry import UNSET

from apps.catalog import models as catalog
from schema.base.context import Info
from schema.base.inputs import given
from schema.catalog.quotes import entry
from schema.leads.inputs import CreateLeadInput

ENTRIES: dict[str, Any] = {
    "category_id": catalog.ServiceCategory,
    "subcategory_id": catalog.ServiceSubcategory,
    "area_id": catalog.ServiceArea,
}


def wanted(info: Info, input: CreateLeadInput) -> dict[str, Any]:
    """What somebody gave of a lead: its fields, with entries of the catalog.

    Raises NotFound for entries that are not there.
    """
    found = given(input, without=ENTRIES)
    for name, model in ENTRIES.items():
        id = getattr(input, name)
        if id is not UNSET:
            found[name.removesuffix("_id")] = entry(info.context.viewer, model, id)
    return found
