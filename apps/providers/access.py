"""From ids to providers, for those who may know."""

from uuid import UUID

from django.db.models import Q

from apps.providers import errors
from apps.providers.models import (
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
    ServiceProviderService,
)
from kernel.actions import Actions
from kernel.lookup import one_of
from kernel.viewer import Viewer


def acting_provider(viewer: Viewer) -> ServiceProviderProfile:
    """The viewer's own business; raises NoProviderProfile."""
    found: ServiceProviderProfile | None = ServiceProviderProfile.objects.filter(
        user_profile__user=viewer.user_id
    ).first()
    if found is None:
        raise errors.NoProviderProfile
    return found


def verified_provider(viewer: Viewer) -> ServiceProviderProfile:
    """The viewer's own business; raises NoProviderProfile or ProviderNotVerified."""
    provider = acting_provider(viewer)
    if not provider.is_verified_provider:
        raise errors.ProviderNotVerified
    return provider


def provider_visible_to(viewer: Viewer, provider_id: UUID) -> ServiceProviderProfile:
    """A provider whom the viewer may know of; raises NotFound."""
    rows = ServiceProviderProfile.objects.visible_to(viewer)
    found: ServiceProviderProfile = one_of(rows, pk=provider_id)
    return found


def own_service(viewer: Viewer, service_id: UUID) -> ServiceProviderService:
    """A service that the viewer's business offers; raises NotFound."""
    own = ServiceProviderService.objects.filter(provider__user_profile__user=viewer.user_id)
    found: ServiceProviderService = one_of(own, pk=service_id)
    return found


def own_hours_exception(viewer: Viewer, exception_id: UUID) -> ProviderHoursException:
    """A day of the viewer's business with other hours; raises NotFound."""
    own = ProviderHoursException.objects.filter(provider__user_profile__user=viewer.user_id)
    found: ProviderHoursException = one_of(own.select_related("provider"), pk=exception_id)
    return found


def own_time_off(viewer: Viewer, time_off_id: UUID) -> ProviderTimeOff:
    """A time in which the viewer's business is away; raises NotFound."""
    own = ProviderTimeOff.objects.filter(provider__user_profile__user=viewer.user_id)
    found: ProviderTimeOff = one_of(own.select_related("provider"), pk=time_off_id)
    return found


def _own(viewer: Viewer) -> Q:
    return Q(provider__user_profile__user=viewer.user_id)


def _reviews(viewer: Viewer) -> Q | bool:
    return viewer.has_permission("providers.change_providerdocument") and ~_own(viewer)


#: What owners and staff may do with a document.
DOCUMENT_ACTIONS = Actions(
    ProviderDocument, {"withdrawProviderDocument": _own, "reviewProviderDocument": _reviews}
)


def document_visible_to(viewer: Viewer, document_id: UUID) -> ProviderDocument:
    """A document that the viewer may see; raises NotFound."""
    found: ProviderDocument = one_of(ProviderDocument.objects.visible_to(viewer), pk=document_id)
    return found
