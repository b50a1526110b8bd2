"""Opening accounts."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.events import UserSignedUp
from apps.accounts.models import ClientProfile, User, UserProfile
from apps.accounts.services.sessions import SignedIn, start_session
from apps.accounts.services.sign_in import give_back_connection
from apps.organizations.services.organizations import create_organization
from kernel import events
from kernel.viewer import Viewer, acting_as

#: Those who sign up to do business get an organization of one.
BUSINESS_TYPES = (User.Type.PROVIDER, User.Type.ENTREPRENEUR)


def new_user(
    *,
    email: str,
    password: str | None,
    first_name: str = "",
    last_name: str = "",
    user_type: User.Type = User.Type.CLIENT,
) -> User:
    """Make the user of an account that is to be opened. Without a password, nobody can sign in to
    it by any. To hash one is slow: it is done outside a transaction where that matters.

    Raises ValidationError: the codes of Django's password validators on the field password.
    """
    name = f"{first_name} {last_name}".strip() or email.partition("@")[0]
    user = User(
        email=email.strip().lower(),
        first_name=first_name,
        last_name=last_name,
        name=name,
        user_type=user_type,
    )
    if password is not None:
        _check_password(password, user)
        give_back_connection()
    user.set_password(password)
    return user


@transaction.atomic
def sign_up(*, user: User) -> User:
    """Open the account of a ``new_user`` with its profile and client's side, and an organization
    for businesses. Raises ValidationError: code email_taken, or those of the fields.
    """
    user.full_clean()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        # Somebody else took the address in the meantime: now the check finds them.
        user.full_clean()
        raise
    profile = UserProfile.objects.create(user=user)
    ClientProfile.objects.create(user_profile=profile)
    if user.user_type in BUSINESS_TYPES:
        create_organization(name=user.name, owner=user, email=user.email)
    events.publish(UserSignedUp(user_id=user.pk))
    return user


def sign_up_and_in(*, user: User, viewer: Viewer, user_agent: str = "") -> SignedIn:
    """Open the account of a ``new_user`` and start its first session. Raises what ``sign_up``
    raises.
    """
    with acting_as(viewer):
        return start_session(
            user=sign_up(user=user), ip_address=viewer.ip_address, user_agent=user_agent
        )


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error}) from error
