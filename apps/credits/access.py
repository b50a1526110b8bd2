"""From ids to those whose credits they are, for those who may know."""

from uuid import UUID

from apps.credits import errors
from apps.credits.models import CreditWallet
from apps.providers.access import acting_provider, provider_visible_to
from apps.providers.models import ServiceProviderProfile
from kernel.errors import NotFound
from kernel.viewer import Viewer


def wallet_owner(viewer: Viewer, provider_id: UUID | None) -> ServiceProviderProfile:
    """The viewer's own business, where no other is named, or any one for staff who see wallets.

    Raises NotFound, or NoProviderProfile.
    """
    if provider_id is None:
        return acting_provider(viewer)
    provider = provider_visible_to(viewer, provider_id)
    if not viewer.oversees(CreditWallet) and provider.user_profile.user_id != viewer.user_id:
        raise NotFound
    return provider


def adjusted_by(viewer: Viewer, provider_id: UUID) -> ServiceProviderProfile:
    """A provider whose balance one of the staff may change by hand: not their own business.

    Raises NotFound, or OwnWallet.
    """
    provider = provider_visible_to(viewer, provider_id)
    if provider.user_profile.user_id == viewer.user_id:
        raise errors.OwnWallet
    return provider
