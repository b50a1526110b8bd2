"""Users and all that is theirs alone."""

from apps.accounts.models.community import FriendRequest, PointsAward
from apps.accounts.models.profiles import (
    ClientProfile,
    UserProfile,
    UserVerification,
    VerificationEvidence,
)
from apps.accounts.models.sessions import Challenge, Device, MfaDevice, RecoveryCode, Session
from apps.accounts.models.users import User

__all__ = [
    "Challenge",
    "ClientProfile",
    "Device",
    "FriendRequest",
    "MfaDevice",
    "PointsAward",
    "RecoveryCode",
    "Session",
    "User",
    "UserProfile",
    "UserVerification",
    "VerificationEvidence",
]
