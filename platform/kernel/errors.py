"""Failures that a caller can expect, each with a stable code.

They descend from Django's own, so that forms, the admin and the API treat them alike.
"""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model


class DomainError(ValidationError):
    """A rule was broken. Subclasses set ``code``, ``message`` and the input's ``field``."""

    code = "invalid"
    message = "This is not possible."
    field: str | None = None

    def __init__(self, message: str | None = None, *, params: dict[str, Any] | None = None) -> None:
        super().__init__(message or self.message, code=self.code, params=params)


class NotAllowed(PermissionDenied):
    """The caller may not do this."""

    code = "not_allowed"
    message = "You may not do this."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class NotSignedIn(NotAllowed):
    """The operation needs a signed-in caller."""

    code = "not_signed_in"
    message = "Sign in first."


class StepUpRequired(NotAllowed):
    """The operation needs a password or second factor that was shown a short while ago."""

    code = "step_up_required"
    message = "Show your password or second factor again: call stepUp, then repeat this."


class SecondFactorMissing(NotAllowed):
    """The organization requires a second factor, which this session was not opened with."""

    code = "second_factor_required"
    message = "Your organization requires a second factor: set one up and sign in with it."


class NotFound(ObjectDoesNotExist):
    """There is no such object, or the caller may not know of it: both look alike."""

    code = "not_found"
    message = "There is no such object."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class Overloaded(Exception):
    """The system has no room for the request now; asking again later may work."""

    code = "overloaded"
    message = "The service is busy. Try again in a moment."


class TimedOut(Exception):
    """The request took longer than it may, and was ended."""

    code = "timed_out"
    message = "This took too long and was ended."

    def __init__(self) -> None:
        super().__init__(self.message)


class VersionConflict(DomainError):
    """The object was changed since the caller read it."""

    code = "version_conflict"
    message = "The object was changed in the meantime."
    field = "version"

    def __init__(self, row: Model) -> None:
        super().__init__()
        #: Which object it is: the label of its model, and its key.
        self.row = (row._meta.label, str(row.pk))


EXPECTED = (ValidationError, PermissionDenied, ObjectDoesNotExist, Overloaded)
