"""How providers want to get leads."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.leads.configuration import MODE
from apps.leads.models import LeadPreference
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.locks import locked_provider
from kernel.constraints import save_checked
from kernel.models import require_version


@transaction.atomic
def update_lead_preference(
    *, provider: ServiceProviderProfile, changes: Mapping[str, Any], version: int | None = None
) -> LeadPreference:
    """Keep how a provider wants to get leads; what is not said stays. ``changes`` are fields of
    LeadPreference. Raises VersionConflict.
    """
    provider = locked_provider(provider.pk)
    preference = LeadPreference.objects.filter(provider=provider).first()
    if preference is None:
        preference = LeadPreference(provider=provider, mode=MODE.value())
    else:
        require_version(preference, version)
    for name, value in changes.items():
        setattr(preference, name, value)
    is_new = preference._state.adding
    save_checked(preference, update_fields=None if is_new else list(changes))
    return preference
