"""Filters and orders of the catalog."""

from typing import Any

import strawberry_django
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import IContains
from strawberry import auto, relay

from apps.catalog import models
from apps.catalog.selectors import branch_of, plain_postal_code
from kernel.errors import NotAllowed
from schema.base.context import Info
from schema.base.ids import Ids, key


class AllTexts(Func):
    """All translated texts of a row, each on a line."""

    template = (
        "coalesce((SELECT string_agg(text #>> '{}', chr(10))"
        " FROM jsonb_path_query(%(expressions)s, '$.*.*') text), '')"
    )
    output_field = TextField()


def searching(*columns: str, lists: tuple[str, ...] = (), translated: bool = True) -> Any:
    """A filter by a text in some columns, in lists of words, and in the translations if any."""

    def search(self: Any, value: str, prefix: str) -> Q:
        found = Q(IContains(AllTexts(F(f"{prefix}translations")), value)) if translated else Q()
        for name in columns:
            found |= Q(**{f"{prefix}{name}__icontains": value})
        for name in lists:
            found |= Q(IContains(_words(f"{prefix}{name}"), value))
        return found

    languages = ", in any language" if translated else ""
    return strawberry_django.filter_field(
        description=f"Those with a text in what is told of them{languages}."
    )(search)


def _words(path: str) -> Func:
    """The words of a list, each on a line."""
    return Func(F(path), Value("\n"), function="array_to_string", output_field=TextField())


def in_branch(path: str) -> Any:
    """A filter by a category and all below it; the path leads from the row to its category."""

    def branch_id(self: Any, value: relay.GlobalID, prefix: str) -> Q:
        keys = branch_of(key(value, of=models.ServiceCategory))
        return Q(**{f"{prefix}{path}__in": keys})

    return strawberry_django.filter_field(
        description="Those in a category or in a branch below it, itself included."
    )(branch_id)


def translated_into() -> Any:
    """A filter by a language."""

    def language(self: Any, value: str, prefix: str) -> Q:
        return Q(**{f"{prefix}translations__has_key": value})

    return strawberry_django.filter_field(
        description="Those with texts in a language besides the default one, by its tag."
    )(language)


def deleted_too(model: Any) -> Any:
    """A filter that takes the deleted ones in, for staff who oversee the model."""

    def include_deleted(
        self: Any, info: Info, queryset: QuerySet[Any], value: bool, prefix: str
    ) -> tuple[QuerySet[Any], Q]:
        if not value or prefix:
            return queryset, Q()
        if not info.context.viewer.oversees(model):
            raise NotAllowed
        return queryset.with_deleted(), Q()  # type: ignore[attr-defined]

    return strawberry_django.filter_field(
        description="Whether to list deleted ones as well, which staff alone may; in a filter of"
        " the list's own rows."
    )(include_deleted)


@strawberry_django.filter_type(models.Language, lookups=True)
class LanguageFilter:
    """Which languages to list."""

    id: Ids | None
    code: auto
    is_active: auto
    is_default: auto
    rtl_support: auto
    is_deleted: auto
    search = searching("code", "name", "native_name", translated=False)
    include_deleted = deleted_too(models.Language)


@strawberry_django.order_type(models.Language)
class LanguageOrder:
    """How to order languages."""

    code: auto
    name: auto


@strawberry_django.filter_type(models.ServiceCategory, lookups=True)
class ServiceCategoryFilter:
    """Which categories to list."""

    id: Ids | None
    slug: auto
    name: auto
    featured: auto
    is_deleted: auto
    parent: "ServiceCategoryFilter | None"
    requires_license: auto
    requires_insurance: auto
    requires_background_check: auto
    branch_id = in_branch("pk")
    language = translated_into()
    search = searching("name", "description", lists=("keywords",))
    include_deleted = deleted_too(models.ServiceCategory)

    @strawberry_django.filter_field(description="Whether they are roots of the tree.")
    def is_root(self, value: bool, prefix: str) -> Q:
        """Roots of the tree, or what is below them."""
        return Q(**{f"{prefix}parent__isnull": value})


@strawberry_django.order_type(models.ServiceCategory)
class ServiceCategoryOrder:
    """How to order categories."""

    featured: auto
    sort_order: auto
    name: auto


@strawberry_django.filter_type(models.ServiceSubcategory, lookups=True)
class ServiceSubcategoryFilter:
    """Which services to list."""

    id: Ids | None
    slug: auto
    name: auto
    featured: auto
    is_deleted: auto
    complexity_level: models.ServiceSubcategory.Complexity | None
    category: ServiceCategoryFilter | None
    branch_id = in_branch("category")
    language = translated_into()
    search = searching("name", "description")
    include_deleted = deleted_too(models.ServiceSubcategory)


@strawberry_django.order_type(models.ServiceSubcategory)
class ServiceSubcategoryOrder:
    """How to order services."""

    featured: auto
    sort_order: auto
    name: auto
    base_price: auto


@strawberry_django.filter_type(models.ServiceAddon, lookups=True)
class ServiceAddonFilter:
    """Which addons to list."""

    id: Ids | None
    name: auto
    featured: auto
    is_deleted: auto
    requires_approval: auto
    subcategory: ServiceSubcategoryFilter | None
    branch_id = in_branch("subcategory__category")
    language = translated_into()
    search = searching("name", "description")
    include_deleted = deleted_too(models.ServiceAddon)


@strawberry_django.order_type(models.ServiceAddon)
class ServiceAddonOrder:
    """How to order addons."""

    featured: auto
    name: auto
    price: auto


@strawberry_django.filter_type(models.ServicePackage, lookups=True)
class ServicePackageFilter:
    """Which packages to list."""

    id: Ids | None
    name: auto
    is_popular: auto
    is_best_value: auto
    is_deleted: auto
    valid_from: auto
    valid_until: auto
    subcategory: ServiceSubcategoryFilter | None
    branch_id = in_branch("subcategory__category")
    language = translated_into()
    search = searching("name", "description")
    include_deleted = deleted_too(models.ServicePackage)


@strawberry_django.order_type(models.ServicePackage)
class ServicePackageOrder:
    """How to order packages."""

    name: auto
    package_price: auto


@strawberry_django.filter_type(models.ServiceArea, lookups=True)
class ServiceAreaFilter:
    """Which areas to list."""

    id: Ids | None
    name: auto
    city: auto
    country: auto
    currency: auto
    is_active: auto
    is_deleted: auto
    language = translated_into()
    search = searching("name", "city", "state", lists=("postal_codes",))
    include_deleted = deleted_too(models.ServiceArea)

    @strawberry_django.filter_field(description="Those that have a postal code.")
    def postal_code(self, value: str, prefix: str) -> Q:
        """Those that have a postal code."""
        return Q(**{f"{prefix}postal_codes__contains": [plain_postal_code(value)]})


@strawberry_django.order_type(models.ServiceArea)
class ServiceAreaOrder:
    """How to order areas."""

    name: auto
    city: auto
    country: auto
