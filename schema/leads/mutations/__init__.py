"""What clients, visitors and staff do with leads."""

from strawberry.tools import merge_types

from schema.leads.mutations.assignments import LeadAssignmentMutation
from schema.leads.mutations.leads import LeadMutation
from schema.leads.mutations.refunds import LeadRefundMutation

LeadsMutation = merge_types(
    "LeadsMutation", (LeadMutation, LeadAssignmentMutation, LeadRefundMutation)
)
