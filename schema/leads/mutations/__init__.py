"""What clients, visitors and staff do with leads."""

from strawberry.tools import merge_types

from schema.leads.mutations.leads import LeadMutation

LeadsMutation = merge_types("LeadsMutation", (LeadMutation,))
