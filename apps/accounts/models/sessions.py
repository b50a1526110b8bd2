"""How users sign in and stay so: sessions, second factors, codes, and the devices they carry."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.audit import audited
from kernel.encryption import BlindIndexField, EncryptedTextField
from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class OwnQuerySet(BaseQuerySet[Any]):
    """Rows that their user alone may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own."""
        return self if viewer.is_system else self.filter(user=viewer.user_id)


class SessionQuerySet(OwnQuerySet):
    """Sessions by whose they are."""

    def live(self) -> Self:
        """Those that have neither ended nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=clock.now())

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own that go on."""
        return super().visible_to(viewer).live()


class Session(AbstractTimestampedModel):
    """A device that a user is signed in on. Its refresh tokens are one family."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="sessions",
        help_text="Who is signed in.",
    )
    organization = models.ForeignKey(
        settings.TENANT_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The organization that the session acts for.",
    )
    token_hash = models.CharField(max_length=64, help_text="SHA-256 of the live refresh token.")
    user_agent = models.CharField(max_length=300, blank=True, help_text="The client's own name.")
    ip_address = models.GenericIPAddressField(null=True, help_text="Where it was last used from.")
    last_used_at = models.DateTimeField(help_text="When it was last used.")
    expires_at = models.DateTimeField(help_text="When it ends unless it is refreshed.")
    revoked_at = models.DateTimeField(null=True, help_text="When it was ended.")
    verified_at = models.DateTimeField(
        null=True, help_text="When the password or a second factor was last shown in it."
    )
    second_factor_at = models.DateTimeField(
        null=True, help_text="When a second factor was last shown in it."
    )

    objects: ClassVar[Any] = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-last_used_at"], name="session_user")]

    def __str__(self) -> str:
        return f"{self.user_agent or self.pk}"


class MfaDevice(AbstractTimestampedModel):
    """An authenticator app that makes a user's one-time passwords (TOTP, RFC 6238)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mfa_devices", help_text="Whose."
    )
    name = models.CharField(max_length=60, help_text="What the user calls it.")
    secret = EncryptedTextField(help_text="What it shares with us, in base32.")
    confirmed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When a first code showed that it works; it does nothing before.",
    )
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="When it last let the user in."
    )
    #: The time step of the last code taken: none of it or before is taken again.
    last_step = models.BigIntegerField(default=0)

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(confirmed_at__isnull=False),
                name="mfa_device_once",
                violation_error_code="mfa_enabled",
                violation_error_message="A second factor is set up already.",
            )
        ]
        triggers = [
            audited(tenant="", personal=("name", "secret"), ignored=("last_step", "last_used_at"))
        ]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(AbstractTimestampedModel):
    """A code that stands in once for a device that was lost."""

    device = models.ForeignKey(MfaDevice, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "code_hash"], name="recovery_code_once")
        ]
        triggers = [audited(tenant="", personal=("code_hash",))]

    def __str__(self) -> str:
        return f"of {self.device_id}"


class Challenge(AbstractTimestampedModel):
    """Something secret that a user has to show once: a code that was sent, a reset link, the token
    of a sign-in that waits for its second factor. Only its hash is kept.
    """

    class Kind(models.TextChoices):
        EMAIL = "EMAIL"
        PHONE = "PHONE"
        PASSWORD_RESET = "PASSWORD_RESET"
        SECOND_FACTOR = "SECOND_FACTOR"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    #: The address or number that it was sent to, and that it proves.
    target = EncryptedTextField(blank=True, default="")
    target_index = BlindIndexField(source="target")
    secret_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "kind", "-created_at"], name="challenge_newest"),
            models.Index(fields=["secret_hash"], name="challenge_secret"),
            models.Index(fields=["expires_at"], name="challenge_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class Device(AbstractTimestampedModel):
    """A phone, tablet or browser that takes push messages."""

    class Platform(models.TextChoices):
        IOS = "IOS"
        ANDROID = "ANDROID"
        WEB = "WEB"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices", help_text="Whose."
    )
    token = models.CharField(
        max_length=400, unique=True, help_text="What Firebase Cloud Messaging knows it by."
    )
    platform = models.CharField(max_length=7, choices=Platform, help_text="What it runs.")
    last_seen_at = models.DateTimeField(help_text="When the application last ran on it.")

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.platform} of {self.user_id}"
