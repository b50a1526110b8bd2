"""Filters and orders of the photos and files of orders."""

import strawberry_django
from strawberry import auto

from apps.orders import models
from schema.base.ids import Ids


@strawberry_django.filter_type(models.OrderPhoto, lookups=True)
class OrderPhotoFilter:
    """Which photos to list."""

    id: Ids | None
    is_primary: auto
    created_at: auto


@strawberry_django.order_type(models.OrderPhoto)
class OrderPhotoOrder:
    """How to order photos."""

    is_primary: auto
    created_at: auto


@strawberry_django.filter_type(models.OrderAttachment, lookups=True)
class OrderAttachmentFilter:
    """Which files to list."""

    id: Ids | None
    content_type: auto
    created_at: auto


@strawberry_django.order_type(models.OrderAttachment)
class OrderAttachmentOrder:
    """How to order files."""

    name: auto
    size: auto
    created_at: auto
