"""What administrators set about orders."""

from apps.core.configuration import INTEGER, Setting

OPEN_DAYS = Setting(
    "orders.open_days",
    INTEGER,
    default=30,
    least=1,
    most=90,
    is_public=True,
    description="For how many days an order is open to bids once it is published.",
    category="orders",
)
CONFIRM_HOURS = Setting(
    "orders.confirm_hours",
    INTEGER,
    default=72,
    least=1,
    most=720,
    is_public=True,
    description="How many hours after its completion work counts as confirmed by its client.",
    category="orders",
)
