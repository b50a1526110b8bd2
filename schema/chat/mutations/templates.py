"""What staff do with templates."""

from typing import Any

import strawberry
from strawberry import relay

from apps.chat import access
from apps.chat.models import ChatTemplate as TemplateModel
from apps.chat.services import templates
from schema.base.context import Info
from schema.base.gates import staff
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.chat.inputs.templates import (
    ChatTemplateDetails,
    ChatTemplateInput,
    CreateChatTemplateInput,
    UpdateChatTemplateInput,
)
from schema.chat.types.templates import ChatTemplate

Writers = staff("chat.change_chattemplate")


def _details(input: ChatTemplateDetails) -> dict[str, Any]:
    """What a client gave of a template: no variables instead of null."""
    found = given(input, without={"template_id", "version"})
    if "variables" in found:
        found["variables"] = found["variables"] or []
    return found


def _template(info: Info, action: str, id: relay.GlobalID) -> TemplateModel:
    template: TemplateModel = access.TEMPLATE_ACTIONS.permit(
        info.context.viewer, action, key(id, of=TemplateModel)
    )
    return template


@strawberry.type
class TemplateMutation:
    """What staff do with templates."""

    @mutation(gate=staff("chat.add_chattemplate"), description="Offer a template.")
    def create_chat_template(self, info: Info, input: CreateChatTemplateInput) -> ChatTemplate:
        """Make a template."""
        return templates.create_template(details=_details(input))

    @mutation(gate=Writers, description="Change a template; what was sent stays as it was.")
    def update_chat_template(self, info: Info, input: UpdateChatTemplateInput) -> ChatTemplate:
        """Change a template."""
        return templates.update_template(
            template=_template(info, "updateChatTemplate", input.template_id),
            changes=_details(input),
            version=input.version,
        )

    @mutation(gate=staff("chat.delete_chattemplate"), description="Offer a template no longer.")
    def delete_chat_template(self, info: Info, input: ChatTemplateInput) -> ChatTemplate:
        """Delete a template."""
        template = _template(info, "deleteChatTemplate", input.template_id)
        return templates.delete_template(template=template)

    @mutation(gate=Writers, description="Bring back a deleted template.")
    def restore_chat_template(self, info: Info, input: ChatTemplateInput) -> ChatTemplate:
        """Restore a template."""
        pk = key(input.template_id, of=TemplateModel)
        return templates.restore_template(template=access.deleted_template(info.context.viewer, pk))
