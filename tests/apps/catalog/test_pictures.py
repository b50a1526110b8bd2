"""Pictures of the catalog: encoded anew, replaced, removed, and never left behind."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image
from pytest_django import Settings

from apps.catalog.models import ServiceAddon, ServiceCategory, ServiceSubcategory
from apps.catalog.services.entries import create_entry, update_entry
from kernel.pictures import NotAPhoto, PhotoTooLarge
from tests.factories.catalog import AddonFactory, CategoryFactory, SubcategoryFactory
from tests.support.pictures import bomb, photo_with_exif, picture

pytestmark = pytest.mark.django_db(transaction=True)


def files(settings: Settings) -> list[str]:
    """The names of all that is kept."""
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("factory", "field"),
    [(CategoryFactory, "banner_image"), (SubcategoryFactory, "image"), (AddonFactory, "image")],
)
def test_a_picture_takes_the_place_of_the_one_before_and_can_be_removed(
    settings: Settings, factory: Any, field: str
):
    entry = factory()

    first = getattr(update_entry(entry=entry, changes={field: BytesIO(photo_with_exif())}), field)
    with Image.open(first.path) as kept:
        assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
    second = getattr(update_entry(entry=entry, changes={field: BytesIO(picture("PNG"))}), field)
    update_entry(entry=entry, changes={"name": "The picture stays"})
    assert files(settings) == [Path(second.name).name] != [Path(first.name).name]
    update_entry(entry=entry, changes={field: None})

    entry.refresh_from_db()
    assert (getattr(entry, field).name, files(settings)) == ("", [])


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"%PDF-1.7", NotAPhoto), (b"", NotAPhoto), (bomb((9000, 9000)), PhotoTooLarge)],
)
def test_what_is_no_picture_is_refused(settings: Settings, content: bytes, refusal: Any):
    with pytest.raises(refusal) as refused:
        create_entry(
            model=ServiceCategory, details={"name": "Water", "banner_image": BytesIO(content)}
        )

    assert refused.value.field == "bannerImage"
    assert (files(settings), ServiceCategory.objects.exists()) == ([], False)


@pytest.mark.parametrize("model", [ServiceSubcategory, ServiceAddon])
def test_no_file_is_left_behind_by_a_refusal(settings: Settings, model: Any):
    with pytest.raises(ValidationError):
        create_entry(model=model, details={"name": "", "image": BytesIO(picture())})

    assert files(settings) == []
