"""The standing cast."""

from functools import cached_property
from typing import Any

from apps.accounts.models import ClientProfile, User
from apps.orders.models import Bid, Order, OrderAssignment
from apps.providers.models import ServiceProviderProfile
from tests.factories.accounts import ClientFactory, UserFactory
from tests.factories.orders import BidFactory, OrderFactory
from tests.factories.organizations import MembershipFactory
from tests.factories.providers import ProviderFactory
from tests.factories.reviews import finished_order


class Cast:
    """People who come to be when a test first names them."""

    #: Who is not signed in.
    nobody = None

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
        return self.ben_client.user_profile.user

    @cached_property
    def ben_client(self) -> ClientProfile:
        """Ben as a client."""
        return ClientFactory(
            user=UserFactory(email="ben@example.org", first_name="Ben", name="Ben Botha")
        )

    @cached_property
    def cleo(self) -> User:
        """Has nothing to do with anything here, but is a client and a verified provider too."""
        user = UserFactory(email="cleo@example.org", first_name="Cleo", name="Cleo Stranger")
        client = ClientFactory(user=user)
        ProviderFactory(user_profile=client.user_profile, organization__name="Cleo's")
        return user

    @cached_property
    def dora(self) -> User:
        """Runs the platform, and may do everything there."""
        return UserFactory(
            email="dora@example.org", first_name="Dora", is_staff=True, is_superuser=True
        )

    @cached_property
    def eve(self) -> User:
        """Is of the staff, and was given no permission."""
        return UserFactory(email="eve@example.org", first_name="Eve", is_staff=True)

    def ben_order(self, **traits: Any) -> Order:
        """An order of Ben's, a draft where nothing else is said."""
        return OrderFactory(client_profile=self.ben_client, **traits)

    def ada_bid(self, **traits: Any) -> Bid:
        """A bid of Ada's, on a published order of Ben's where no other is given."""
        if "order" not in traits:
            traits["order"] = self.ben_order(published=True, bid_count=1)
        return BidFactory(provider=self.ada_business, **traits)

    def ada_work(self, **traits: Any) -> Order:
        """An order of Ben's that Ada carries out."""
        return self.ben_order(won_by=self.ada_business, bid_count=1, **traits)

    def ada_finished_work(self, **traits: Any) -> OrderAssignment:
        """An order of Ben's that Ada carried out, and Ben confirmed yesterday."""
        sides = {"bid__order__client_profile": self.ben_client, "bid__provider": self.ada_business}
        return finished_order(**sides | traits)
