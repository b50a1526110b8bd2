"""The core's part of the demo data: settings, released apps, and the note that all is loaded."""

from datetime import date, timedelta
from typing import Any

from apps.core.models import AppVersion, SystemSetting
from kernel.demo import Dice

MARK = "demo-data"
SETTINGS = (
    ("support-email", "help@fundi.example", "Where people find help.", True, "contact"),
    (
        "support-hours",
        "Monday to Saturday, 07:00 to 20:00",
        "When somebody answers.",
        True,
        "contact",
    ),
    ("order-draft-days", "30", "Days after which a draft is put away.", False, "orders"),
    (
        "bid-reminder-hours",
        "24",
        "Hours after which a client hears of waiting bids.",
        False,
        "orders",
    ),
)
VERSIONS = (
    ("IOS", "2.4.0", 240),
    ("IOS", "2.4.1", 241),
    ("ANDROID", "2.4.1", 1241),
    ("WEB", "2.5.0", 318),
)


def is_loaded() -> bool:
    """Whether the demo data was stored to the end."""
    return SystemSetting.objects.filter(key=MARK).exists()


def plan(seed: int, today: date) -> list[list[Any]]:
    """Make the settings and released versions."""
    dice = Dice(seed, "core")
    return [
        [
            SystemSetting(
                id=dice.key(),
                key=key,
                value=value,
                description=description,
                is_public=is_public,
                category=category,
                setting_type="INTEGER" if value.isdigit() else "STRING",
            )
            for key, value, description, is_public, category in SETTINGS
        ],
        [
            AppVersion(
                id=dice.key(),
                platform=platform,
                version=version,
                build_number=build,
                release_date=today - timedelta(days=20 + number * 7),
                release_notes="Faster lists, and fewer taps to a bid.",
            )
            for number, (platform, version, build) in enumerate(VERSIONS)
        ],
    ]


def mark(seed: int) -> list[list[Any]]:
    """The note that is stored last: that it is there says that the load was finished."""
    note = SystemSetting(
        id=Dice(seed, "mark").key(),
        key=MARK,
        value=str(seed),
        setting_type=SystemSetting.Type.INTEGER,
        description="The seed of the demo data that was loaded. Remove nothing here.",
        category="demo",
    )
    return [[note]]
