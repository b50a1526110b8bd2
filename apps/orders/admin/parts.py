"""What goes with orders in the admin: addons, photos, files."""

from django.contrib import admin

from apps.orders.admin.common import PartAdmin
from apps.orders.models import OrderAddon, OrderAttachment, OrderPhoto


@admin.register(OrderAddon)
class OrderAddonAdmin(PartAdmin):
    """Chosen addons."""

    list_display = ("order", "addon", "quantity", "price")
    list_filter = ("currency",)
    list_select_related = ("order", "addon")
    search_fields = ("order__title", "addon__name")
    readonly_fields = ("order", "addon", "quantity", "currency", "price")


@admin.register(OrderPhoto)
class OrderPhotoAdmin(PartAdmin):
    """Pictures."""

    list_display = ("order", "caption", "is_primary", "created_at")
    list_filter = ("is_primary",)
    list_select_related = ("order",)
    search_fields = ("order__title", "caption")
    readonly_fields = ("order", "photo_url", "is_primary")


@admin.register(OrderAttachment)
class OrderAttachmentAdmin(PartAdmin):
    """Files."""

    list_display = ("order", "name", "caption", "content_type", "size", "created_at")
    list_filter = ("content_type",)
    list_select_related = ("order",)
    search_fields = ("order__title", "name", "caption")
    readonly_fields = ("order", "file", "name", "content_type", "size")
