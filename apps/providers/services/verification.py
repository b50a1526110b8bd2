"""Whether staff verified a provider, by the documents that it showed."""

from typing import Any

from django.db import transaction

from apps.core.models import AuditEntry
from apps.core.services import audit
from apps.providers import errors
from apps.providers.events import ProviderUnverified, ProviderVerified
from apps.providers.models import ProviderDocument, ServiceProviderProfile
from apps.providers.services.locks import locked_provider
from kernel import clock, events


@transaction.atomic
def verify_provider(
    *, provider: ServiceProviderProfile, by: Any, is_verified: bool, notes: str = ""
) -> ServiceProviderProfile:
    """Let a provider bid, or let it no more; ``notes`` say why, for the audit trail.

    Raises OwnBusiness, or DocumentsMissing without an approved document that says who it is.
    """
    provider = locked_provider(provider.pk)
    if by is not None and provider.user_profile.user_id == by.pk:
        raise errors.OwnBusiness
    if is_verified and not _is_identified(provider):
        raise errors.DocumentsMissing
    if provider.is_verified_provider != is_verified:
        _set(provider, is_verified)
    action = AuditEntry.Action.GRANT if is_verified else AuditEntry.Action.REVOKE
    audit.note(action=action, row=provider, changes={"reason": notes})
    return provider


def end_unfounded_verification(provider: ServiceProviderProfile) -> None:
    """Verify a locked provider no longer, once no document says who it is."""
    if provider.is_verified_provider and not _is_identified(provider):
        _set(provider, False)


def _is_identified(provider: ServiceProviderProfile) -> bool:
    shown = ProviderDocument.objects.filter(
        provider=provider, document_type__in=ProviderDocument.IDENTIFYING
    )
    found: bool = shown.holding(clock.today(provider.time_zone)).exists()
    return found


def _set(provider: ServiceProviderProfile, is_verified: bool) -> None:
    provider.is_verified_provider = is_verified
    provider.save(update_fields=["is_verified_provider"])
    fact = ProviderVerified if is_verified else ProviderUnverified
    events.publish(fact(provider_id=provider.pk, user_id=provider.user_profile.user_id))
