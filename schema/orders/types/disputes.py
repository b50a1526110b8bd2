"""Disagreements over orders, and what both sides show."""

from typing import cast

import strawberry_django
from strawberry import auto

from apps.orders import models
from apps.orders.access import DISPUTE_ACTIONS
from kernel.actions import NEVER
from kernel.viewer import current_viewer
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.looks import note_look
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, computed, money, only_for
from schema.orders.types.orders import Order
from schema.orders.work_filters import DisputeEvidenceFilter, DisputeEvidenceOrder
from schema.providers.types import ServiceProviderProfile

DisputeType = choices(
    models.OrderDispute.Type,
    "DisputeType",
    "What went wrong.",
    QUALITY="The work is not good.",
    NO_SHOW="Somebody did not come.",
    PAYMENT="The money is not right.",
    DAMAGE="Something was broken.",
    OTHER="Something else.",
)


DisputeStatus = choices(
    models.OrderDispute.Status,
    "DisputeStatus",
    "Where a dispute stands.",
    OPEN="Nobody looked at it yet.",
    IN_REVIEW="Staff look at it.",
    RESOLVED="Decided.",
    DISMISSED="Turned down.",
)


DisputeOutcome = choices(
    models.OrderDispute.Outcome,
    "DisputeOutcome",
    "What is decided in a dispute.",
    REFUND="The client gets back a share of the price; the order is over.",
    REDO="The work goes on.",
    DISMISSED="Nothing: the order stands where it stood.",
)


@strawberry_django.type(models.OrderDispute)
class OrderDispute(Node):
    """A disagreement over an order."""

    order: Order
    provider: ServiceProviderProfile | None
    opened_by: User
    dispute_type: models.OrderDispute.Type
    description: auto
    from_status: models.Order.Status
    status: models.OrderDispute.Status
    resolution: auto
    refund_share: auto
    resolved_at: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(DISPUTE_ACTIONS)
    refund_amount = money(models.OrderDispute, "refund_amount")
    admin_notes = only_for(models.OrderDispute, "admin_notes", rule=lambda _viewer: NEVER)
    evidence: Connection["DisputeEvidence"] = connection(
        filters=DisputeEvidenceFilter,
        order=DisputeEvidenceOrder,
        description="What both sides show.",
    )

    @computed(needs=["outcome"], description="What was decided; null before that.")
    def outcome(self) -> models.OrderDispute.Outcome | None:
        """What was decided."""
        row = cast("models.OrderDispute", self)
        return models.OrderDispute.Outcome(row.outcome) if row.outcome else None


@strawberry_django.type(models.DisputeEvidence)
class DisputeEvidence(Node):
    """Something that one side of a dispute shows: words, or a file."""

    party: models.Party
    author: User
    text: auto
    name: auto
    content_type: auto
    created_at: auto

    @computed(needs=["file"], description="Where the file can be had for some minutes.")
    def url(self) -> str | None:
        """An address that expires; that staff got one is noted."""
        row = cast("models.DisputeEvidence", self)
        if not row.file:
            return None
        if current_viewer().is_staff:
            note_look(row)
        return str(row.file.url)
