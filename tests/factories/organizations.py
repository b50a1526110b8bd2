"""Organizations and memberships."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.organizations.models import Membership, Organization
from apps.organizations.services.organizations import system_role
from tests.factories.accounts import UserFactory


class OrganizationFactory(DjangoModelFactory[Organization]):
    """An organization."""

    class Meta:
        model = Organization

    name = "Ada's Pipes"
    slug = factory.Sequence(lambda n: f"org-{n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    """A membership; ``named=`` is the system role."""

    class Meta:
        model = Membership

    class Params:
        named = "owner"

    organization: Any = factory.SubFactory(OrganizationFactory)
    user: Any = factory.SubFactory(UserFactory)
    role = factory.LazyAttribute(lambda o: system_role(o.named))
