"""Saying something in a room, and what becomes of it."""

from typing import BinaryIO, cast

import strawberry
from strawberry import relay

from apps.chat import access
from apps.chat.models import ChatMessage as MessageModel
from apps.chat.models import ChatTemplate as TemplateModel
from apps.chat.services import messages
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.limits import Limit
from schema.base.mutation import mutation
from schema.chat.inputs.messages import ChatMessageInput, EditMessageInput, SendMessageInput
from schema.chat.mutations.permitted import permitted_room
from schema.chat.mutations.rates import CHANGES
from schema.chat.types.messages import ChatMessage


def permitted_message(info: Info, action: str, id: relay.GlobalID) -> MessageModel:
    """The message, where the viewer may do that to it; raises NotFound or the action's refusal."""
    message: MessageModel = access.MESSAGE_ACTIONS.permit(
        info.context.viewer, action, key(id, of=MessageModel)
    )
    return message


def _draft(info: Info, input: SendMessageInput) -> messages.Draft:
    """What a client wants to say. Raises InvalidId, and NotFound for a template that is hidden."""
    template = None
    if input.template_id is not None:
        pk = key(input.template_id, of=TemplateModel)
        template = access.template_visible_to(info.context.viewer, pk)
    return messages.Draft(
        content=input.content,
        file=cast("BinaryIO | None", input.file),
        latitude=input.latitude,
        longitude=input.longitude,
        reply_to_id=key(input.reply_to_id, of=MessageModel) if input.reply_to_id else None,
        client_id=input.client_id,
        template=template,
        values={blank.name: blank.value for blank in input.template_values},
    )


@strawberry.type
class MessageMutation:
    """Saying something in a room, and what becomes of it."""

    @mutation(
        gate=SignedIn, limit=Limit("SEND_MESSAGE"), description="Say something in a room of one's."
    )
    def send_message(self, info: Info, input: SendMessageInput) -> ChatMessage:
        """Send a message."""
        return messages.send_message(
            room=permitted_room(info, "sendMessage", input.room_id),
            sender=info.context.viewer.user,
            draft=_draft(info, input),
        )

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Change the words of one's own message, within a day; what it said before is"
        " kept, for oneself and staff.",
    )
    def edit_message(self, info: Info, input: EditMessageInput) -> ChatMessage:
        """Change a message."""
        return messages.edit_message(
            message=permitted_message(info, "editMessage", input.message_id),
            content=input.content,
            version=input.version,
        )

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Have a message tell nothing any more; it keeps its place. One's own, any in a"
        " group that one owns, or as staff.",
    )
    def delete_message(self, info: Info, input: ChatMessageInput) -> ChatMessage:
        """Delete a message."""
        message = permitted_message(info, "deleteMessage", input.message_id)
        return messages.delete_message(message=message)
