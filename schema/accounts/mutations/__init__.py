"""What users do with their accounts."""

from strawberry.tools import merge_types

from schema.accounts.mutations.codes import CodesMutation
from schema.accounts.mutations.devices import DevicesMutation
from schema.accounts.mutations.firebase import FirebaseMutation
from schema.accounts.mutations.friends import FriendsMutation
from schema.accounts.mutations.mfa import MfaMutation
from schema.accounts.mutations.moderation import ModerationMutation
from schema.accounts.mutations.passwords import PasswordsMutation
from schema.accounts.mutations.profile import ProfileMutation
from schema.accounts.mutations.sessions import SessionsMutation
from schema.accounts.mutations.switching import SwitchingMutation
from schema.accounts.mutations.verifications import VerificationsMutation

AccountsMutation = merge_types(
    "AccountsMutation",
    (
        CodesMutation,
        DevicesMutation,
        FirebaseMutation,
        FriendsMutation,
        MfaMutation,
        ModerationMutation,
        PasswordsMutation,
        ProfileMutation,
        SessionsMutation,
        SwitchingMutation,
        VerificationsMutation,
    ),
)
