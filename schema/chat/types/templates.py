"""Templates, as those who send them see them."""

import strawberry_django
from strawberry import auto

from apps.chat import models
from apps.chat.access import TEMPLATE_ACTIONS
from schema.base.actions import viewer_can
from schema.base.types import Node


@strawberry_django.type(models.ChatTemplate)
class ChatTemplate(Node):
    """A message with blanks that are filled in when it is sent."""

    name: auto
    category: auto
    subject: auto
    content: auto
    variables: auto
    is_active: auto
    usage_count: auto
    is_deleted: auto
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(TEMPLATE_ACTIONS)
