"""Reasons for which leads are refunded."""

import factory
from factory.django import DjangoModelFactory

from apps.leads.models import LeadRefundReason


class RefundReasonFactory(DjangoModelFactory[LeadRefundReason]):
    """A reason about which staff decide."""

    class Meta:
        model = LeadRefundReason
        django_get_or_create = ("code",)

    code = "unreachable"
    name = factory.LazyAttribute(lambda reason: reason.code.replace("_", " ").capitalize())
