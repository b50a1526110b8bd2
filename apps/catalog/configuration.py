"""What administrators set about prices."""

from decimal import Decimal

from apps.core.configuration import DECIMAL, Setting

HIGH_PERCENT = Setting(
    "pricing.high_percent",
    DECIMAL,
    default=Decimal(10),
    least=0,
    most=200,
    is_public=True,
    description="What work that is needed within three days costs more, in percent.",
    category="pricing",
)
URGENT_PERCENT = Setting(
    "pricing.urgent_percent",
    DECIMAL,
    default=Decimal(25),
    least=0,
    most=200,
    is_public=True,
    description="What work that is needed within a day costs more, in percent.",
    category="pricing",
)
