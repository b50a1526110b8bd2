"""The event log, idempotency records, audit entries, messages that go out, settings, versions."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    RegexValidator,
    URLValidator,
)
from django.db import models
from django.db.models import Func, Q

from apps.core.versions import check_version
from kernel import clock
from kernel.audit import audited
from kernel.encryption import EncryptedTextField
from kernel.ids import uuid7
from kernel.models import AbstractKeyedModel, AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer

#: The permission code that opens the audit trail of the active organization.
AUDIT_READ = "audit.read"
#: How settings are named: words and numbers, with dots between the parts.
SETTING_KEY = r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*"
#: The longest value of a setting, and the largest number that the API has.
VALUE_LENGTH, LARGEST = 10_000, 2**31 - 1


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


class TrustedDocument(models.Model):
    """A document that a client was built with; none other runs where only trusted ones do."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=100, unique=True)
    #: SHA-256 of the text, in hexadecimal digits.
    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    registered_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name or self.key


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


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Audit entries by who may read them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the active organization, for members with the permission; all of them for
        staff.
        """
        if viewer.oversees(self.model):
            return self
        if viewer.organization_id is None or not viewer.can(AUDIT_READ):
            return self.none()
        return self.filter(organization=viewer.organization_id)


class AuditEntry(models.Model):
    """Something that was done: a row that changed, a sign-in, an export, a grant, a look at
    personal data. Entries are never changed or removed.
    """

    class Action(models.TextChoices):
        INSERT = "INSERT"
        UPDATE = "UPDATE"
        DELETE = "DELETE"
        SIGN_IN = "SIGN_IN"
        SIGN_IN_FAILED = "SIGN_IN_FAILED"
        SIGN_OUT = "SIGN_OUT"
        STEP_UP = "STEP_UP"
        GRANT = "GRANT"
        REVOKE = "REVOKE"
        READ = "READ"
        EXPORT = "EXPORT"
        ERASE = "ERASE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(
        default=clock.now, editable=False, help_text="When it was done."
    )
    action = models.CharField(max_length=20, choices=Action, help_text="What was done.")
    object_type = models.CharField(max_length=80, help_text="The model of what it was done to.")
    object_id = models.UUIDField(help_text="The key of what it was done to.")
    changes = models.JSONField(
        default=dict,
        help_text="Columns with their values before and after; null where they are personal.",
    )
    # Not constrained: an entry outlives whom it names, and is written without asking for them.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        help_text="Who did it; nobody where the system did.",
    )
    organization = models.ForeignKey(
        settings.TENANT_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="The organization that it concerns.",
    )
    request_id = models.CharField(
        max_length=64, blank=True, help_text="The request in which it was done."
    )
    ip_address = models.GenericIPAddressField(null=True, help_text="Where it was done from.")

    objects: ClassVar[Any] = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["object_id", "created_at"], name="audit_object"),
            models.Index(fields=["organization", "created_at"], name="audit_organization"),
            models.Index(fields=["created_at"], name="audit_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type}"


class OutboundMessage(AbstractTimestampedModel):
    """A mail or a text message on its way out: written with what caused it, sent after that."""

    class Channel(models.TextChoices):
        EMAIL = "EMAIL"
        SMS = "SMS"

    class State(models.TextChoices):
        WAITING = "WAITING"
        SENT = "SENT"
        DELIVERED = "DELIVERED"
        FAILED = "FAILED"

    channel = models.CharField(max_length=5, choices=Channel)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    recipient = EncryptedTextField()
    subject = models.CharField(max_length=200, blank=True)
    #: Codes and links in them are secrets: emptied once nobody has to send them any more.
    text = EncryptedTextField(blank=True)
    html = EncryptedTextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    error = models.CharField(max_length=200, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    #: Names the message in its report's address, which nobody signs.
    report_token = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "SENT", "DELIVERED", "FAILED"]),
                name="outbound_message_state",
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], name="outbound_message_age"),
            models.Index(
                fields=["due_at"], condition=Q(state="WAITING"), name="outbound_message_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} by {self.channel}"


class DailyCount(models.Model):
    """How often something was done on a day, where a day has a limit."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="daily_count_once")]
        indexes = [models.Index(fields=["day"], name="daily_count_day")]

    def __str__(self) -> str:
        return f"{self.name} on {self.day}"


