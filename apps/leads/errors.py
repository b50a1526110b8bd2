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


class InvalidWeights(DomainError):
    """The weights of a score's signals are none."""

    code = "invalid_weights"
    message = "Name signals with whole numbers from 0 to 1000, not all of them 0."
    field = "value"
