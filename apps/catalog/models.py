"""What can be booked, where, and in which languages. Everyone may read it."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.query import TreeQuerySet

from kernel.models import (
    AbstractSoftDeleteModel,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer


class CatalogQuerySet(SoftDeleteQuerySet[Any]):
    """Entries of the catalog, which everyone may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All of them."""
        return self


class ActiveQuerySet(CatalogQuerySet):
    """Entries that can be switched off."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those in use; all of them for staff."""
        return self if viewer.oversees(self.model) else self.filter(is_active=True)


class CategoryQuerySet(CatalogQuerySet, TreeQuerySet):  # type: ignore[misc]
    """Categories, which can also be walked as a tree."""


def _slug_once(model: str) -> models.UniqueConstraint:
    return unique_active(
        "slug", name=f"{model}_slug", code="slug_taken", message="The slug is taken."
    )


def _ordered(least: str, most: str, name: str) -> models.CheckConstraint:
    """The least value is not above the greatest, where both are given."""
    return models.CheckConstraint(
        condition=Q(**{f"{least}__isnull": True})
        | Q(**{f"{most}__isnull": True})
        | Q(**{f"{least}__lte": F(most)}),
        name=name,
        violation_error_code="invalid_range",
        violation_error_message="The least value is above the greatest.",
    )


class Language(AbstractSoftDeleteModel):
    """A language that the platform speaks."""

    code = models.CharField(max_length=10, help_text="Its IETF tag, such as en or ky.")
    name = models.CharField(max_length=60, help_text="Its English name.")
    native_name = models.CharField(max_length=60, help_text="Its own name for itself.")
    is_active = models.BooleanField(default=True, help_text="Whether it is offered.")
    is_default = models.BooleanField(default=False, help_text="Whether it stands in for others.")
    flag_icon = models.CharField(max_length=20, blank=True, help_text="A flag, as an emoji.")
    rtl_support = models.BooleanField(default=False, help_text="Whether it is read right to left.")
    locale_code = models.CharField(max_length=20, blank=True, help_text="Its locale, as en_ZA.")
    currency_code = CurrencyField(blank=True, help_text="The currency that goes with it.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ActiveQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "code", name="language_code", code="code_taken", message="The code is taken."
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True, is_deleted=False),
                name="language_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceCategory(AbstractSoftDeleteModel):
    """A branch of the tree of services, such as plumbing."""

    parent = TreeNodeForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text="The branch that it grows from.",
    )
    name = models.CharField(max_length=100, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="What belongs to it.")
    slug = models.SlugField(max_length=100, help_text="Its name in addresses.")
    icon = models.CharField(max_length=60, blank=True, help_text="The name of its icon.")
    color = models.CharField(max_length=7, blank=True, help_text="Its colour, as #rrggbb.")
    sort_order = models.IntegerField(default=0, help_text="Its place among its siblings.")
    banner_image = models.ImageField(upload_to="catalog/", blank=True, help_text="A wide picture.")
    featured = models.BooleanField(default=False, help_text="Whether it is shown first.")
    commission_rate = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal("10.00"),
        help_text="What the platform takes of each order, in percent.",
    )
    min_price = MoneyField(null=True, blank=True, help_text="The least that work costs here.")
    max_price = MoneyField(null=True, blank=True, help_text="The most that work costs here.")
    estimated_duration_min = models.PositiveIntegerField(
        null=True, blank=True, help_text="Minutes that the shortest job takes."
    )
    estimated_duration_max = models.PositiveIntegerField(
        null=True, blank=True, help_text="Minutes that the longest job takes."
    )
    meta_title = models.CharField(max_length=100, blank=True, help_text="Title for search engines.")
    meta_description = models.CharField(
        max_length=300, blank=True, help_text="Description for search engines."
    )
    keywords = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="Words to find it by."
    )
    requires_license = models.BooleanField(default=False, help_text="Whether a licence is needed.")
    requires_insurance = models.BooleanField(
        default=False, help_text="Whether insurance is needed."
    )
    requires_background_check = models.BooleanField(
        default=False, help_text="Whether providers are checked first."
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(CategoryQuerySet)()

    class Meta:
        verbose_name_plural = "service categories"
        constraints = [
            _slug_once("category"),
            _ordered("min_price", "max_price", "category_price_range"),
            _ordered("estimated_duration_min", "estimated_duration_max", "category_duration_range"),
            models.CheckConstraint(
                condition=Q(commission_rate__range=(0, 100)), name="category_commission"
            ),
        ]
        indexes = [models.Index(fields=["sort_order", "id"], name="category_sorted")]

    def __str__(self) -> str:
        return self.name

    def get_cascade_fields(self) -> list[str]:
        """Its branches and services."""
        return ["children", "subcategories"]


class ServiceSubcategory(AbstractSoftDeleteModel):
    """A service that can be booked, such as fixing a leaking tap."""

    class Complexity(models.TextChoices):
        EASY = "EASY"
        MEDIUM = "MEDIUM"
        HARD = "HARD"
        EXPERT = "EXPERT"

    category = models.ForeignKey(
        ServiceCategory, models.PROTECT, related_name="subcategories", help_text="Its category."
    )
    name = models.CharField(max_length=100, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="What is done.")
    slug = models.SlugField(max_length=100, help_text="Its name in addresses.")
    icon = models.CharField(max_length=60, blank=True, help_text="The name of its icon.")
    sort_order = models.IntegerField(default=0, help_text="Its place in its category.")
    image = models.ImageField(upload_to="catalog/", blank=True, help_text="A picture.")
    featured = models.BooleanField(default=False, help_text="Whether it is shown first.")
    base_price = MoneyField(help_text="What it costs before addons and travel.")
    price_range_min = MoneyField(null=True, blank=True, help_text="The least it usually costs.")
    price_range_max = MoneyField(null=True, blank=True, help_text="The most it usually costs.")
    estimated_duration = models.PositiveIntegerField(default=60, help_text="Minutes it takes.")
    complexity_level = models.CharField(
        max_length=6, choices=Complexity, default=Complexity.MEDIUM, help_text="How hard it is."
    )
    required_tools = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, help_text="Tools it needs."
    )
    required_materials = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, help_text="Materials it needs."
    )
    safety_requirements = models.TextField(blank=True, help_text="What to beware of.")
    meta_title = models.CharField(max_length=100, blank=True, help_text="Title for search engines.")
    meta_description = models.CharField(
        max_length=300, blank=True, help_text="Description for search engines."
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(CatalogQuerySet)()

    class Meta:
        verbose_name_plural = "service subcategories"
        constraints = [
            _slug_once("subcategory"),
            models.CheckConstraint(condition=Q(base_price__gte=0), name="subcategory_price"),
            _ordered("price_range_min", "price_range_max", "subcategory_price_range"),
        ]
        indexes = [models.Index(fields=["category", "sort_order"], name="subcategory_sorted")]

    def __str__(self) -> str:
        return self.name

    def get_cascade_fields(self) -> list[str]:
        """Its addons and packages."""
        return ["addons", "packages"]


class ServiceAddon(AbstractSoftDeleteModel):
    """Something that can be added to a service."""

    class PriceType(models.TextChoices):
        FIXED = "FIXED"
        PER_UNIT = "PER_UNIT"
        PER_HOUR = "PER_HOUR"

    subcategory = models.ForeignKey(
        ServiceSubcategory, models.PROTECT, related_name="addons", help_text="The service."
    )
    name = models.CharField(max_length=100, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="What it adds.")
    price = MoneyField(help_text="What it costs.")
    price_type = models.CharField(
        max_length=8, choices=PriceType, default=PriceType.FIXED, help_text="What the price is for."
    )
    image = models.ImageField(upload_to="catalog/", blank=True, help_text="A picture.")
    featured = models.BooleanField(default=False, help_text="Whether it is shown first.")
    duration_addition = models.PositiveIntegerField(default=0, help_text="Minutes that it adds.")
    min_quantity = models.PositiveIntegerField(default=1, help_text="The fewest that can be had.")
    max_quantity = models.PositiveIntegerField(default=1, help_text="The most that can be had.")
    requires_approval = models.BooleanField(
        default=False, help_text="Whether the provider must agree first."
    )
    prerequisites = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="prerequisite_of",
        help_text="Addons that must be taken as well.",
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(CatalogQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="addon_price"),
            _ordered("min_quantity", "max_quantity", "addon_quantity_range"),
        ]

    def __str__(self) -> str:
        return self.name


