"""From ids to the leads and assignments on which an action is permitted."""

from strawberry import relay

from apps.leads import access
from apps.leads.models import Lead, LeadAssignment
from schema.base.context import Info
from schema.base.ids import key


def permitted_lead(info: Info, action: str, id: relay.GlobalID) -> Lead:
    """The lead, where the viewer may do that to it; raises NotFound or the action's refusal."""
    found: Lead = access.LEAD_ACTIONS.permit(info.context.viewer, action, key(id, of=Lead))
    return found


def permitted_assignment(info: Info, action: str, id: relay.GlobalID) -> LeadAssignment:
    """The same of a lead in the hands of a provider."""
    found: LeadAssignment = access.ASSIGNMENT_ACTIONS.permit(
        info.context.viewer, action, key(id, of=LeadAssignment)
    )
    return found
