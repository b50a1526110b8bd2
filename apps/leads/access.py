"""From ids and tokens to leads, for those who may know."""

from uuid import UUID

from django.core import signing
from django.db.models import Q

from apps.leads.models import Lead, LeadAssignment
from kernel.actions import ALWAYS, NEVER, Actions
from kernel.errors import NotFound
from kernel.lookup import one_of
from kernel.viewer import Viewer

#: What tells the tokens of leads from all else that the server signs.
SALT = "leads.visitor"


def _client(viewer: Viewer) -> Q | bool:
    # A visitor's lead has no client: nobody must be taken for it.
    return viewer.is_signed_in and Q(client=viewer.user_id)


FOR_CLIENTS = ("requestLeadCode", "confirmLeadCode", "cancelLead")

LEAD_ACTIONS = Actions(
    Lead,
    dict.fromkeys(FOR_CLIENTS, _client)
    | {"rejectLead": lambda viewer: viewer.has_permission("leads.change_lead")},
)


def overseen(viewer: Viewer) -> Q:
    """Every lead, for staff who oversee them; none for others."""
    return ALWAYS if viewer.oversees(Lead) else NEVER


def asked_or_overseen(viewer: Viewer) -> Q:
    """The leads that the viewer asked for; all of them for staff."""
    if viewer.oversees(Lead):
        return ALWAYS
    return Q(client=viewer.user_id) if viewer.is_signed_in else NEVER


def reaches_client(viewer: Viewer) -> Q:
    """The leads whose client the viewer may get in touch with: one's own, and those that one's
    business paid for.
    """
    if not viewer.is_signed_in:
        return NEVER
    paid = LeadAssignment.objects.paid().filter(provider__user_profile__user=viewer.user_id)
    return Q(client=viewer.user_id) | Q(pk__in=paid.values("lead"))


def lead_asked_by(viewer: Viewer, action: str, lead_id: UUID, *, token: str | None = None) -> Lead:
    """The lead that a client, or a visitor with its token, wants to act on.

    Raises NotFound, or NotAllowed for those who see it and did not ask for it.
    """
    if viewer.is_signed_in:
        lead: Lead = LEAD_ACTIONS.permit(viewer, action, lead_id)
        return lead
    lead = lead_of_token(token or "")
    if lead.pk != lead_id:
        raise NotFound
    return lead


def token_of(lead_id: UUID) -> str:
    """What shows a visitor's lead to who made it: always the same."""
    return signing.Signer(salt=SALT).sign(str(lead_id))


def lead_of_token(token: str) -> Lead:
    """The lead of a visitor, by the token that they were told; raises NotFound."""
    try:
        lead_id = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature as error:
        raise NotFound from error
    return visitors_lead(UUID(lead_id))


def visitors_lead(lead_id: UUID) -> Lead:
    """A lead that was made without an account, for the one who makes it; raises NotFound."""
    rows = Lead.objects.of_visitors().select_related("category", "subcategory")
    found: Lead = one_of(rows, pk=lead_id)
    return found
