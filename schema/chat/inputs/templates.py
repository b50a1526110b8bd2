"""What mutations of templates take."""

import strawberry
from strawberry import UNSET, relay

from schema.base.mutation import Keyed, Versioned


@strawberry.input(description="What making a template and changing it share.")
class ChatTemplateDetails:
    """Details of a template."""

    category: str | None = strawberry.field(default=UNSET, description="What it is for.")
    subject: str | None = strawberry.field(
        default=UNSET, description="What it says, in a line; blanks may stand here too."
    )
    variables: list[str] | None = strawberry.field(
        default=UNSET,
        description="The names of its blanks, each of which stands in it: small letters, digits and"
        " underscores.",
    )
    is_active: bool | None = strawberry.field(default=UNSET, description="Whether it is offered.")


@strawberry.input(description="A new template.")
class CreateChatTemplateInput(ChatTemplateDetails, Keyed):
    """What making a template takes."""

    name: str = strawberry.field(description="What it is called; no other one is called that.")
    content: str = strawberry.field(
        description="What it says, in up to 5,000 characters; blanks are written as {{name}}."
    )


@strawberry.input(description="What is to change of a template; what is left out stays.")
class UpdateChatTemplateInput(ChatTemplateDetails, Versioned):
    """Changes of a template."""

    template_id: relay.GlobalID = strawberry.field(description="The template.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    content: str | None = strawberry.field(default=UNSET, description="What it says.")


@strawberry.input(description="A template.")
class ChatTemplateInput:
    """Names a template."""

    template_id: relay.GlobalID = strawberry.field(description="The template.")
