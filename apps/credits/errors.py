"""What can be refused here."""

from kernel.errors import DomainError, NotAllowed


class InsufficientCredits(DomainError):
    """The wallet holds less than is to be spent."""

    code = "insufficient_credits"
    message = "There are not enough credits."


class InvalidCredits(DomainError):
    """The number of credits is none that can be moved."""

    code = "invalid_credits"
    message = "The number of credits must be from %(least)s to %(most)s."
    field = "credits"


class DescriptionMissing(DomainError):
    """A change by hand says why."""

    code = "description_missing"
    message = "Say why the balance changes."
    field = "description"


class InvalidExpiry(DomainError):
    """Credits expire in the future, and only those that are given."""

    code = "invalid_expiry"
    message = "Only credits that are given can expire, and only in the future."
    field = "expiresAt"


class OwnWallet(NotAllowed):
    """Nobody changes their own balance by hand."""

    code = "own_wallet"
    message = "Another one of the staff has to adjust your own credits."


class PurchaseNotPending(DomainError):
    """The purchase was settled, or failed."""

    code = "purchase_not_pending"
    message = "The purchase is not waiting to be paid any more."


class PaymentsNotConfigured(DomainError):
    """Nobody takes payments on this installation."""

    code = "payments_not_configured"
    message = "Nothing can be bought until PAYMENT_GATEWAY is set."


class StatementTooLong(DomainError):
    """The period holds more rows than one file."""

    code = "statement_too_long"
    message = "There are more than %(most)s rows in this time: export a shorter one."
    field = "until"


class InvalidPeriod(DomainError):
    """The end is not after the beginning."""

    code = "invalid_period"
    message = "The end of the time must be after its beginning."
    field = "until"
