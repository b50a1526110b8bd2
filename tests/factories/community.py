"""Requests for friendship, and what users have verified."""

from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from apps.accounts.models import Device, FriendRequest, UserVerification, VerificationEvidence
from kernel import clock
from tests.factories.accounts import UserFactory, UserProfileFactory


class FriendRequestFactory(DjangoModelFactory[FriendRequest]):
    """A request that waits for its answer."""

    class Meta:
        model = FriendRequest

    sender: Any = factory.SubFactory(UserFactory)
    receiver: Any = factory.SubFactory(UserFactory)


class VerificationFactory(DjangoModelFactory[UserVerification]):
    """A claim about an identity that waits for staff; ``user=`` says whose."""

    class Meta:
        model = UserVerification

    class Params:
        user: Any = factory.SubFactory(UserFactory)

    user_profile: Any = factory.SubFactory(UserProfileFactory, user=factory.SelfAttribute("..user"))
    verification_type = UserVerification.Type.IDENTITY


class EvidenceFactory(DjangoModelFactory[VerificationEvidence]):
    """A file that shows what is claimed."""

    class Meta:
        model = VerificationEvidence

    verification: Any = factory.SubFactory(VerificationFactory)
    name = "passport.pdf"
    content_type = "application/pdf"
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.4", name="passport.pdf"))


class DeviceFactory(DjangoModelFactory[Device]):
    """A phone."""

    class Meta:
        model = Device

    user: Any = factory.SubFactory(UserFactory)
    token = factory.Sequence(lambda n: f"token-{n}")
    platform = Device.Platform.ANDROID
    last_seen_at = factory.LazyFunction(clock.now)
