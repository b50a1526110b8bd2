"""What goes with an order: addons, photos, files. Whoever sees the order sees them."""

from typing import cast

import strawberry_django
from strawberry import auto

from apps.orders import models
from apps.orders.access import ATTACHMENT_ACTIONS, PHOTO_ACTIONS
from kernel.viewer import current_viewer
from schema.base.actions import viewer_can
from schema.base.looks import note_look
from schema.base.types import Node, computed, money
from schema.catalog.types import ServiceAddon


@strawberry_django.type(models.OrderAddon)
class OrderAddon(Node):
    """An addon chosen for an order."""

    addon: ServiceAddon
    quantity: auto
    price = money(models.OrderAddon, "price")


@strawberry_django.type(models.OrderPhoto)
class OrderPhoto(Node):
    """A picture of what is to be done."""

    caption: auto
    is_primary: auto
    is_deleted: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(PHOTO_ACTIONS)

    @computed(needs=["photo_url"], description="Where the picture is.")
    def photo_url(self) -> str:
        """Where the picture is."""
        return self.photo_url.url


@strawberry_django.type(models.OrderAttachment)
class OrderAttachment(Node):
    """A file that goes with an order, such as a plan."""

    name: auto
    caption: auto
    content_type: auto
    size: auto
    is_deleted: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(ATTACHMENT_ACTIONS)

    @computed(needs=["file"], description="Where the file can be had for some minutes.")
    def url(self) -> str:
        """An address that expires; that staff got one is noted."""
        row = cast("models.OrderAttachment", self)
        if current_viewer().is_staff:
            note_look(row)
        return str(row.file.url)
