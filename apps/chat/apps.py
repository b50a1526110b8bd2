"""The app of chat rooms and what is said in them."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Chat."""

    name = "apps.chat"
    label = "chat"
