"""What users earn points for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is worth points, once for each thing that it is done to."""

    code: str
    points: int
    description: str


EMAIL_VERIFIED = Deed("EMAIL_VERIFIED", 10, "Showed that their email address is theirs.")
PHONE_VERIFIED = Deed("PHONE_VERIFIED", 20, "Showed that their phone number is theirs.")
PROFILE_COMPLETED = Deed(
    "PROFILE_COMPLETED", 20, "Gave their names, a picture, a few words, city and country."
)
IDENTITY_VERIFIED = Deed("IDENTITY_VERIFIED", 50, "Had their identity verified by staff.")
ORDER_CONFIRMED = Deed("ORDER_CONFIRMED", 30, "Brought an order to its end, on either side.")
REVIEW_WRITTEN = Deed("REVIEW_WRITTEN", 10, "Wrote about finished work, for others to read.")
FRIEND_MADE = Deed("FRIEND_MADE", 5, "Made a new friend.")
STREAK_7 = Deed("STREAK_7", 25, "Came on seven days in a row.")
STREAK_30 = Deed("STREAK_30", 100, "Came on thirty days in a row.")
STREAK_100 = Deed("STREAK_100", 300, "Came on a hundred days in a row.")

DEEDS = (
    EMAIL_VERIFIED,
    PHONE_VERIFIED,
    PROFILE_COMPLETED,
    IDENTITY_VERIFIED,
    ORDER_CONFIRMED,
    REVIEW_WRITTEN,
    FRIEND_MADE,
    STREAK_7,
    STREAK_30,
    STREAK_100,
)
#: The deed that a row of so many days is.
STREAKS = {7: STREAK_7, 30: STREAK_30, 100: STREAK_100}
