"""What else the demo data says of a business: its documents, its days off, its figures."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from apps.catalog.models import ServiceCategory
from apps.providers.models import (
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
)
from kernel import clock
from kernel.demo import Dice
from kernel.storage import private_storage

#: The file behind all documents.
FILE = "documents/demo.jpg"
Type, Status = ProviderDocument.Type, ProviderDocument.Status
REASONS = ("Family", "Holiday", "Training", "")


def keep_file() -> None:
    """Put the file of the demo data where private files are kept, unless it is there."""
    if private_storage().exists(FILE):
        return
    page, output = Image.new("RGB", (420, 297), "white"), BytesIO()
    ImageDraw.Draw(page).text((40, 40), "A document of the demo data", fill="black")
    page.save(output, "JPEG")
    private_storage().save(FILE, ContentFile(output.getvalue()))


def documents(
    dice: Dice, profile: ServiceProviderProfile, roots: list[ServiceCategory]
) -> list[ProviderDocument]:
    """What a provider showed: what its trades ask for, where it is verified."""
    if not profile.is_verified_provider:
        status = dice.choices([Status.PENDING, Status.REJECTED], [70, 30])[0]
        return [_document(dice, profile, Type.IDENTITY, status)]
    wanted = {
        Type.IDENTITY: True,
        Type.REGISTRATION: dice.chance(0.6),
        Type.LICENSE: any(root.requires_license for root in roots),
        Type.INSURANCE: any(root.requires_insurance for root in roots) or dice.chance(0.3),
        Type.BACKGROUND_CHECK: any(root.requires_background_check for root in roots),
    }
    found = []
    for kind in (kind for kind, is_wanted in wanted.items() if is_wanted):
        approved = _document(dice, profile, kind, Status.APPROVED)
        found.append(approved)
        ends = approved.expires_date
        # Who is to be reminded has often sent the next one already.
        if ends and ends < clock.today() + timedelta(days=30) and dice.chance(0.5):
            found.append(_document(dice, profile, kind, Status.PENDING))
    return found


def _document(
    dice: Dice, profile: ServiceProviderProfile, kind: str, status: str
) -> ProviderDocument:
    since = clock.now() - timedelta(minutes=dice.randint(300, 20_000))
    reviewed = None if status == Status.PENDING else since + timedelta(hours=4)
    return ProviderDocument(
        id=dice.key(),
        provider=profile,
        document_type=kind,
        number=f"{profile.country}-{dice.randint(10_000, 99_999)}",
        file=FILE,
        name=f"{kind.lower()}.jpg",
        content_type="image/jpeg",
        issued_date=clock.today() - timedelta(days=dice.randint(30, 300)),
        expires_date=_end(dice, status),
        status=status,
        review_notes="The picture is too dark to read." if status == Status.REJECTED else "",
        reviewed_at=reviewed,
        created_at=since,
        updated_at=reviewed or since,
    )


def _end(dice: Dice, status: str) -> date | None:
    """The last day of a document: of one in ten that hold it is near."""
    if dice.chance(0.2):
        return None
    soon = status == Status.APPROVED and dice.chance(0.1)
    return clock.today() + timedelta(days=dice.randint(3, 29) if soon else dice.randint(60, 900))


def exceptions(dice: Dice, profile: ServiceProviderProfile) -> list[ProviderHoursException]:
    """A day or two on which a provider keeps other hours, or none."""
    days = dice.sample(range(2, 40), dice.choice((0, 0, 1, 2)))
    return [
        ProviderHoursException(
            id=dice.key(),
            provider=profile,
            date=clock.today(profile.time_zone) + timedelta(days=day),
            hours=dice.choice(([], [["10:00", "14:00"]])),
        )
        for day in days
    ]


def time_off(dice: Dice, profile: ServiceProviderProfile) -> list[ProviderTimeOff]:
    """A week or two, for one provider in six."""
    if not dice.chance(1 / 6):
        return []
    starts = clock.now().replace(minute=0, second=0, microsecond=0)
    starts += timedelta(days=dice.randint(3, 60))
    return [
        ProviderTimeOff(
            id=dice.key(),
            provider=profile,
            starts_at=starts,
            ends_at=starts + timedelta(days=dice.choice((3, 7, 14))),
            reason=dice.choice(REASONS),
        )
    ]


def count_answer(profile: ServiceProviderProfile, seconds: float) -> None:
    """Count an order that a provider bid on into its figures."""
    profile.responses += 1
    profile.response_seconds += max(int(seconds), 0)
    minutes = Decimal(profile.response_seconds) / profile.responses / 60
    profile.response_time_minutes = int(_rounded(minutes, "1"))


def count_work(profile: ServiceProviderProfile, *, is_done: bool) -> None:
    """Count an order that a provider was given into its figures."""
    profile.jobs_taken += 1
    profile.jobs_completed += is_done
    share = Decimal(100 * profile.jobs_completed) / profile.jobs_taken
    profile.completion_rate = _rounded(share, "0.01")


def count_stars(profile: ServiceProviderProfile, stars: int) -> None:
    """Count a review into a provider's figures."""
    profile.total_reviews += 1
    profile.rating_sum += stars
    mean = Decimal(profile.rating_sum) / profile.total_reviews
    profile.average_rating = _rounded(mean, "0.01")


def _rounded(value: Decimal, to: str) -> Any:
    return value.quantize(Decimal(to), ROUND_HALF_UP)
