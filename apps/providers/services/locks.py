"""Locking providers: always first, before anything that hangs on them."""

from uuid import UUID

from apps.providers.models import ServiceProviderProfile
from kernel.lookup import one_of


def locked_provider(provider_id: UUID) -> ServiceProviderProfile:
    """A provider as it is now, with who runs it; raises NotFound for one that was deleted.

    Others can still refer to it: they do not change it.
    """
    rows = ServiceProviderProfile.objects.select_related("user_profile__user")
    found: ServiceProviderProfile = one_of(
        rows.select_for_update(no_key=True, of=("self",)), pk=provider_id
    )
    return found
