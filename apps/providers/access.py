"""From ids to providers, for those who may know."""

from uuid import UUID

from apps.providers import errors
from apps.providers.models import ServiceProviderProfile, ServiceProviderService
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
