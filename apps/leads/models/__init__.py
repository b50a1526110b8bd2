"""Requests for work that are handed to matched providers, who pay for them."""

from apps.leads.models.assignments import LeadAssignment
from apps.leads.models.codes import LeadVerificationCode
from apps.leads.models.leads import EXPIRING, LEAD_TRANSITIONS, Lead

__all__ = ["EXPIRING", "LEAD_TRANSITIONS", "Lead", "LeadAssignment", "LeadVerificationCode"]
