"""What the two sides of finished work say about each other."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from kernel.actions import NEVER
from kernel.audit import audited
from kernel.models import AbstractSoftDeleteModel, SoftDeleteManager, SoftDeleteQuerySet
from kernel.viewer import Viewer

LONGEST_COMMENT, LONGEST_RESPONSE = 4_000, 2_000
#: What only clients rate, besides the whole and how one can talk with the other side.
FOR_CLIENTS = ("quality_rating", "punctuality_rating", "value_rating")


class Side(models.TextChoices):
    """Who writes: about the other one."""

    CLIENT = "CLIENT"
    PROVIDER = "PROVIDER"


class ModerationStatus(models.TextChoices):
    """What staff think of a review."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class ReviewQuerySet(SoftDeleteQuerySet["Review"]):
    """Reviews by who may read them."""

    def shown(self) -> Self:
        """Those that the other side reads: hidden no longer, and good in the eyes of staff."""
        return self.filter(SHOWN)

    def published(self) -> Self:
        """Those that everybody reads, and that count: all of them about providers."""
        return self.filter(PUBLISHED)

    def hidden(self) -> Self:
        """Those that wait for the other side's, or for their time to come."""
        return self.filter(revealed_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """Published ones; one's own; those about oneself that are shown; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.published()
        return self.filter(PUBLISHED | Q(author=viewer.user_id) | (SHOWN & is_about(viewer)))


class Review(AbstractSoftDeleteModel):
    """What one side of finished work says about the other. Hidden until both wrote, or some days
    are over.
    """

    Side, Status = Side, ModerationStatus

    lead_assignment = models.ForeignKey(
        "leads.LeadAssignment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        help_text="The work that it is about, where that came of a lead.",
    )
    order_assignment = models.ForeignKey(
        "orders.OrderAssignment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        help_text="The work that it is about, where that came of an order.",
    )
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="reviews",
        db_index=False,  # A wider index below begins with it.
        help_text="Who carried the work out.",
    )
    client = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", help_text="Who asked for the work."
    )
    author = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="reviews", help_text="Who wrote it."
    )
    side = models.CharField(
        max_length=8, choices=Side, help_text="Which side wrote it, about the other one."
    )
    rating = models.IntegerField(help_text="The whole, 1 to 5 stars.")
    quality_rating = models.IntegerField(
        null=True, blank=True, help_text="How good the work is, 1 to 5; of providers alone."
    )
    communication_rating = models.IntegerField(
        null=True, blank=True, help_text="How one could talk with them, 1 to 5."
    )
    punctuality_rating = models.IntegerField(
        null=True, blank=True, help_text="How well they kept to times, 1 to 5; of providers alone."
    )
    value_rating = models.IntegerField(
        null=True, blank=True, help_text="What it was for the price, 1 to 5; of providers alone."
    )
    title = models.CharField(max_length=120, blank=True, help_text="What it says, in a line.")
    comment = models.TextField(
        blank=True, validators=[MaxLengthValidator(LONGEST_COMMENT)], help_text="What it says."
    )
    provider_response = models.TextField(
        blank=True,
        validators=[MaxLengthValidator(LONGEST_RESPONSE)],
        help_text="What the side that it is about answered.",
    )
    responded_at = models.DateTimeField(null=True, blank=True, help_text="When it was answered.")
    is_public = models.BooleanField(
        help_text="Whether everybody may read it; else its two sides alone do."
    )
    is_verified = models.BooleanField(
        default=True, help_text="Whether the platform knows of the work."
    )
    revealed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the other side could read it; null while hidden."
    )
    moderation_status = models.CharField(
        max_length=8,
        choices=Status,
        default=Status.APPROVED,
        help_text="Whether staff let it be read.",
    )
    moderated_at = models.DateTimeField(
        null=True, blank=True, help_text="When staff last decided about it."
    )
    moderated_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who decided.",
    )
    moderation_note = models.TextField(
        blank=True,
        validators=[MaxLengthValidator(LONGEST_RESPONSE)],
        help_text="Why staff decided so, for its author to read.",
    )
    is_counted = models.BooleanField(
        default=False, editable=False, help_text="Whether the provider's figures hold it."
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ReviewQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lead_assignment=None, order_assignment__isnull=False)
                | Q(lead_assignment__isnull=False, order_assignment=None),
                name="review_one_work",
                violation_error_code="one_work",
                violation_error_message="Name either the assignment of an order or that of a lead.",
            ),
            *(
                models.UniqueConstraint(
                    fields=[work, "side"],
                    # One that the other side has read is not written anew, deleted or not.
                    condition=Q(is_deleted=False) | Q(revealed_at__isnull=False),
                    name=f"review_once_{work.partition('_')[0]}",
                    violation_error_code="already_reviewed",
                    violation_error_message="You have reviewed this work.",
                )
                for work in ("lead_assignment", "order_assignment")
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__range": (1, 5)}) | Q(**{name: None}),
                    name=f"review_{name}",
                    violation_error_code="invalid_rating",
                    violation_error_message="A rating is 1 to 5 stars.",
                )
                for name in ("rating", "communication_rating", *FOR_CLIENTS)
            ),
            models.CheckConstraint(
                condition=Q(side="CLIENT") | Q(**dict.fromkeys(FOR_CLIENTS)),
                name="review_of_client_ratings",
                violation_error_code="rating_not_applicable",
                violation_error_message="Clients are not rated for that.",
            ),
            models.CheckConstraint(
                condition=Q(side="CLIENT") | Q(is_public=False),
                name="review_of_client_private",
                violation_error_code="review_of_client_private",
                violation_error_message="What is said about clients is not public.",
            ),
            models.CheckConstraint(
                condition=Q(is_counted=False) | Q(side="CLIENT", revealed_at__isnull=False),
                name="review_counted",
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-created_at"], name="review_provider"),
            models.Index(fields=["moderation_status", "created_at"], name="review_queue"),
            models.Index(fields=["-created_at", "id"], name="review_newest"),
            models.Index(fields=["rating", "-created_at"], name="review_stars"),
            models.Index(
                fields=["created_at"],
                condition=Q(revealed_at=None, is_deleted=False),
                name="review_hidden",
            ),
        ]
        triggers = [
            audited(
                personal=("title", "comment", "provider_response", "moderation_note"),
                ignored=("is_counted",),
            )
        ]

    def __str__(self) -> str:
        return f"{self.rating} stars: {self.title or self.comment[:50]}"

    @property
    def is_published(self) -> bool:
        """Whether everybody may read it."""
        is_shown = self.revealed_at is not None and self.moderation_status == self.Status.APPROVED
        return is_shown and self.is_public and not self.is_deleted


SHOWN = Q(revealed_at__isnull=False, moderation_status=ModerationStatus.APPROVED)
PUBLISHED = SHOWN & Q(is_public=True)


def about(user_id: UUID) -> Q:
    """The condition that a review is about a user."""
    return Q(side=Side.PROVIDER, client=user_id) | Q(
        side=Side.CLIENT, provider__user_profile__user=user_id
    )


def is_about(viewer: Viewer) -> Q:
    """The condition that a review is about a viewer."""
    return about(viewer.user_id) if viewer.user_id else NEVER
