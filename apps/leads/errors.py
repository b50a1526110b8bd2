"""What can be refused here."""

from kernel.errors import DomainError


class VisitorsNotAllowed(DomainError):
    """Only those with an account may ask for work."""

    code = "visitors_not_allowed"
    message = "Sign in to ask for work."


class NoArea(DomainError):
    """The lead says neither in which area nor in which city it is."""

    code = "no_area"
    message = "Say in which area or city the work is."
    field = "areaId"


class PhoneRequired(DomainError):
    """The lead has to be confirmed by a code, and there is no number to send one to."""

    code = "phone_required"
    message = "Give the number of a mobile phone, to which a code can be sent."
    field = "contactPhone"


class InvalidContactPhone(DomainError):
    """No mobile phone has such a number."""

    code = "invalid_phone_number"
    message = "This is not the number of a mobile phone."
    field = "contactPhone"


class SubcategoryMismatch(DomainError):
    """The service belongs to another category than the one that was named."""

    code = "subcategory_mismatch"
    message = "This service belongs to another category."
    field = "subcategoryId"


class InvalidSource(DomainError):
    """Leads of partners and staff are not made here."""

    code = "invalid_source"
    message = "A lead that is made here comes from the web or from an app."
    field = "source"


class LeadExpired(DomainError):
    """The lead was not confirmed, or not handed over, in time."""

    code = "lead_expired"
    message = "The lead has expired."


class IllegalTransition(DomainError):
    """The lead cannot take this step from where it stands."""

    code = "illegal_transition"
    message = "This cannot be done with a lead that is %(status)s."


class NoCodeNeeded(DomainError):
    """The lead is confirmed, or over: it waits for no code."""

    code = "no_code_needed"
    message = "This lead waits for no code."


class InvalidPercents(DomainError):
    """The percentages are none."""

    code = "invalid_percents"
    message = "Name urgencies with whole percents from 1 to 1000."
    field = "value"


class InvalidPeriod(DomainError):
    """The time that figures are asked of is none, or too long."""

    code = "invalid_period"
    message = "The time must be from one instant to a later one, within 366 days."
    field = "until"


class LeadNotOpen(DomainError):
    """The lead is not, or no longer, handed to providers."""

    code = "lead_not_open"
    message = "The lead is not handed to providers now."


class NoSeatLeft(DomainError):
    """As many providers as may have the lead."""

    code = "no_seat_left"
    message = "Others were faster: the lead is taken."


class AlreadyAssigned(DomainError):
    """The provider has the lead."""

    code = "already_assigned"
    message = "You have this lead already."


class OwnLead(DomainError):
    """A provider cannot have the lead that it asked for itself."""

    code = "own_lead"
    message = "You asked for this yourself."


class PriceChanged(DomainError):
    """The lead costs another number of credits than the caller agreed to."""

    code = "price_changed"
    message = "The lead costs %(price)s credits."
    field = "price"


class NotRunning(DomainError):
    """The lead was won, lost or refunded."""

    code = "not_running"
    message = "Nothing more can come of this lead."


class NotRefundable(DomainError):
    """What the lead cost cannot be asked back from where it stands."""

    code = "not_refundable"
    message = "What this lead cost cannot be asked back."


class RefundWindowOver(DomainError):
    """It was paid too long ago."""

    code = "refund_window_over"
    message = "The credits could be asked back for %(days)s days."


class EvidenceNeeded(DomainError):
    """For this reason one has to say what happened."""

    code = "evidence_needed"
    message = "Say what happened."
    field = "evidence"


class RefundDecided(DomainError):
    """Nobody has asked, or it was decided."""

    code = "refund_decided"
    message = "There is no refund to decide."


class OwnRefund(DomainError):
    """Nobody decides what they get back themselves."""

    code = "own_refund"
    message = "Another one of the staff has to decide this."


class QuoteNeeded(DomainError):
    """The price of the job is not known."""

    code = "quote_needed"
    message = "Say what the job costs."
    field = "amount"


class ServiceNeeded(DomainError):
    """An order is for a service, and the lead names none."""

    code = "service_needed"
    message = "Say which service it is."
    field = "serviceSubcategoryId"


class InvalidWeights(DomainError):
    """The weights of a score's signals are none."""

    code = "invalid_weights"
    message = "Name signals with whole numbers from 0 to 1000, not all of them 0."
    field = "value"
