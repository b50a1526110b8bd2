"""What can be refused here."""

from kernel.errors import DomainError, NotSignedIn


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
