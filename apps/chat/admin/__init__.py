"""Rooms, what is said there and what is reported in the admin. Services alone write."""

from apps.chat.admin import messages, moderation, rooms, templates

__all__ = ["messages", "moderation", "rooms", "templates"]
