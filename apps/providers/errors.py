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
