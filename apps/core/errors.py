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


class InvalidType(DomainError):
    """The text of a setting's value cannot be read as its type."""

    code = "invalid_type"
    message = "This is no value of the type %(type)s."
    field = "value"


class OutOfRange(DomainError):
    """The value of a setting, or the length of its text, is not within its range."""

    code = "out_of_range"
    message = "The value is not within its range."
    field = "value"


class PatternMismatch(DomainError):
    """The value of a setting does not match its expression."""

    code = "pattern_mismatch"
    message = "The value does not match the expression that it has to."
    field = "value"


class InvalidRule(DomainError):
    """The rule of a setting makes no sense."""

    code = "invalid_rule"
    message = "The rule is wrong: %(reason)s."


class InvalidPattern(InvalidRule):
    """The expression of a setting's rule is none, or none that can be used."""

    field = "validationRegex"


class KeyTaken(DomainError):
    """There is a setting of the key, or the product reserves it for one."""

    code = "key_taken"
    message = "There is a setting of this key."
    field = "key"


class SettingInUse(DomainError):
    """The product itself reads the setting, by its key and as its type."""

    code = "setting_in_use"
    message = "The product reads this setting: its key and type stay, and so does it."


class InvalidVersion(DomainError):
    """The text names no version."""

    code = "invalid_version"
    message = "A version is up to four numbers with dots between them, such as 2.4.1 or 2.5.0-rc.1."
    field = "version"


class BuildNotNewer(DomainError):
    """The platform has a release of that build, or of a later one."""

    code = "build_not_newer"
    message = "The build number has to be greater than %(newest)s, the platform's greatest."
    field = "buildNumber"


class DocumentChanged(DomainError):
    """Another document is registered under the same key."""

    code = "document_changed"
    message = "Another document is registered as %(key)s."
