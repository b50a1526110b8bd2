"""Offers to carry orders out, and the bargaining over them."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from apps.orders.models.orders import Order, Party
from kernel import clock
from kernel.audit import audited
from kernel.models import (
    AbstractSoftDeleteModel,
    AbstractTimestampedModel,
    BaseQuerySet,
    SoftDeleteManager,
    SoftDeleteQuerySet,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer

#: The steps that a bid may take.
BID_TRANSITIONS = (
    ("PENDING", "ACCEPTED"),
    ("PENDING", "REJECTED"),
    ("PENDING", "WITHDRAWN"),
    ("PENDING", "EXPIRED"),
    ("ACCEPTED", "WITHDRAWN"),
)


def amount_positive(field: str, name: str) -> models.CheckConstraint:
    """An amount is above zero."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__gt": 0}),
        name=name,
        violation_error_code="amount_not_positive",
        violation_error_message="The amount must be above zero.",
    )


class BidQuerySet(SoftDeleteQuerySet["Bid"]):
    """Bids by state and by who may see them."""

    def standing(self) -> Self:
        """Those that can still win, or won."""
        return self.filter(status__in=[Bid.Status.PENDING, Bid.Status.ACCEPTED])

    def open(self) -> Self:
        """Those that can still be decided, changed or bargained over."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=clock.now()), status=Bid.Status.PENDING
        )

    def lapsed(self) -> Self:
        """Those that nobody decided in time: they count as expired before they are marked so."""
        return self.filter(status=Bid.Status.PENDING, expires_at__lte=clock.now())

    def visible_to(self, viewer: Viewer) -> Self:
        """Those on one's own orders, and one's own; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(
            Q(order__client_profile__user_profile__user=viewer.user_id)
            | Q(provider__user_profile__user=viewer.user_id)
        )


class Bid(AbstractSoftDeleteModel):
    """A provider's offer to carry out an order."""

    class Status(models.TextChoices):
        PENDING = "PENDING"
        ACCEPTED = "ACCEPTED"
        REJECTED = "REJECTED"
        WITHDRAWN = "WITHDRAWN"
        EXPIRED = "EXPIRED"

    # For both, a wider index below begins with the column.
    order = models.ForeignKey(
        Order, models.CASCADE, related_name="bids", db_index=False, help_text="On what."
    )
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="bids",
        db_index=False,
        help_text="Who offers.",
    )
    currency = CurrencyField(help_text="The order's currency.")
    amount = MoneyField(currency="currency", help_text="What it would cost.")
    description = models.TextField(blank=True, help_text="How it would be done.")
    estimated_duration = models.PositiveIntegerField(
        null=True, blank=True, help_text="Minutes it would take."
    )
    terms_conditions = models.TextField(
        blank=True,
        validators=[MaxLengthValidator(5_000)],
        help_text="What the offer depends on.",
    )
    is_negotiable = models.BooleanField(default=False, help_text="Whether the price can move.")
    turn = models.CharField(
        max_length=8,
        choices=Party,
        default=Party.CLIENT,
        help_text="Who is to answer: the client an offer, the provider a counter-offer.",
    )
    status = models.CharField(
        max_length=10, choices=Status, default=Status.PENDING, help_text="Where it stands."
    )
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Until when the provider stands by it."
    )
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When it was accepted.")
    rejected_at = models.DateTimeField(null=True, blank=True, help_text="When it was rejected.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When it was withdrawn.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(BidQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "provider"],
                condition=Q(is_deleted=False, status__in=["PENDING", "ACCEPTED"]),
                name="bid_once",
                violation_error_code="already_bid",
                violation_error_message="You have a bid on this order.",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status="ACCEPTED", is_deleted=False),
                name="bid_accepted_once",
                violation_error_code="already_accepted",
                violation_error_message="The order has an accepted bid.",
            ),
            amount_positive("amount", "bid_amount"),
            models.CheckConstraint(condition=Q(turn__in=["CLIENT", "PROVIDER"]), name="bid_turn"),
        ]
        indexes = [
            models.Index(fields=["order", "-created_at"], name="bid_order_newest"),
            models.Index(fields=["provider", "status"], name="bid_provider_status"),
            models.Index(fields=["-created_at", "id"], name="bid_newest"),
            models.Index(fields=["expires_at"], condition=Q(status="PENDING"), name="bid_expiring"),
        ]
        triggers = [
            audited(),
            pgtrigger.FSM(
                name="bid_transitions",
                field="status",
                transitions=list(BID_TRANSITIONS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.provider}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be decided, changed or bargained over."""
        return self.status == self.Status.PENDING and not self.is_expired

    @property
    def is_expired(self) -> bool:
        """Whether nobody decided it in time, be it marked so or not."""
        is_over = self.expires_at is not None and self.expires_at <= clock.now()
        return self.status == self.Status.EXPIRED or (
            self.status == self.Status.PENDING and is_over
        )


class CounterOfferQuerySet(BaseQuerySet["CounterOffer"]):
    """Counter-offers by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those on visible bids."""
        if viewer.oversees(self.model):
            return self
        return self.filter(bid__in=Bid.objects.visible_to(viewer).values("pk"))


class CounterOffer(AbstractTimestampedModel):
    """A price that one side proposed while bargaining over a bid."""

    bid = models.ForeignKey(
        Bid,
        models.CASCADE,
        related_name="counter_offers",
        db_index=False,  # A wider index below begins with it.
        help_text="What is bargained over.",
    )
    party = models.CharField(max_length=8, choices=Party, help_text="Who proposes.")
    currency = CurrencyField(help_text="The order's currency.")
    amount = MoneyField(currency="currency", help_text="The price that is proposed.")
    message = models.TextField(
        blank=True, validators=[MaxLengthValidator(2_000)], help_text="What is said with it."
    )

    objects: ClassVar[Any] = CounterOfferQuerySet.as_manager()

    class Meta:
        constraints = [amount_positive("amount", "counter_offer_amount")]
        indexes = [models.Index(fields=["bid", "created_at"], name="counter_offer_bid")]

    def __str__(self) -> str:
        return f"{self.amount} by the {self.party.lower()}"
