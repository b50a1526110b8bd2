"""Visits of providers, as both sides see them."""

import strawberry_django
from strawberry import auto

from apps.orders import models
from apps.orders.access import VISIT_ACTIONS
from schema.base.actions import viewer_can
from schema.base.types import Node, choices
from schema.orders.types.orders import Order
from schema.providers.types import ServiceProviderProfile

VisitStatus = choices(
    models.OrderVisit.Status,
    "VisitStatus",
    "Where a visit stands.",
    PROPOSED="One side proposed it.",
    CONFIRMED="Both sides agree.",
    CANCELLED="Called off.",
)


@strawberry_django.type(models.OrderVisit)
class OrderVisit(Node):
    """A time at which the provider comes. Confirmed ones of one provider never overlap."""

    order: Order
    provider: ServiceProviderProfile
    starts_at: auto
    ends_at: auto
    status: models.OrderVisit.Status
    proposed_by: models.Party
    created_at: auto
    version: auto
    viewer_can = viewer_can(VISIT_ACTIONS)
