"""What staff do with the catalog: the same four verbs for each kind of entry, and sorting."""

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_snake_case

from apps.catalog import access, models
from apps.catalog.services import entries, sorting
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import staff
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.catalog.inputs.places import (
    CreateLanguageInput,
    CreateServiceAreaInput,
    UpdateLanguageInput,
    UpdateServiceAreaInput,
)
from schema.catalog.inputs.services import (
    CreateServiceAddonInput,
    CreateServiceCategoryInput,
    CreateServicePackageInput,
    CreateServiceSubcategoryInput,
    SortServiceCategoriesInput,
    SortServiceSubcategoriesInput,
    UpdateServiceAddonInput,
    UpdateServiceCategoryInput,
    UpdateServicePackageInput,
    UpdateServiceSubcategoryInput,
)
from schema.catalog.inputs.shared import details_of, naming
from schema.catalog.types import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)


def creating(model: Any, answer: type, takes: type) -> Any:
    """The mutation that adds an entry of a model."""

    def create(self: Any, info: Info, input: Any) -> Any:
        return entries.create_entry(model=model, details=details_of(info.context.viewer, input))

    return _mutation(create, answer, takes, "add", f"Add a {_noun(model)} to the catalog.")


def updating(model: Any, answer: type, takes: type) -> Any:
    """The mutation that changes an entry of a model."""

    def update(self: Any, info: Info, input: Any) -> Any:
        viewer = info.context.viewer
        return entries.update_entry(
            entry=access.catalog_entry(viewer, model, key(input.id, of=model)),
            changes=details_of(viewer, input),
            version=input.version,
        )

    return _mutation(update, answer, takes, "change", f"Change a {_noun(model)}.")


def deleting(model: Any, answer: type) -> Any:
    """The mutation that takes an entry of a model out of the catalog."""

    def delete(self: Any, info: Info, input: Any) -> Any:
        pk = key(input.id, of=model)
        return entries.delete_entry(entry=access.catalog_entry(info.context.viewer, model, pk))

    return _mutation(
        delete,
        answer,
        naming(f"Delete{answer.__name__}Input", _noun(model)),
        "delete",
        f"Take a {_noun(model)} out of the catalog, with all that belongs to it; what refers to"
        " it keeps it.",
    )


def restoring(model: Any, answer: type) -> Any:
    """The mutation that brings back a deleted entry of a model."""

    def restore(self: Any, info: Info, input: Any) -> Any:
        pk = key(input.id, of=model)
        return entries.restore_entry(entry=access.deleted_entry(info.context.viewer, model, pk))

    return _mutation(
        restore,
        answer,
        naming(f"Restore{answer.__name__}Input", _noun(model)),
        "change",
        f"Bring back a deleted {_noun(model)} with all that its deletion took.",
    )


def _mutation(
    resolver: Callable[..., Any], answer: type, takes: Any, permission: str, description: str
) -> Any:
    """A resolver as a mutation of its own name, which takes one type and answers another."""
    resolver.__name__ = f"{resolver.__name__}_{to_snake_case(answer.__name__)}"
    resolver.__annotations__ |= {"input": takes, "return": answer}
    gate = staff(f"catalog.{permission}_{answer.__name__.lower()}")
    return mutation(gate=gate, description=description)(resolver)


def _noun(model: Any) -> str:
    return str(model._meta.verbose_name)


@strawberry.type
class CatalogMutation:
    """Mutations of the catalog."""

    create_language = creating(models.Language, Language, CreateLanguageInput)
    update_language = updating(models.Language, Language, UpdateLanguageInput)
    delete_language = deleting(models.Language, Language)
    restore_language = restoring(models.Language, Language)

    create_service_category = creating(
        models.ServiceCategory, ServiceCategory, CreateServiceCategoryInput
    )
    update_service_category = updating(
        models.ServiceCategory, ServiceCategory, UpdateServiceCategoryInput
    )
    delete_service_category = deleting(models.ServiceCategory, ServiceCategory)
    restore_service_category = restoring(models.ServiceCategory, ServiceCategory)

    create_service_subcategory = creating(
        models.ServiceSubcategory, ServiceSubcategory, CreateServiceSubcategoryInput
    )
    update_service_subcategory = updating(
        models.ServiceSubcategory, ServiceSubcategory, UpdateServiceSubcategoryInput
    )
    delete_service_subcategory = deleting(models.ServiceSubcategory, ServiceSubcategory)
    restore_service_subcategory = restoring(models.ServiceSubcategory, ServiceSubcategory)

    create_service_addon = creating(models.ServiceAddon, ServiceAddon, CreateServiceAddonInput)
    update_service_addon = updating(models.ServiceAddon, ServiceAddon, UpdateServiceAddonInput)
    delete_service_addon = deleting(models.ServiceAddon, ServiceAddon)
    restore_service_addon = restoring(models.ServiceAddon, ServiceAddon)

    create_service_package = creating(
        models.ServicePackage, ServicePackage, CreateServicePackageInput
    )
    update_service_package = updating(
        models.ServicePackage, ServicePackage, UpdateServicePackageInput
    )
    delete_service_package = deleting(models.ServicePackage, ServicePackage)
    restore_service_package = restoring(models.ServicePackage, ServicePackage)

    create_service_area = creating(models.ServiceArea, ServiceArea, CreateServiceAreaInput)
    update_service_area = updating(models.ServiceArea, ServiceArea, UpdateServiceAreaInput)
    delete_service_area = deleting(models.ServiceArea, ServiceArea)
    restore_service_area = restoring(models.ServiceArea, ServiceArea)

    @mutation(
        gate=staff("catalog.change_servicecategory"),
        description="Set the order of the branches below a category, or of the roots of the tree.",
    )
    def sort_service_categories(self, info: Info, input: SortServiceCategoriesInput) -> Done:
        """Set the order of branches."""
        viewer, model = info.context.viewer, models.ServiceCategory
        parent = None
        if input.parent_id:
            parent = access.catalog_entry(viewer, model, key(input.parent_id, of=model))
        sorting.sort_service_categories(parent=parent, ids=[key(id, of=model) for id in input.ids])
        return Done()

    @mutation(
        gate=staff("catalog.change_servicesubcategory"),
        description="Set the order of the services of a category.",
    )
    def sort_service_subcategories(self, info: Info, input: SortServiceSubcategoriesInput) -> Done:
        """Set the order of services."""
        pk = key(input.category_id, of=models.ServiceCategory)
        sorting.sort_service_subcategories(
            category=access.catalog_entry(info.context.viewer, models.ServiceCategory, pk),
            ids=[key(id, of=models.ServiceSubcategory) for id in input.ids],
        )
        return Done()
