"""The catalog in the admin, whose pages ask the same services as the API."""

from contextlib import suppress
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from apps.catalog.models import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)
from apps.catalog.services import entries
from apps.catalog.services.pictures import pictures_of
from apps.core.admin import ServedAdmin, ServedForm
from kernel import pictures
from kernel.admin import MoneyForm, PartInline, SoftDeleteAdmin, act
from kernel.errors import NotFound


class EntryForm(ServedForm, MoneyForm):
    """A form of an entry. Files are kept once all of it is known to be right."""

    is_settled = False

    def clean(self) -> dict[str, Any]:
        """Look into new pictures."""
        cleaned = super().clean()
        for name in self._new_pictures():
            file = cleaned[name]
            try:
                pictures.reencoded(pictures.bytes_of(file))
            except ValidationError as error:
                self.add_error(name, error)
            file.seek(0)
        return cleaned

    def details(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        typed = self.cleaned_data
        if not self.instance._state.adding:
            typed = {name: typed[name] for name in self.changed_data}
        left_out = () if self.is_settled else self._new_pictures()
        return {name: value for name, value in typed.items() if name not in left_out}

    def _new_pictures(self) -> list[str]:
        names = [field.name for field in pictures_of(self._meta.model)]
        changed = set(names) & set(self.changed_data) & self.cleaned_data.keys()
        return [name for name in changed if self.cleaned_data[name]]


SECTIONS = {
    "Money": (
        *("base_price", "price_range_min", "price_range_max", "min_price", "max_price"),
        *("commission_rate", "currency", "base_price_multiplier", "travel_fee"),
    ),
    "What providers have to show": (
        *("requires_license", "requires_insurance", "requires_background_check"),
    ),
    "Looks": ("featured", "sort_order", "icon", "color", "image", "banner_image"),
    "For search engines": ("meta_title", "meta_description", "keywords"),
    "Translations": ("translations",),
}


class EntryAdmin(ServedAdmin, SoftDeleteAdmin):
    """Entries of the catalog."""

    form = EntryForm
    sections = SECTIONS
    #: The columns that stay as they were made.
    lasting: ClassVar[tuple[str, ...]] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The stamps; of entries that are there, also what lasts."""
        found = super().get_readonly_fields(request, obj)
        return [*found, *self.lasting] if obj else found

    def serve(self, form: Any) -> Any:
        """Have the service do what was typed; raises what it does."""
        if form.instance._state.adding:
            return entries.create_entry(model=self.model, details=form.details())
        return entries.update_entry(entry=form.instance, changes=form.details())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Have the service do what was typed, files included."""
        form.is_settled = True
        super().save_model(request, obj, form, change)

    def remove_row(self, row: Any) -> None:
        """Delete an entry; one that another's deletion took is gone already."""
        with suppress(NotFound):
            entries.delete_entry(entry=row)

    @admin.action(description="Restore the chosen entries", permissions=["change"])
    def restore_rows(self, request: HttpRequest, queryset: Any) -> None:
        """Bring back deleted entries with all that their deletions took."""
        rows = queryset.filter(is_deleted=True).order_by("pk")
        act(self, request, rows, self._restore)

    def _restore(self, row: Any) -> None:
        # One that another's restoring brought back is there already.
        with suppress(NotFound):
            entries.restore_entry(entry=row)

    @admin.action(description="Show the chosen entries first", permissions=["change"])
    def feature(self, request: HttpRequest, queryset: Any) -> None:
        """Feature entries."""
        self._set_featured(request, queryset, featured=True)

    @admin.action(description="Show the chosen entries like others", permissions=["change"])
    def unfeature(self, request: HttpRequest, queryset: Any) -> None:
        """Feature entries no more."""
        self._set_featured(request, queryset, featured=False)

    def _set_featured(self, request: HttpRequest, queryset: Any, *, featured: bool) -> None:
        rows, changes = queryset.filter(is_deleted=False).order_by("pk"), {"featured": featured}
        act(self, request, rows, lambda row: entries.update_entry(entry=row, changes=changes))


FEATURING = ("restore_rows", "feature", "unfeature")


@admin.register(Language)
class LanguageAdmin(EntryAdmin):
    """Languages."""

    list_display = ("name", "native_name", "code", "is_active", "is_default", "rtl_support")
    list_filter = ("is_active", "rtl_support")
    search_fields = ("name", "native_name", "code")
    ordering = ("name", "pk")
    lasting = ("code",)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a deletion takes; the default language stands in its way."""
        names, counts, missing, _ = super().get_deleted_objects(objs, request)
        return names, counts, missing, [str(row) for row in objs if row.is_default]


@admin.register(ServiceCategory)
class ServiceCategoryAdmin(EntryAdmin):
    """The tree of services, branch by branch."""

    list_display = ("name", "parent", "sort_order", "commission_rate", "min_price", "max_price")
    list_filter = (
        "featured",
        "requires_license",
        "requires_insurance",
        ("parent", admin.EmptyFieldListFilter),
    )
    list_select_related = ("parent",)
    search_fields = ("name", "slug", "keywords", "parent__name")
    prepopulated_fields = {"slug": ("name",)}
    ordering = (
        Coalesce("parent__sort_order", "sort_order"),
        Coalesce("parent", "pk"),
        F("parent").asc(nulls_first=True),
        *("sort_order", "pk"),
    )
    actions = FEATURING


class AddonInline(PartInline):
    """The addons."""

    model = ServiceAddon
    fields = readonly_fields = ("name", "price", "price_type", "min_quantity", "max_quantity")


@admin.register(ServiceSubcategory)
class ServiceSubcategoryAdmin(EntryAdmin):
    """Services that can be booked."""

    list_display = ("name", "category", "base_price", "estimated_duration", "complexity_level")
    list_filter = ("complexity_level", "featured", "category")
    list_select_related = ("category",)
    search_fields = ("name", "slug", "category__name")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (AddonInline,)
    ordering = ("name", "pk")
    actions = FEATURING


@admin.register(ServiceAddon)
class ServiceAddonAdmin(EntryAdmin):
    """What can be added to services."""

    list_display = ("name", "subcategory", "price", "price_type", "min_quantity", "max_quantity")
    list_filter = ("price_type", "requires_approval", "featured")
    list_select_related = ("subcategory",)
    search_fields = ("name", "subcategory__name")
    ordering = ("name", "pk")
    actions = FEATURING
    lasting = ("subcategory",)


@admin.register(ServicePackage)
class ServicePackageAdmin(EntryAdmin):
    """What is sold together."""

    list_display = ("name", "subcategory", "package_price", "discount_percentage", "valid_until")
    list_filter = ("is_popular", "is_best_value")
    list_select_related = ("subcategory",)
    search_fields = ("name", "subcategory__name")
    ordering = ("name", "pk")
    lasting = ("subcategory",)


@admin.register(ServiceArea)
class ServiceAreaAdmin(EntryAdmin):
    """Where services are offered."""

    list_display = (
        "name",
        "city",
        "country",
        "currency",
        "base_price_multiplier",
        "travel_fee",
        "is_active",
    )
    list_filter = ("city", "country", "is_active", "time_zone")
    search_fields = ("name", "city", "postal_codes")
    ordering = ("country", "city", "name", "pk")
