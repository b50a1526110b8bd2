"""What can be refused here."""

from kernel.errors import DomainError, NotAllowed


class OrderNotOpen(DomainError):
    """The order takes no bids now."""

    code = "order_not_open"
    message = "The order does not take bids now."


class OwnOrder(DomainError):
    """A client cannot bid on their own order."""

    code = "own_order"
    message = "You cannot bid on your own order."


class OutsideArea(DomainError):
    """The provider does not work where the order is."""

    code = "outside_area"
    message = "The order lies outside of where you work."


class BidNotPending(DomainError):
    """The bid was decided or withdrawn."""

    code = "bid_not_pending"
    message = "The bid has been decided or withdrawn."


class BidExpired(DomainError):
    """The bidder no longer stands by the bid."""

    code = "bid_expired"
    message = "The bid has expired."


class BidderNotVerified(DomainError):
    """The bidder's business is not verified any more."""

    code = "provider_not_verified"
    message = "The provider of this bid is not verified now."


class BidderGone(DomainError):
    """The bidder's business is closed."""

    code = "provider_not_available"
    message = "The provider of this bid takes no work any more."


class InvalidExpiry(DomainError):
    """The bid would end in the past, or bind too long."""

    code = "invalid_expiry"
    message = "A bid expires in the future, within 90 days."
    field = "expiresAt"


class InvalidDuration(DomainError):
    """The work would take no time, or too much."""

    code = "invalid_duration"
    message = "The work takes between a minute and 30 days (43,200 minutes)."
    field = "estimatedDuration"


class NotNegotiable(DomainError):
    """The price of the bid does not move."""

    code = "not_negotiable"
    message = "The price of this bid is not negotiable."


class IllegalTransition(DomainError):
    """The order cannot take this step from where it stands."""

    code = "illegal_transition"
    message = "The order is %(status)s: this cannot be done now."


class NotOrdersClient(NotAllowed):
    """Only the client may do this."""

    message = "Only the client of the order may do this."


class NotAssignedProvider(NotAllowed):
    """Only the assigned provider may do this."""

    message = "Only the provider who carries out the order may do this."


class OrderHasBids(DomainError):
    """What bids were made on cannot be changed."""

    code = "order_has_bids"
    message = "The order has bids: what they were made on cannot be changed."


class ServiceDateFar(DomainError):
    """The day of service is too far ahead."""

    code = "service_date_far"
    message = "The day of service is within two years."
    field = "serviceDate"


class InvalidOrderExpiry(DomainError):
    """The order would not be open for longer, or for too long."""

    code = "invalid_expiry"
    message = "An order is extended to later than it is open, within 90 days and until its day."
    field = "until"


class PrimaryNeeded(DomainError):
    """No photo would stand for the order."""

    code = "primary_needed"
    message = "One photo stands for the order: choose another one instead."
    field = "isPrimary"


class NotYourTurn(DomainError):
    """The other side is to answer."""

    code = "not_your_turn"
    message = "The other side is to answer this."


class InvalidVisit(DomainError):
    """The visit is past, too long, or too far ahead."""

    code = "invalid_visit"
    message = "A visit begins in the future, within 180 days, and takes up to 24 hours."
    field = "startsAt"


class VisitNotOpen(DomainError):
    """The visit was decided, called off, or is over."""

    code = "visit_not_open"
    message = "The visit is decided, called off or over."


class ProviderBusy(DomainError):
    """The provider has another job at that time."""

    code = "provider_busy"
    message = "The provider has another job at that time."


class ProviderAway(DomainError):
    """The provider takes no work at that time."""

    code = "provider_away"
    message = "The provider is away at that time."


class ReasonRequired(DomainError):
    """A reason has to be given."""

    code = "reason_required"
    message = "Say why."
    field = "reason"


class ResolutionRequired(ReasonRequired):
    """Both sides of a dispute are to read why it was decided so."""

    field = "resolution"


class EmptyNote(DomainError):
    """The report says nothing."""

    code = "empty_note"
    message = "Say how the work goes."
    field = "text"


class EmptyEvidence(DomainError):
    """Neither words nor a file were given."""

    code = "empty_evidence"
    message = "Give some words or a file."
    field = "text"


class DisputeClosed(DomainError):
    """The dispute was decided."""

    code = "dispute_closed"
    message = "The dispute has been decided."


class OwnDispute(NotAllowed):
    """Nobody decides a dispute of their own."""

    code = "own_dispute"
    message = "You are a party to this dispute: somebody else of the staff decides it."


class RefundShareRequired(DomainError):
    """A refund needs its share of the price."""

    code = "refund_share_required"
    message = "Say how much of the price the client gets back, in percent."
    field = "refundShare"


class RefundShareNotAllowed(DomainError):
    """Only a refund has a share of the price."""

    code = "refund_share_not_allowed"
    message = "Only with a refund does the client get back a share of the price."
    field = "refundShare"


class TooManyFiles(DomainError):
    """There are more files than are taken."""

    code = "too_many_files"
    message = "These are too many files."
