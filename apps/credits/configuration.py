"""What administrators set about credits."""

from decimal import Decimal

from apps.core.configuration import DECIMAL, INTEGER, Setting

PRICE = Setting(
    "credits.price",
    DECIMAL,
    default=Decimal("1.00"),
    least=Decimal("0.01"),
    most=10_000,
    is_public=True,
    description="What a credit costs, in the platform's currency.",
    category="credits",
)
LEAST_PURCHASE = Setting(
    "credits.least_purchase",
    INTEGER,
    default=5,
    least=1,
    most=10_000,
    is_public=True,
    description="How many credits are bought at once at least.",
    category="credits",
)
MOST_PURCHASE = Setting(
    "credits.most_purchase",
    INTEGER,
    default=1_000,
    least=1,
    most=100_000,
    is_public=True,
    description="How many credits are bought at once at most.",
    category="credits",
)
WELCOME_BONUS = Setting(
    "credits.welcome_bonus",
    INTEGER,
    default=0,
    least=0,
    most=1_000,
    is_public=True,
    description="How many credits a provider is given with its first verification.",
    category="credits",
)
WELCOME_DAYS = Setting(
    "credits.welcome_days",
    INTEGER,
    default=90,
    least=1,
    most=3_650,
    is_public=True,
    description="After how many days what is left of these expires.",
    category="credits",
)
