"""What can be refused here."""

from kernel.errors import DomainError


class ServiceDatePast(DomainError):
    """The day lies in the past."""

    code = "service_date_past"
    message = "The day of service lies in the past."
    field = "serviceDate"


class ServiceNotOffered(DomainError):
    """The service was taken out of the catalog."""

    code = "service_not_offered"
    message = "The service is not offered any more."
    field = "serviceSubcategoryId"


class ServiceNotInArea(DomainError):
    """The area does not have the service's category."""

    code = "service_not_in_area"
    message = "The service is not offered in this area."
    field = "areaId"


class AddonNotOffered(DomainError):
    """The addon does not belong to the service."""

    code = "addon_not_offered"
    message = "The addon does not belong to this service."
    field = "addons"


class DuplicateAddon(DomainError):
    """An addon was chosen twice."""

    code = "duplicate_addon"
    message = "An addon was chosen twice: say how many of it instead."
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


class PackageNotOffered(DomainError):
    """The package does not belong to the service."""

    code = "package_not_offered"
    message = "The package does not belong to this service."
    field = "packageId"


class PackageNotValid(DomainError):
    """The package is not sold for that day."""

    code = "package_not_valid"
    message = "The package is not sold for that day."
    field = "packageId"


class TreeCycle(DomainError):
    """A branch cannot grow from itself, or from one of those below it."""

    code = "tree_cycle"
    message = "A category cannot be below itself."
    field = "parentId"


class PrerequisiteCycle(DomainError):
    """An addon cannot need itself, be it by way of others."""

    code = "prerequisite_cycle"
    message = "An addon cannot be among what it needs itself."
    field = "prerequisiteIds"


class InvalidOrder(DomainError):
    """The ids are not those of all siblings, each once."""

    code = "invalid_order"
    message = "Name each of the entries that stand there once, and no other."
    field = "ids"


class ParentDeleted(DomainError):
    """What the entry belongs to is deleted."""

    code = "parent_deleted"
    message = "What this belongs to is deleted."


class InvalidLanguageCode(DomainError):
    """The text is no tag of a language."""

    code = "invalid_language_code"
    message = "This is no IETF tag of a language, such as fr, pt-BR or zh-Hant."
    field = "code"


class DefaultLanguage(DomainError):
    """There is always one default language, which is in use."""

    code = "default_language"
    message = "This language stands in for others: make another one the default first."


class UnknownLanguage(DomainError):
    """Texts are translated into the languages in use, from the default one."""

    code = "unknown_language"
    message = "The platform does not translate into %(language)s."
    field = "translations"


class RepeatedLanguage(DomainError):
    """A language was named twice."""

    code = "repeated_language"
    message = "Name each language once."
    field = "translations"


class NotTranslatable(DomainError):
    """An entry of this kind has no such text to translate."""

    code = "not_translatable"
    message = "There is no %(text)s to translate here."
    field = "translations"


class InvalidColor(DomainError):
    """The text is no colour."""

    code = "invalid_color"
    message = "A colour is written as #rrggbb."
    field = "color"


class InvalidPlace(DomainError):
    """The degrees are of no place on Earth."""

    code = "invalid_place"
    message = "These are no coordinates on Earth."


class PlaceNeeded(DomainError):
    """Nothing was said of where."""

    code = "place_needed"
    message = "Give a latitude and a longitude, a postal code, or both."


class IdOrSlug(DomainError):
    """An entry is asked for by one of two."""

    code = "id_or_slug"
    message = "Give either the id or the slug."
