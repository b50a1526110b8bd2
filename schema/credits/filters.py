"""Filters and orders of the ledger and of purchases."""

import strawberry_django
from strawberry import auto

from apps.credits import models
from schema.base.ids import Ids
from schema.providers.filters import ProviderFilter


@strawberry_django.filter_type(models.CreditTransaction, lookups=True)
class CreditTransactionFilter:
    """Which rows of the ledger to list."""

    id: Ids | None
    transaction_type: models.CreditTransaction.Type | None
    created_at: auto
    provider: ProviderFilter | None


@strawberry_django.order_type(models.CreditTransaction)
class CreditTransactionOrder:
    """How to order rows of the ledger."""

    created_at: auto
    number: auto


@strawberry_django.filter_type(models.CreditPurchase, lookups=True)
class CreditPurchaseFilter:
    """Which purchases to list."""

    id: Ids | None
    status: models.CreditPurchase.Status | None
    created_at: auto
    provider: ProviderFilter | None


@strawberry_django.order_type(models.CreditPurchase)
class CreditPurchaseOrder:
    """How to order purchases."""

    created_at: auto
