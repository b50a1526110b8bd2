"""The event log, idempotency records, system settings and app versions."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q

from kernel import clock
from kernel.models import AbstractKeyedModel, AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class CurrentTransaction(Func):
    """The id of the running transaction, as a number that grows without wrapping."""

    function = "pg_current_xact_id"
    template = "(%(function)s()::text::bigint)"
    output_field = models.BigIntegerField()


class EventRecord(models.Model):
    """A fact in the event log, written in the transaction that made it true."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField(db_default=CurrentTransaction())
    type = models.CharField(max_length=80)
    payload = models.JSONField()
    actor_id = models.UUIDField(null=True)
    organization_id = models.UUIDField(null=True)
    topics = ArrayField(models.CharField(max_length=100))
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["transaction_id", "id"], name="event_position"),
            models.Index(fields=["occurred_at"], name="event_occurred"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class EventTopic(models.Model):
    """The place of a fact in one stream: what a subscription reads, by one range of an index."""

    event = models.ForeignKey(EventRecord, models.CASCADE, related_name="places")
    topic = models.CharField(max_length=100)
    transaction_id = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        indexes = [
            models.Index(fields=["topic", "transaction_id", "event"], name="event_topic_position"),
        ]

    def __str__(self) -> str:
        return self.topic


class EventHorizon(models.Model):
    """The last position that retention removed: cursors before it have a gap."""

    transaction_id = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.transaction_id}.{self.event_id}"


class Delivery(models.Model):
    """What one handler has yet to do, or did, about a fact."""

    class State(models.TextChoices):
        WAITING = "WAITING"
        DONE = "DONE"
        PARKED = "PARKED"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(EventRecord, models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    due_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "DONE", "PARKED"]), name="delivery_state"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="WAITING"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} of event {self.event_id}"


class IdempotencyRecord(models.Model):
    """What a keyed mutation answered, so that its repeat answers the same."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=100)
    operation = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    result_model = models.CharField(max_length=80, blank=True)
    result_id = models.CharField(max_length=40, blank=True)
    refusal = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "operation", "key"], name="idempotency_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"


class SystemSettingQuerySet(BaseQuerySet["SystemSetting"]):
    """Settings by who may read them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Public settings; all of them for staff."""
        return self if viewer.is_staff else self.filter(is_public=True)


class SystemSetting(AbstractTimestampedModel):
    """A named value that administrators change while the system runs."""

    class Type(models.TextChoices):
        STRING = "STRING"
        INTEGER = "INTEGER"
        DECIMAL = "DECIMAL"
        BOOLEAN = "BOOLEAN"
        JSON = "JSON"

    key = models.SlugField(max_length=100, unique=True, help_text="Its name.")
    value = models.TextField(blank=True, help_text="Its value, as text.")
    description = models.TextField(blank=True, help_text="What it is for.")
    is_public = models.BooleanField(default=False, help_text="Whether clients may read it.")
    setting_type = models.CharField(
        max_length=10, choices=Type, default=Type.STRING, help_text="How its value is read."
    )
    validation_regex = models.CharField(
        max_length=300, blank=True, help_text="An expression that a valid value matches."
    )
    min_value = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, blank=True, help_text="The least number."
    )
    max_value = models.DecimalField(
        max_digits=20, decimal_places=6, null=True, blank=True, help_text="The greatest number."
    )
    requires_admin = models.BooleanField(
        default=True, help_text="Whether only administrators may change it."
    )
    category = models.CharField(max_length=60, blank=True, help_text="What it is grouped under.")

    objects: ClassVar[Any] = SystemSettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_value__isnull=True)
                | Q(max_value__isnull=True)
                | Q(min_value__lte=models.F("max_value")),
                name="setting_range",
                violation_error_code="invalid_range",
                violation_error_message="The least value is above the greatest.",
            )
        ]

    def __str__(self) -> str:
        return self.key


class AppVersionQuerySet(BaseQuerySet["AppVersion"]):
    """App versions, which everyone may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All of them."""
        return self


class AppVersion(AbstractKeyedModel):
    """A released version of a client application. Its ``version`` is the release's name."""

    class Platform(models.TextChoices):
        IOS = "IOS"
        ANDROID = "ANDROID"
        WEB = "WEB"

    version = models.CharField(max_length=20, help_text="Its name, such as 2.4.1.")
    build_number = models.PositiveIntegerField(help_text="Its build, which only grows.")
    release_notes = models.TextField(blank=True, help_text="What is new in it.")
    is_forced_update = models.BooleanField(
        default=False, help_text="Whether older versions must update."
    )
    is_active = models.BooleanField(default=True, help_text="Whether it may be used.")
    release_date = models.DateField(help_text="The day of its release.")
    platform = models.CharField(max_length=10, choices=Platform, help_text="What it runs on.")
    download_url = models.URLField(blank=True, help_text="Where it can be had.")
    file_size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes to load.")
    checksum = models.CharField(max_length=128, blank=True, help_text="SHA-256 of the file.")
    min_os_version = models.CharField(max_length=20, blank=True, help_text="The oldest system.")
    max_os_version = models.CharField(max_length=20, blank=True, help_text="The newest system.")
    device_requirements = models.JSONField(
        default=dict, blank=True, help_text="What a device must have."
    )

    objects: ClassVar[Any] = AppVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "build_number"], name="app_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.version}"
