"""What mutations of messages and of reports on them take."""

import strawberry
from strawberry import relay
from strawberry.file_uploads import Upload

from schema.base.mutation import Keyed, Versioned
from schema.chat.types.reports import ChatReportAction, ChatReportReason, ChatReportStatus


@strawberry.input(description="What stands in a blank of a template.")
class ChatTemplateValueInput:
    """A blank and its value."""

    name: str = strawberry.field(description="The name of the blank.")
    value: str = strawberry.field(description="What stands there.")


@strawberry.input(description="Something to say: words, a file, a place, or a template filled in.")
class SendMessageInput(Keyed):
    """A new message."""

    room_id: relay.GlobalID = strawberry.field(description="The room.")
    content: str = strawberry.field(
        default="", description="Words, up to 20,000 characters; a template brings its own."
    )
    file: Upload | None = strawberry.field(
        default=None, description="A PDF, JPEG, PNG or WebP file of up to 10 MB."
    )
    latitude: float | None = strawberry.field(
        default=None, description="Degrees north of a place; with `longitude`."
    )
    longitude: float | None = strawberry.field(
        default=None, description="Degrees east of a place; with `latitude`."
    )
    template_id: relay.GlobalID | None = strawberry.field(
        default=None, description="A template to send instead of words."
    )
    template_values: list[ChatTemplateValueInput] = strawberry.field(
        default_factory=list, description="What stands in each of the template's blanks."
    )
    reply_to_id: relay.GlobalID | None = strawberry.field(
        default=None, description="The message in the room that it answers."
    )
    client_id: str = strawberry.field(
        default="",
        description="A name of your own making for the message, unique in the room, up to 64"
        " characters: sent again under it, it is not said twice.",
    )


@strawberry.input(description="Other words for a message.")
class EditMessageInput(Versioned):
    """Names a message and what it is to say."""

    message_id: relay.GlobalID = strawberry.field(description="The message.")
    content: str = strawberry.field(description="What it says from now on.")


@strawberry.input(description="A message.")
class ChatMessageInput:
    """Names a message."""

    message_id: relay.GlobalID = strawberry.field(description="The message.")


@strawberry.input(description="A message that should not have been sent.")
class ReportMessageInput(Keyed):
    """A new report."""

    message_id: relay.GlobalID = strawberry.field(description="The message.")
    reason: ChatReportReason = strawberry.field(description="What is wrong with it.")
    description: str = strawberry.field(
        default="", description="What is said about it, in up to 2,000 characters."
    )


@strawberry.input(description="A decision on a report.")
class ResolveChatReportInput(Versioned):
    """How a report ends."""

    report_id: relay.GlobalID = strawberry.field(description="The report.")
    status: ChatReportStatus = strawberry.field(description="UPHELD or DISMISSED.")
    action_taken: ChatReportAction = strawberry.field(
        default=ChatReportAction.NONE, description="What is done about it; nothing if dismissed."
    )
    notes: str | None = strawberry.field(
        default=None, description="What staff note, for staff alone."
    )
