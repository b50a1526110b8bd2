"""The core's part of the demo data: settings, released apps, and the note that all is loaded."""

from datetime import date, timedelta
from typing import Any

from apps.core.models import AppVersion, SystemSetting
from kernel.demo import Dice

MARK = "demo-data"
Type = SystemSetting.Type
SETTINGS: tuple[dict[str, Any], ...] = (
    {
        "key": "support-email",
        "value": "help@fundi.example",
        "description": "Where people find help.",
        "category": "contact",
        "is_public": True,
        "validation_regex": r"[^@\s]+@[^@\s]+",
    },
    {
        "key": "support-hours",
        "value": "Monday to Saturday, 07:00 to 20:00",
        "description": "When somebody answers.",
        "category": "contact",
        "is_public": True,
        "requires_admin": False,
        "max_value": 100,
    },
    {
        "key": "support-phone",
        "value": "+27215550100",
        "description": "Where people call.",
        "category": "contact",
        "is_public": True,
        "requires_admin": False,
        "validation_regex": r"\+[1-9][0-9]{6,14}",
    },
    {
        "key": "photos-per-order",
        "value": "8",
        "description": "How many photos clients are asked for at most.",
        "category": "orders",
        "is_public": True,
        "setting_type": Type.INTEGER,
        "min_value": 1,
        "max_value": 20,
    },
    {
        "key": "maintenance",
        "value": "false",
        "description": "Whether clients tell of work on the platform.",
        "category": "clients",
        "is_public": True,
        "setting_type": Type.BOOLEAN,
    },
    {
        "key": "tips",
        "value": '["Say what drips.", "Add a photo.", "Name a day."]',
        "description": "What clients suggest on the first page.",
        "category": "clients",
        "is_public": True,
        "requires_admin": False,
        "setting_type": Type.JSON,
    },
    {
        "key": "order-draft-days",
        "value": "30",
        "description": "Days after which a draft is put away.",
        "category": "orders",
        "setting_type": Type.INTEGER,
        "min_value": 1,
    },
    {
        "key": "bid-reminder-hours",
        "value": "24",
        "description": "Hours after which a client hears of waiting bids.",
        "category": "orders",
        "setting_type": Type.INTEGER,
        "min_value": 1,
    },
)
STORES = {
    "IOS": "https://apps.fundi.example/ios",
    "ANDROID": "https://apps.fundi.example/android",
    "WEB": "https://fundi.example",
}
#: Of each platform one release that was withdrawn, one that all must have, and the newest.
VERSIONS: tuple[dict[str, Any], ...] = (
    {"platform": "IOS", "version": "2.3.9", "build_number": 239, "is_active": False},
    {"platform": "IOS", "version": "2.4.0", "build_number": 240, "is_forced_update": True},
    {"platform": "IOS", "version": "2.4.1", "build_number": 241, "min_os_version": "16.0"},
    {"platform": "ANDROID", "version": "2.3.8", "build_number": 1238, "is_active": False},
    {"platform": "ANDROID", "version": "2.4.0", "build_number": 1240, "is_forced_update": True},
    {"platform": "ANDROID", "version": "2.4.1", "build_number": 1241, "min_os_version": "9"},
    {"platform": "WEB", "version": "2.4.1", "build_number": 310, "is_active": False},
    {"platform": "WEB", "version": "2.4.2", "build_number": 312, "is_forced_update": True},
    {"platform": "WEB", "version": "2.5.0", "build_number": 318},
)


def is_loaded() -> bool:
    """Whether the demo data was stored to the end."""
    return SystemSetting.objects.filter(key=MARK).exists()


def plan(seed: int, today: date) -> list[list[Any]]:
    """Make the settings and released versions."""
    dice = Dice(seed, "core")
    newest = len(VERSIONS)
    return [
        [SystemSetting(id=dice.key(), **details) for details in SETTINGS],
        [
            AppVersion(
                id=dice.key(),
                release_date=today - timedelta(days=13 + (newest - number) * 7),
                release_notes="Faster lists, and fewer taps to a bid.",
                download_url=STORES[details["platform"]],
                **details,
            )
            for number, details in enumerate(VERSIONS)
        ],
    ]


def mark(seed: int) -> list[list[Any]]:
    """The note that is stored last: that it is there says that the load was finished."""
    note = SystemSetting(
        id=Dice(seed, "mark").key(),
        key=MARK,
        value=str(seed),
        setting_type=Type.INTEGER,
        description="The seed of the demo data that was loaded. Remove nothing here.",
        category="demo",
    )
    return [[note]]