class ServicePackage(AbstractSoftDeleteModel):
    """Addons of a service, sold together at a price of their own."""

    subcategory = models.ForeignKey(
        ServiceSubcategory, models.PROTECT, related_name="packages", help_text="The service."
    )
    addons = models.ManyToManyField(
        ServiceAddon, blank=True, related_name="packages", help_text="What it holds."
    )
    name = models.CharField(max_length=100, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="What it is good for.")
    package_price = MoneyField(help_text="What it costs as a whole.")
    discount_percentage = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, help_text="What is saved, in percent."
    )
    is_popular = models.BooleanField(default=False, help_text="Whether many take it.")
    is_best_value = models.BooleanField(default=False, help_text="Whether it saves the most.")
    estimated_duration = models.PositiveIntegerField(default=60, help_text="Minutes it takes.")
    valid_from = models.DateField(null=True, blank=True, help_text="The first day it is sold.")
    valid_until = models.DateField(null=True, blank=True, help_text="The last day it is sold.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(CatalogQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(package_price__gte=0), name="package_price"),
            models.CheckConstraint(
                condition=Q(discount_percentage__range=(0, 100)), name="package_discount"
            ),
            _ordered("valid_from", "valid_until", "package_validity"),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceArea(AbstractSoftDeleteModel):
    """A place where services are offered, such as a suburb."""

    name = models.CharField(max_length=100, help_text="What it is called.")
    city = models.CharField(max_length=100, help_text="The city.")
    state = models.CharField(max_length=100, blank=True, help_text="Province or region.")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2 code.")
    latitude = models.FloatField(help_text="Degrees north of its centre.")
    longitude = models.FloatField(help_text="Degrees east of its centre.")
    postal_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="Its postal codes."
    )
    is_active = models.BooleanField(default=True, help_text="Whether services are offered there.")
    service_categories = models.ManyToManyField(
        ServiceCategory, blank=True, related_name="areas", help_text="What is offered there."
    )
    currency = CurrencyField(default="USD", help_text="The currency used there.")
    base_price_multiplier = models.DecimalField(
        max_digits=8,
        decimal_places=4,
        default=1,
        help_text="What base prices are multiplied by there, the exchange rate included.",
    )
    travel_fee = MoneyField(currency="currency", default=0, help_text="What going there costs.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ActiveQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="area_place",
            ),
            models.CheckConstraint(
                condition=Q(base_price_multiplier__gt=0), name="area_multiplier"
            ),
            models.CheckConstraint(condition=Q(travel_fee__gte=0), name="area_travel_fee"),
        ]
        indexes = [
            models.Index(fields=["country", "city"], name="area_city"),
            GinIndex(fields=["postal_codes"], name="area_postal_codes"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"
