"""Opening accounts."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.events import UserSignedUp
from apps.accounts.models import ClientProfile, User, UserProfile
from apps.organizations.services.organizations import create_organization
from kernel import events

#: Those who sign up to do business get an organization of one.
BUSINESS_TYPES = (User.Type.PROVIDER, User.Type.ENTREPRENEUR)


@transaction.atomic
def sign_up(
    *,
    email: str,
    password: str | None,
    first_name: str = "",
    last_name: str = "",
    user_type: User.Type = User.Type.CLIENT,
) -> User:
    """Open an account with its profile and client's side, and an organization for businesses.
    Without a password, nobody can sign in to it by any.

    Raises ValidationError: code email_taken, the codes of Django's password validators on the
    field password, or those of the fields.
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
    user.set_password(password)
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
    if user_type in BUSINESS_TYPES:
        create_organization(name=name, owner=user, email=user.email)
    events.publish(UserSignedUp(user_id=user.pk))
    return user


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error}) from error
