"""What administrators set about reviews."""

from apps.core.configuration import BOOLEAN, INTEGER, Setting

WINDOW_DAYS = Setting(
    "reviews.window_days",
    INTEGER,
    default=60,
    least=1,
    most=365,
    is_public=True,
    description="For how many days after work was finished its two sides can write about it.",
    category="reviews",
)
BLIND_DAYS = Setting(
    "reviews.blind_days",
    INTEGER,
    default=14,
    least=1,
    most=90,
    is_public=True,
    description="After how many days a review is shown although the other side wrote none.",
    category="reviews",
)
MODERATED_FIRST = Setting(
    "reviews.moderated_first",
    BOOLEAN,
    default=False,
    description="Whether staff look at each review before it is published.",
    category="reviews",
)
