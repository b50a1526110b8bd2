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


class BidNotPending(DomainError):
    """The bid was decided or withdrawn."""

    code = "bid_not_pending"
    message = "The bid has been decided or withdrawn."


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


class ServiceDatePast(DomainError):
    """The day lies in the past."""

    code = "service_date_past"
    message = "The day of service lies in the past."
    field = "serviceDate"


class OrderHasBids(DomainError):
    """What bids were made on cannot be changed."""

    code = "order_has_bids"
    message = "The order has bids: what they were made on cannot be changed."


class AddonNotOffered(DomainError):
    """The addon does not belong to the service."""

    code = "addon_not_offered"
    message = "The addon does not belong to this service."
    field = "addons"


class PrerequisiteMissing(DomainError):
    """An addon needs another one."""

    code = "prerequisite_missing"
    message = "An addon needs another one that was not chosen."
    field = "addons"


class InvalidQuantity(DomainError):
    """The quantity is outside of what the addon allows."""

    code = "invalid_quantity"
    message = "The quantity is outside of what the addon allows."
    field = "addons"
