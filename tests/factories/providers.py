"""Providers and what they offer."""

from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from apps.providers.models import (
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
    ServiceProviderService,
)
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.factories.catalog import SubcategoryFactory
from tests.factories.organizations import OrganizationFactory


class ProviderFactory(DjangoModelFactory[ServiceProviderProfile]):
    """A verified provider in Cape Town; ``user=`` says who runs it."""

    class Meta:
        model = ServiceProviderProfile

    class Params:
        user: Any = factory.SubFactory(UserFactory)

    user_profile: Any = factory.SubFactory(UserProfileFactory, user=factory.SelfAttribute("..user"))
    organization: Any = factory.SubFactory(OrganizationFactory)
    business_name = factory.Sequence(lambda n: f"Pipes {n}")
    is_verified_provider = True
    city = "Cape Town"
    country = "ZA"
    currency = "ZAR"
    latitude = -33.93
    longitude = 18.46


class OfferedServiceFactory(DjangoModelFactory[ServiceProviderService]):
    """A service that a provider offers."""

    class Meta:
        model = ServiceProviderService

    provider: Any = factory.SubFactory(ProviderFactory)
    subcategory: Any = factory.SubFactory(SubcategoryFactory)
    currency = "ZAR"
    base_price = 50000


class DocumentFactory(DjangoModelFactory[ProviderDocument]):
    """A licence that waits for staff; ``approved=True`` is one that they found good."""

    class Meta:
        model = ProviderDocument

    class Params:
        approved = factory.Trait(status=ProviderDocument.Status.APPROVED)

    provider: Any = factory.SubFactory(ProviderFactory)
    document_type = ProviderDocument.Type.LICENSE
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7", name="licence.pdf"))
    name = "licence.pdf"
    content_type = "application/pdf"


class HoursExceptionFactory(DjangoModelFactory[ProviderHoursException]):
    """A day on which a provider is closed."""

    class Meta:
        model = ProviderHoursException

    provider: Any = factory.SubFactory(ProviderFactory)
    date = "2030-01-01"


class TimeOffFactory(DjangoModelFactory[ProviderTimeOff]):
    """A holiday."""

    class Meta:
        model = ProviderTimeOff

    provider: Any = factory.SubFactory(ProviderFactory)
    starts_at = "2030-01-01T00:00:00Z"
    ends_at = "2030-01-08T00:00:00Z"
