"""What remains of a business whose owner is gone for good."""

from pathlib import Path

import pytest
from django.conf import settings

from apps.core.services.event_log import deliver_due
from apps.providers.models import ProviderDocument, ProviderHoursException, ProviderTimeOff
from apps.providers.services.profiles import erase_provider_profile
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory
from tests.factories.providers import (
    DocumentFactory,
    HoursExceptionFactory,
    ProviderFactory,
    TimeOffFactory,
)

pytestmark = pytest.mark.django_db


def _stored() -> set[str]:
    folder = Path(settings.PRIVATE_MEDIA_ROOT)
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_where_it_worked_and_that_it_was_verified_goes(cast: Cast):
    business, noise = cast.ada_business, ProviderFactory()
    for provider in (business, noise):
        provider.service_areas.add(AreaFactory())

    erase_provider_profile(user_id=cast.ada.pk)

    for provider, kept in ((business, False), (noise, True)):
        provider.refresh_from_db()
        assert (provider.is_verified_provider, provider.service_areas.exists()) == (kept, kept)


def test_its_documents_go_with_their_files_and_its_hours_too(cast: Cast):
    business, noise = cast.ada_business, DocumentFactory()
    kept = {Path(noise.file.name).name}
    DocumentFactory(provider=business)
    DocumentFactory(provider=business, document_type="IDENTITY", approved=True).soft_delete()
    HoursExceptionFactory(provider=business)
    TimeOffFactory(provider=business, reason="Surgery")
    business.soft_delete()

    erase_provider_profile(user_id=cast.ada.pk)
    before = _stored()
    deliver_due()

    assert list(ProviderDocument.objects.all_with_deleted()) == [noise]
    assert not ProviderHoursException.objects.exists()
    assert not ProviderTimeOff.objects.exists()
    assert (len(before), _stored()) == (3, kept)
