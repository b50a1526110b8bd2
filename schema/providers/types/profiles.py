"""Businesses that carry out services, without contact data."""

from typing import Any

import strawberry_django
from django.db.models import CharField, F, Q, Value
from strawberry import auto

from apps.credits.models import CreditWallet
from apps.providers import models
from kernel.actions import ALWAYS
from kernel.viewer import Viewer
from schema.base.pagination import Connection, connection
from schema.base.types import Node, derived, only_for
from schema.catalog.types import ServiceArea
from schema.providers.document_filters import ProviderDocumentFilter, ProviderDocumentOrder
from schema.providers.hours_filters import (
    ProviderHoursExceptionFilter,
    ProviderHoursExceptionOrder,
    ProviderTimeOffFilter,
    ProviderTimeOffOrder,
)
from schema.providers.types.documents import ProviderDocument
from schema.providers.types.hours import ProviderHoursException, ProviderTimeOff
from schema.providers.types.offers import ServiceProviderService
from schema.reviews.filters import ReviewFilter, ReviewOrder
from schema.reviews.types import Review

Type = models.ProviderDocument.Type


def _shows(document_type: models.ProviderDocument.Type, description: str) -> Any:
    """A field that says whether a provider has such a document, and that it holds."""
    return strawberry_django.field(
        annotate=lambda _info: models.shows(document_type), description=description
    )


def is_own_business(viewer: Viewer) -> Q:
    """The viewer's own row."""
    return Q(user_profile__user=viewer.user_id)


def sees_credits(viewer: Viewer) -> Q:
    """The viewer's own row; all of them for staff who see wallets."""
    return ALWAYS if viewer.oversees(CreditWallet) else is_own_business(viewer)


def _own(name: str) -> Any:
    """A column that a provider reads back of what it said, and nobody else but staff."""
    return only_for(models.ServiceProviderProfile, name, rule=is_own_business)


@strawberry_django.type(models.ServiceProviderProfile)
class ServiceProviderProfile(Node):
    """A business that carries out services."""

    business_name: auto
    business_description: auto
    years_of_experience: auto
    travel_radius: auto
    city: auto
    country: auto
    time_zone: auto
    currency: auto
    is_available: auto
    availability_schedule: auto
    average_rating: auto
    total_reviews: auto
    is_verified_provider: auto
    response_time_minutes: auto
    completion_rate: auto
    jobs_completed: auto
    created_at: auto
    version: auto

    business_license = _own("business_license")
    latitude = _own("latitude")
    longitude = _own("longitude")
    leads_received = _own("leads_received")
    leads_won = _own("leads_won")
    conversion_rate = _own("conversion_rate")

    is_licensed: bool = _shows(Type.LICENSE, "Whether staff saw a licence that holds.")
    is_insured: bool = _shows(Type.INSURANCE, "Whether staff saw an insurance that holds.")
    is_background_checked: bool = _shows(
        Type.BACKGROUND_CHECK, "Whether staff saw a background check that holds."
    )

    credit_balance = derived(
        "credit_balance",
        int,
        F("credit_wallet__balance"),
        rule=sees_credits,
        description="Credits left to spend, for itself; null before the first ones.",
    )
    # Plans are a domain still to come: nobody is on one yet.
    subscription_tier: str | None = strawberry_django.field(
        annotate=Value(None, output_field=CharField()),
        description="The plan that it is on; null without one.",
    )

    @strawberry_django.field(description="Kilometres from the place of `near`; null without it.")
    def distance_km(self) -> float | None:
        """How far it is from the place that was asked for."""
        return getattr(self, "distance_km", None)

    reviews: Connection[Review] = connection(
        filters=ReviewFilter,
        order=ReviewOrder,
        description="What clients say about it, and what it said about them: those that the caller"
        " may read, the newest first.",
    )
    services: Connection[ServiceProviderService] = connection(description="What it offers.")
    service_areas: Connection[ServiceArea] = connection(description="Where it works.")
    verification_documents: Connection[ProviderDocument] = connection(
        filters=ProviderDocumentFilter,
        order=ProviderDocumentOrder,
        description="The documents that it showed; nobody but itself and staff sees these.",
    )
    hours_exceptions: Connection[ProviderHoursException] = connection(
        filters=ProviderHoursExceptionFilter,
        order=ProviderHoursExceptionOrder,
        description="Days with other hours; nobody but itself and staff sees these.",
    )
    time_off: Connection[ProviderTimeOff] = connection(
        filters=ProviderTimeOffFilter,
        order=ProviderTimeOffOrder,
        description="When it is away; nobody but itself and staff sees these.",
    )
