"""Where users talk, and who takes part."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from kernel import clock
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    AbstractTimestampedModel,
    BaseQuerySet,
    CascadingSoftDeleteManager,
    SoftDeleteQuerySet,
    unique_active,
)
from kernel.viewer import Viewer


def rooms_of(viewer: Viewer) -> models.QuerySet[Any]:
    """The keys of the living rooms that a viewer takes part in now: who reads what is said there.

    From the participant's side, which has an index for it.
    """
    taking_part = ChatParticipant.objects.present().filter(user=viewer.user_id)
    found: models.QuerySet[Any] = taking_part.filter(room__is_deleted=False).values("room")
    return found


def in_own_rooms(rows: Any, viewer: Viewer, *, room: str = "room") -> Any:
    """Those of some rows that lead to a room which the viewer takes part in; all of them for staff
    who oversee just these.
    """
    if viewer.oversees(rows.model):
        return rows
    return rows.filter(**{f"{room}__in": rooms_of(viewer)}) if viewer.is_signed_in else rows.none()


class ChatRoomQuerySet(SoftDeleteQuerySet["ChatRoom"]):
    """Rooms by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those that one takes part in; all of them for staff who oversee them."""
        found: Self = in_own_rooms(self, viewer, room="pk")
        return found


class ChatRoom(AbstractCascadingSoftDeleteModel):
    """A place where users talk: about an order or a lead, with each other, or with the platform."""

    class Type(models.TextChoices):
        ORDER = "ORDER"
        LEAD = "LEAD"
        DIRECT = "DIRECT"
        SUPPORT = "SUPPORT"
        GROUP = "GROUP"

    chat_type = models.CharField(max_length=7, choices=Type, help_text="What kind of room it is.")
    order = models.ForeignKey(
        "orders.Order",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="chat_rooms",
        help_text="The order that it is about.",
    )
    lead_assignment = models.ForeignKey(
        "leads.LeadAssignment",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="chat_rooms",
        help_text="The lead in a provider's hands that it is about.",
    )
    participants = models.ManyToManyField(
        "accounts.User",
        through="chat.ChatParticipant",
        related_name="chat_rooms",
        help_text="Who takes part, or did.",
    )
    title = models.CharField(max_length=120, blank=True, help_text="What it is called.")
    is_active = models.BooleanField(default=True, help_text="Whether messages can be sent.")
    last_message_at = models.DateTimeField(
        null=True, blank=True, help_text="When something was last said."
    )
    last_number = models.PositiveIntegerField(
        default=0, help_text="The number of its newest message; 0 where there is none."
    )
    created_by = models.ForeignKey(
        "accounts.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who opened it.",
    )
    identity = models.TextField(  # noqa: DJ001 - several groups have none, and one empty text
        null=True,
        blank=True,
        editable=False,
        help_text="What makes it the one room of its kind.",
    )

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(ChatRoomQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "identity",
                name="chat_room_identity",
                code="room_exists",
                message="There is such a room already.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(chat_type="ORDER", order__isnull=False, lead_assignment=None)
                    | Q(chat_type="LEAD", order=None, lead_assignment__isnull=False)
                    | Q(
                        chat_type__in=["DIRECT", "SUPPORT", "GROUP"],
                        order=None,
                        lead_assignment=None,
                    )
                ),
                name="chat_room_subject",
            ),
            models.CheckConstraint(
                condition=Q(chat_type="GROUP", identity=None)
                | (~Q(chat_type="GROUP") & Q(identity__isnull=False)),
                name="chat_room_identified",
            ),
        ]
        # None on what each message changes: such updates stay on their page and touch no index.
        indexes = [models.Index(fields=["-created_at", "id"], name="chat_room_newest")]

    def __str__(self) -> str:
        return self.title or f"{self.chat_type} {self.pk}"

    @property
    def is_group(self) -> bool:
        """Whether members come and go."""
        return self.chat_type == self.Type.GROUP

    def get_cascade_fields(self) -> list[str]:
        """What was said there."""
        return ["messages"]


class ChatParticipantQuerySet(BaseQuerySet["ChatParticipant"]):
    """Participants by state and by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own rooms; all of them for staff who oversee them."""
        found: Self = in_own_rooms(self, viewer)
        return found

    def present(self) -> Self:
        """Those who take part now."""
        return self.filter(left_at=None)

    def unread(self) -> Self:
        """Those who have not read all that others said."""
        return self.filter(unread_count__gt=0)


class ChatParticipant(AbstractTimestampedModel):
    """A user in a room: how far they have read, and how they are told of news."""

    class Role(models.TextChoices):
        OWNER = "OWNER"
        MEMBER = "MEMBER"
        AGENT = "AGENT"

    # For both, a wider index below begins with the column.
    room = models.ForeignKey(
        ChatRoom,
        models.CASCADE,
        related_name="participations",
        db_index=False,
        help_text="Where.",
    )
    user = models.ForeignKey(
        "accounts.User",
        models.CASCADE,
        related_name="chat_participations",
        db_index=False,
        help_text="Who.",
    )
    role = models.CharField(
        max_length=6, choices=Role, default=Role.MEMBER, help_text="What they may do there."
    )
    joined_at = models.DateTimeField(default=clock.now, help_text="Since when they take part.")
    left_at = models.DateTimeField(null=True, blank=True, help_text="When they left.")
    blocked_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when they read, and may not write."
    )
    read_number = models.PositiveIntegerField(
        default=0, help_text="The number of the last message that they have read."
    )
    read_at = models.DateTimeField(null=True, blank=True, help_text="When they read it.")
    delivered_number = models.PositiveIntegerField(
        default=0, help_text="The number of the last message that reached them."
    )
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="When it did.")
    unread_count = models.PositiveIntegerField(
        default=0, help_text="Messages of others that they have not read."
    )
    notifications_enabled = models.BooleanField(
        default=True, help_text="Whether they are told of messages."
    )
    mute_until = models.DateTimeField(
        null=True, blank=True, help_text="Until when they are not told of messages."
    )
    last_seen = models.DateTimeField(
        null=True, blank=True, help_text="When they last had the room open."
    )
    is_away = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether they closed the room when they were last seen.",
    )

    objects: ClassVar[Any] = ChatParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room", "user"],
                name="chat_participant_once",
                violation_error_code="already_participant",
                violation_error_message="The user is in the room already.",
            ),
            models.CheckConstraint(
                condition=Q(read_number__lte=F("delivered_number")),
                name="chat_participant_delivered",
            ),
            models.CheckConstraint(
                condition=Q(unread_count__gte=0), name="chat_participant_unread"
            ),
        ]
        # None on what each message changes, as with rooms.
        indexes = [models.Index(fields=["user", "room"], name="chat_participant_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"

    @property
    def is_present(self) -> bool:
        """Whether they take part now."""
        return self.left_at is None