class SystemSettingQuerySet(BaseQuerySet["SystemSetting"]):
    """Settings by who may read them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Public settings; all of them for staff."""
        return self if viewer.oversees(self.model) else self.filter(is_public=True)


class SystemSetting(AbstractTimestampedModel):
    """A named value that administrators change while the system runs."""

    class Type(models.TextChoices):
        STRING = "STRING"
        INTEGER = "INTEGER"
        DECIMAL = "DECIMAL"
        BOOLEAN = "BOOLEAN"
        JSON = "JSON"

    key = models.CharField(
        max_length=100,
        validators=[RegexValidator(rf"\A{SETTING_KEY}\Z", "This is no key.", "invalid_key")],
        help_text="Its name, such as pricing.urgent_percent.",
    )
    value = models.TextField(
        blank=True, validators=[MaxLengthValidator(VALUE_LENGTH)], help_text="Its value, as text."
    )
    description = models.TextField(blank=True, help_text="What it is for.")
    is_public = models.BooleanField(default=False, help_text="Whether clients may read it.")
    setting_type = models.CharField(
        max_length=10, choices=Type, default=Type.STRING, help_text="How its value is read."
    )
    validation_regex = models.CharField(
        max_length=300,
        blank=True,
        help_text="A regular expression of PostgreSQL's that the whole of its value matches.",
    )
    min_value = models.DecimalField(
        max_digits=20,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="The least number; of a text, the least length.",
    )
    max_value = models.DecimalField(
        max_digits=20,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="The greatest number; of a text, the greatest length.",
    )
    requires_admin = models.BooleanField(
        default=True, help_text="Whether only administrators may change it."
    )
    category = models.CharField(max_length=60, blank=True, help_text="What it is grouped under.")

    objects: ClassVar[Any] = SystemSettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="setting_key",
                violation_error_code="key_taken",
                violation_error_message="There is a setting of this key.",
            ),
            models.CheckConstraint(
                condition=Q(min_value__isnull=True)
                | Q(max_value__isnull=True)
                | Q(min_value__lte=models.F("max_value")),
                name="setting_range",
                violation_error_code="invalid_rule",
                violation_error_message="The least value is above the greatest.",
            ),
        ]
        triggers = [audited(tenant="")]

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

    version = models.CharField(
        max_length=20, validators=[check_version], help_text="Its name, such as 2.4.1."
    )
    build_number = models.PositiveIntegerField(help_text="Its build, which only grows.")
    release_notes = models.TextField(blank=True, help_text="What is new in it.")
    is_forced_update = models.BooleanField(
        default=False, help_text="Whether older versions must update."
    )
    is_active = models.BooleanField(default=True, help_text="Whether it may be used.")
    release_date = models.DateField(help_text="The day of its release.")
    platform = models.CharField(max_length=10, choices=Platform, help_text="What it runs on.")
    download_url = models.CharField(
        max_length=200,
        blank=True,
        validators=[URLValidator(["https"], code="invalid_download_url")],
        help_text="Where it can be had.",
    )
    file_size = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(LARGEST)],
        help_text="Bytes to load.",
    )
    checksum = models.CharField(
        max_length=128,
        blank=True,
        validators=[
            RegexValidator(
                r"\A[0-9A-Fa-f]{64}\Z", "A SHA-256 is 64 hexadecimal digits.", "invalid_checksum"
            )
        ],
        help_text="SHA-256 of the file.",
    )
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
        triggers = [audited(tenant="", noted=("version",))]

    def __str__(self) -> str:
        return f"{self.platform} {self.version}"
