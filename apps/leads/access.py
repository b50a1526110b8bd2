"""From ids and tokens to leads, for those who may know."""

from uuid import UUID

from django.core import signing
from django.db.models import Q

from apps.leads import errors
from apps.leads.models import Lead, LeadAssignment, LeadMatch, LeadRefundReason
from apps.providers.access import acting_provider, provider_visible_to
from kernel.actions import ALWAYS, NEVER, Actions
from kernel.errors import NotFound
from kernel.lookup import one_of
from kernel.viewer import Viewer

#: What tells the tokens of leads from all else that the server signs.
SALT = "leads.visitor"


def _client(viewer: Viewer) -> Q | bool:
    # A visitor's lead has no client: nobody must be taken for it.
    return viewer.is_signed_in and Q(client=viewer.user_id)


def _offered(viewer: Viewer) -> Q | bool:
    own = LeadMatch.objects.filter(
        provider__user_profile__user=viewer.user_id, offered_at__isnull=False
    )
    return viewer.is_signed_in and Q(pk__in=own.values("lead"))


FOR_CLIENTS = ("requestLeadCode", "confirmLeadCode", "cancelLead", "convertLeadToOrder")

LEAD_ACTIONS = Actions(
    Lead,
    dict.fromkeys(FOR_CLIENTS, _client)
    | {"rejectLead": lambda viewer: viewer.has_permission("leads.change_lead")}
    | {"claimLead": _offered},
)


def _holds(viewer: Viewer) -> Q:
    return Q(provider__user_profile__user=viewer.user_id)


def _asked(viewer: Viewer) -> Q:
    return Q(lead__client=viewer.user_id) if viewer.is_signed_in else NEVER


def _decides(viewer: Viewer) -> Q | bool:
    return viewer.has_permission("leads.change_leadassignment") and ~_holds(viewer)


FOR_HOLDERS = (
    *("viewLeadAssignment", "contactLead", "quoteLead", "updateLeadNotes", "requestLeadRefund"),
)
FOR_BOTH = ("winLead", "loseLead")
FOR_DECIDERS = ("approveLeadRefund", "rejectLeadRefund")

#: Those of the other side are refused as if it were hidden from them.
ASSIGNMENT_ACTIONS = Actions(
    LeadAssignment,
    dict.fromkeys(FOR_HOLDERS, _holds)
    | dict.fromkeys(FOR_BOTH, lambda viewer: _holds(viewer) | _asked(viewer))
    | dict.fromkeys(FOR_DECIDERS, _decides),
    refusals=dict.fromkeys((*FOR_HOLDERS, *FOR_BOTH), NotFound)
    | dict.fromkeys(FOR_DECIDERS, errors.OwnRefund),
)


def refund_reason(viewer: Viewer, reason_id: UUID) -> LeadRefundReason:
    """A reason that can be chosen; raises NotFound."""
    rows = LeadRefundReason.objects.visible_to(viewer).filter(is_active=True)
    found: LeadRefundReason = one_of(rows, pk=reason_id)
    return found


def holds_assignment(viewer: Viewer) -> Q:
    """The assignments of the viewer's own business; all of them for staff."""
    return ALWAYS if viewer.oversees(LeadAssignment) else _holds(viewer)


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


def measured(viewer: Viewer, provider_id: UUID | None) -> UUID | None:
    """Whose figures a viewer reads: of the provider that is named, their own or for staff any; else
    for staff all of them (None), and for others their own.

    Raises NotFound, or NoProviderProfile.
    """
    oversees = viewer.oversees(LeadAssignment)
    if provider_id is None:
        return None if oversees else acting_provider(viewer).pk
    provider = provider_visible_to(viewer, provider_id)
    if not oversees and provider.user_profile.user_id != viewer.user_id:
        raise NotFound
    return provider.pk
