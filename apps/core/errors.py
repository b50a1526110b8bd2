"""What can be refused here."""

from kernel.errors import DomainError


class IdempotencyMismatch(DomainError):
    """The key was used before, with another input."""

    code = "idempotency_mismatch"
    message = "This idempotency key was used with another input."
    field = "idempotencyKey"


class ResyncRequired(DomainError):
    """The cursor is older than what the log keeps."""

    code = "resync_required"
    message = "The cursor is too old: read the present state and subscribe anew."
    field = "after"


class BadCursor(DomainError):
    """The text is no cursor of this server."""

    code = "invalid_cursor"
    message = "This is not a cursor that this server gave."
    field = "after"


class DailyLimitReached(DomainError):
    """It was done as often today as a day allows."""

    code = "daily_limit_reached"
    message = "That was enough for today. Try again tomorrow."
