"""Requests for work that are handed to matched providers, who pay for them."""

from apps.leads.models.assignments import RUNNING, LeadAssignment
from apps.leads.models.codes import LeadVerificationCode
from apps.leads.models.leads import EXPIRING, LEAD_TRANSITIONS, TAKING, Lead
from apps.leads.models.matching import LeadMatch, LeadPreference
from apps.leads.models.refunds import LeadRefundReason

__all__ = [
    "EXPIRING",
    "LEAD_TRANSITIONS",
    "RUNNING",
    "TAKING",
    "Lead",
    "LeadAssignment",
    "LeadMatch",
    "LeadPreference",
    "LeadRefundReason",
    "LeadVerificationCode",
]
