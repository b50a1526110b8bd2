"""What can be booked: the tree of categories, the services in it, and what goes with them."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.query import TreeQuerySet

from apps.catalog.models.entries import (
    CatalogQuerySet,
    TranslatedModel,
    not_negative,
    ordered,
    slug_once,
)
from kernel.audit import audited
from kernel.models import SoftDeleteManager
from kernel.money import MoneyField


class CategoryQuerySet(CatalogQuerySet, TreeQuerySet):  # type: ignore[misc]
    """Categories, which can also be walked as a tree."""


class ServiceCategory(TranslatedModel):
    """A branch of the tree of services, such as plumbing."""

    translatable = ("name", "description", "meta_title", "meta_description")

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
    lead_credits = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="What a lead costs providers, in credits; that of the branch above without it.",
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
            slug_once("category"),
            ordered("min_price", "max_price", "category_price_range"),
            ordered("estimated_duration_min", "estimated_duration_max", "category_duration_range"),
            models.CheckConstraint(
                condition=Q(commission_rate__range=(0, 100)),
                name="category_commission",
                violation_error_code="invalid_commission",
                violation_error_message="A commission is 0 to 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(lead_credits=None) | Q(lead_credits__range=(1, 1000)),
                name="category_lead_credits",
                violation_error_code="invalid_lead_credits",
                violation_error_message="A lead costs 1 to 1,000 credits.",
            ),
        ]
        indexes = [models.Index(fields=["sort_order", "id"], name="category_sorted")]
        triggers = [audited(tenant="")]

    def __str__(self) -> str:
        return self.name

    def get_cascade_fields(self) -> list[str]:
        """Its branches and services."""
        return ["children", "subcategories"]


class ServiceSubcategory(TranslatedModel):
    """A service that can be booked, such as fixing a leaking tap."""

    translatable = (
        *("name", "description", "safety_requirements"),
        *("meta_title", "meta_description"),
    )

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
            slug_once("subcategory"),
            not_negative("base_price", name="subcategory_price"),
            ordered("price_range_min", "price_range_max", "subcategory_price_range"),
        ]
        indexes = [models.Index(fields=["category", "sort_order"], name="subcategory_sorted")]
        triggers = [audited(tenant="")]

    def __str__(self) -> str:
        return self.name

    def get_cascade_fields(self) -> list[str]:
        """Its addons and packages."""
        return ["addons", "packages"]


class ServiceAddon(TranslatedModel):
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
            not_negative("price", name="addon_price"),
            ordered("min_quantity", "max_quantity", "addon_quantity_range"),
        ]
        triggers = [audited(tenant="")]

    def __str__(self) -> str:
        return self.name


class ServicePackage(TranslatedModel):
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
            not_negative("package_price", name="package_price"),
            models.CheckConstraint(
                condition=Q(discount_percentage__range=(0, 100)),
                name="package_discount",
                violation_error_code="invalid_discount",
                violation_error_message="A discount is 0 to 100 percent.",
            ),
            ordered("valid_from", "valid_until", "package_validity"),
        ]
        triggers = [audited(tenant="")]

    def __str__(self) -> str:
        return self.name
