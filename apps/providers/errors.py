"""What can be refused here."""

from kernel.errors import DomainError, NotAllowed


class NoProviderProfile(NotAllowed):
    """The caller has no business on the platform."""

    code = "no_provider_profile"
    message = "Create a provider profile first."


class ProviderNotVerified(NotAllowed):
    """Staff has not checked the provider's documents yet."""

    code = "provider_not_verified"
    message = "Your business has to be verified first."


class ProviderNotAvailable(DomainError):
    """The provider takes no work now."""

    code = "provider_not_available"
    message = "Your business takes no work now: say that it does first."


class ProfileExists(DomainError):
    """The caller has a business already."""

    code = "profile_exists"
    message = "You have a provider profile already."


class NoOrganization(DomainError):
    """A business belongs to an organization, and the caller acts for none."""

    code = "no_organization"
    message = "Switch to the organization that the business belongs to."


class InvalidSchedule(DomainError):
    """The opening hours are none."""

    code = "invalid_schedule"
    message = "Give hours by weekday (mon to sun) as pairs of HH:MM, in order, without overlap."
    field = "schedule"


class InvalidCircle(DomainError):
    """The circle is not on Earth, or too wide."""

    code = "invalid_circle"
    message = "Give a place on Earth and a radius of up to 500 km."
    field = "near"


class NearNeeded(DomainError):
    """There is no distance without a place to measure it from."""

    code = "near_needed"
    message = "Ordering by distance needs the argument near."
    field = "order"


class LicenseRequired(NotAllowed):
    """The category asks for a licence, and the provider has shown none that holds."""

    code = "license_required"
    message = "This category asks for a licence: show yours first."


class InsuranceRequired(NotAllowed):
    """The category asks for insurance, and the provider has shown none that holds."""

    code = "insurance_required"
    message = "This category asks for insurance: show yours first."


class BackgroundCheckRequired(NotAllowed):
    """The category asks for a background check, and the provider has shown none that holds."""

    code = "background_check_required"
    message = "This category asks for a background check: show yours first."


class SearchTooLong(DomainError):
    """The text to search for is too long."""

    code = "search_too_long"
    message = "Search for at most 200 characters."
    field = "search"


class SearchNeeded(DomainError):
    """There is no relevance without a text to be relevant to."""

    code = "search_needed"
    message = "Ordering by relevance needs the argument search."
    field = "order"


class DocumentExpired(DomainError):
    """The document holds no longer."""

    code = "document_expired"
    message = "The document has expired."
    field = "expires_date"


class AlreadyReviewed(DomainError):
    """Staff decided the document already."""

    code = "already_reviewed"
    message = "The document was decided already."


class OwnDocument(NotAllowed):
    """Nobody decides about their own documents."""

    code = "own_document"
    message = "Another one of the staff has to decide about your document."


class OwnBusiness(NotAllowed):
    """Nobody verifies their own business."""

    code = "own_business"
    message = "Another one of the staff has to decide about your business."


class DocumentsMissing(DomainError):
    """Nothing that staff approved shows who the provider is."""

    code = "documents_missing"
    message = "An approved proof of identity or registration that has not expired is needed."


class DatePast(DomainError):
    """The day is over."""

    code = "date_past"
    message = "The day is over."
    field = "date"


class InvalidTimeOff(DomainError):
    """The time is over, or too long."""

    code = "invalid_time_off"
    message = "Time off begins today or later, and lasts up to a year."
    field = "starts_at"


class InvalidWindow(DomainError):
    """The time that was asked about is none, or too long, or too far away."""

    code = "invalid_window"
    message = "Ask for up to 31 days, from a year ago to two years ahead."
    field = "until"


class AddonNotOffered(DomainError):
    """The addon is one of another service."""

    code = "addon_not_offered"
    message = "The service has no such addon."
    field = "addons"


class DuplicateAddon(DomainError):
    """An addon is named twice."""

    code = "duplicate_addon"
    message = "Name each addon once."
    field = "addons"


class InvalidRadius(DomainError):
    """The radius is none that somebody travels."""

    code = "invalid_radius"
    message = "The radius must be 1 to 500 km."
    field = "travel_radius"
