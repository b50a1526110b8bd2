"""Providers and what they offer."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.providers.models import ServiceProviderProfile, ServiceProviderService
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
