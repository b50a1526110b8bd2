"""What can be refused here."""

from kernel.buckets import RateLimited
from kernel.errors import DomainError, NotAllowed, NotSignedIn


class InvalidCredentials(DomainError):
    """The email and password do not belong together, or to nobody."""

    code = "invalid_credentials"
    message = "The email address or the password is wrong."


class InvalidRefreshToken(DomainError):
    """The refresh token is none of ours, has expired, or its session ended."""

    code = "invalid_refresh_token"
    message = "Sign in again."


class RefreshTokenReused(DomainError):
    """The refresh token was used before: its session is ended, for one of two holders stole it."""

    code = "refresh_token_reused"
    message = "This token was used before, so the session was ended. Sign in again."


class InvalidAccessToken(NotSignedIn):
    """The access token is none of ours, has expired, or its session ended."""

    code = "invalid_token"
    message = "The access token is not valid. Refresh it or sign in again."


class InvalidChallenge(DomainError):
    """The token of a sign-in that waits for its second factor is none of ours, or is used up."""

    code = "invalid_challenge"
    message = "Sign in again."
    field = "challenge"


class MfaEnabled(DomainError):
    """The user has a second factor already."""

    code = "mfa_enabled"
    message = "A second factor is set up already."


class MfaNotEnabled(DomainError):
    """The user has no second factor, or none that waits for its first code."""

    code = "mfa_not_enabled"
    message = "There is no second factor to do this with."


class SecondFactorRequired(DomainError):
    """An organization of the user, or the platform of its staff, requires a second factor."""

    code = "second_factor_required"
    message = "You need a second factor where you work, so it stays on."


class DeviceMissing(DomainError):
    """Staff must have a second factor, and this one has none."""

    code = "mfa_not_enabled"
    message = (
        "Staff sign in with a second factor, and you have none: set one up by enrollMfa and"
        " confirmMfa in the API, or ask who runs the server for manage.py create_super_admin."
    )


class InvalidCode(DomainError):
    """The code is not the right one, or was used before."""

    code = "invalid_code"
    message = "The code is not right."
    field = "code"


class CodeExpired(DomainError):
    """The code was right or wrong, and too old in any case."""

    code = "code_expired"
    message = "The code has expired. Ask for another one."
    field = "code"


class TooManyAttempts(DomainError):
    """The code was tried too often: not even the right one counts any more."""

    code = "too_many_attempts"
    message = "The code was tried too often. Ask for another one."
    field = "code"


class ResendTooSoon(RateLimited):
    """Another code was sent a moment ago."""

    code = "resend_too_soon"
    message = "A code was sent a moment ago. Ask for another one in %(seconds)s s."


class AlreadyVerified(DomainError):
    """The address or number was shown to be the user's before."""

    code = "already_verified"
    message = "This was verified already."


class InvalidPhoneNumber(DomainError):
    """No mobile phone has such a number."""

    code = "invalid_phone_number"
    message = "This is not the number of a mobile phone."
    field = "phoneNumber"


class WrongPassword(InvalidCredentials):
    """The password that the user gave for the present one is another."""

    message = "The current password is wrong."
    field = "currentPassword"


class InvalidResetToken(DomainError):
    """The token is none of ours, has expired, was used, or a newer password made it void."""

    code = "invalid_reset_token"
    message = "This link is not good any more. Ask for another one."
    field = "token"


class FirebaseNotConfigured(DomainError):
    """The server was not told for which Firebase project it takes tokens."""

    code = "firebase_not_configured"
    message = "Signing in by Firebase is off: the setting FIREBASE_PROJECT_ID is missing."


class FirebaseUnavailable(DomainError):
    """The keys of Firebase cannot be had at the moment."""

    code = "firebase_unavailable"
    message = "Signing in by Firebase does not work at the moment. Try again later."


class InvalidIdToken(DomainError):
    """The ID token is not one of our Firebase project, or has expired."""

    code = "invalid_id_token"
    message = "The ID token is not valid. Sign in to Firebase again."
    field = "idToken"


class EmailMissing(DomainError):
    """The Firebase user has no email address, which an account needs."""

    code = "email_missing"
    message = "An account needs an email address, and this Firebase user has none."
    field = "idToken"


class InvalidDateOfBirth(DomainError):
    """Nobody alive was born on that day."""

    code = "invalid_date_of_birth"
    message = "This is not the day that somebody alive was born on."
    field = "dateOfBirth"


class InvalidEvidence(DomainError):
    """The file is none that staff could look at."""

    code = "invalid_evidence"
    message = "Each file has to be a PDF, JPEG, PNG or WebP."
    field = "files"


class EvidenceTooLarge(DomainError):
    """A file, or the picture in it, is too large."""

    code = "evidence_too_large"
    message = "One of the files is too large."
    field = "files"


class EvidenceCount(DomainError):
    """There are no files, or too many."""

    code = "invalid_evidence_count"
    message = "Send one to five files."
    field = "files"


class OwnVerification(DomainError):
    """Nobody decides on their own claims."""

    code = "own_verification"
    message = "Somebody else has to review your own verification."


class AlreadyReviewed(DomainError):
    """Somebody decided before."""

    code = "already_reviewed"
    message = "This verification was reviewed already."


class OwnFriend(DomainError):
    """The user is the caller."""

    code = "own_friend"
    message = "One cannot be one's own friend."
    field = "userId"


class AlreadyFriends(DomainError):
    """The two are friends."""

    code = "already_friends"
    message = "You are friends already."
    field = "userId"


class FriendshipRequested(DomainError):
    """The caller asked before, and waits for the answer."""

    code = "friendship_requested"
    message = "You have asked already."
    field = "userId"


class FriendshipAnswered(DomainError):
    """The request was accepted, declined or taken back before."""

    code = "already_answered"
    message = "This request was answered already."
    field = "requestId"


class OwnAccount(DomainError):
    """Nobody blocks themselves."""

    code = "own_account"
    message = "You cannot do this to your own account."
    field = "userId"


class SuperuserProtected(NotAllowed):
    """The account is a superuser's, and the caller is none."""

    message = "Only a superuser may do this to a superuser's account."


class AccountErased(DomainError):
    """What made up the account is gone for good."""

    code = "account_erased"
    message = "The account was erased and cannot come back."


class AddressTaken(DomainError):
    """Another account was opened meanwhile."""

    code = "address_taken"
    message = "An account that took its address stands in the way."
