"""The standing cast."""

from functools import cached_property

from apps.accounts.models import ClientProfile, User
from apps.providers.models import ServiceProviderProfile
from tests.factories.accounts import ClientFactory, UserFactory
from tests.factories.organizations import MembershipFactory
from tests.factories.providers import ProviderFactory


class Cast:
    """People who come to be when a test first names them."""

    @cached_property
    def ada(self) -> User:
        """Runs a verified business in Cape Town."""
        return UserFactory(email="ada@example.org", first_name="Ada", name="Ada Nkosi")

    @cached_property
    def ada_business(self) -> ServiceProviderProfile:
        """Ada's business."""
        membership = MembershipFactory(user=self.ada)
        return ProviderFactory(user=self.ada, organization=membership.organization)

    @cached_property
    def ben(self) -> User:
        """Asks for work."""
        return UserFactory(email="ben@example.org", first_name="Ben", name="Ben Botha")

    @cached_property
    def ben_client(self) -> ClientProfile:
        """Ben as a client."""
        return ClientFactory(user=self.ben)

    @cached_property
    def cleo(self) -> User:
        """Has nothing to do with anything here, but is a client and a verified provider too."""
        user = UserFactory(email="cleo@example.org", first_name="Cleo", name="Cleo Stranger")
        client = ClientFactory(user=user)
        ProviderFactory(user_profile=client.user_profile, organization__name="Cleo's")
        return user

    @cached_property
    def dora(self) -> User:
        """Runs the platform."""
        return UserFactory(email="dora@example.org", first_name="Dora", is_staff=True)
