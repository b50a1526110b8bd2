"""Users and their profiles."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.accounts.models import ClientProfile, User, UserProfile


class UserFactory(DjangoModelFactory[User]):
    """A user who cannot sign in by password."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    first_name = "Sam"
    name = "Sam"
    password = "!"


class UserProfileFactory(DjangoModelFactory[UserProfile]):
    """A user's profile."""

    class Meta:
        model = UserProfile

    user: Any = factory.SubFactory(UserFactory)


class ClientFactory(DjangoModelFactory[ClientProfile]):
    """A client; ``user=`` says whose side it is."""

    class Meta:
        model = ClientProfile

    class Params:
        user: Any = factory.SubFactory(UserFactory)

    user_profile: Any = factory.SubFactory(UserProfileFactory, user=factory.SelfAttribute("..user"))
