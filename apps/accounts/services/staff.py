"""The platform's staff: making the first of them, and letting them into the admin."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from apps.accounts import errors
from apps.accounts.models import User
from apps.accounts.services.accounts import new_user, sign_up
from apps.accounts.services.second_factors import device_of, take_code
from apps.accounts.services.sign_in import has_password, note_failure
from apps.core.models import AuditEntry
from apps.core.services import audit
from kernel.buckets import Bucket, network_of, take
from kernel.errors import DomainError
from kernel.viewer import Viewer, acting_as


@transaction.atomic
def create_super_admin(*, email: str, password: str) -> User:
    """Open an account that may do everything. Raises ValidationError, as signing up does."""
    user = sign_up(user=new_user(email=email, password=password))
    user.is_staff = user.is_superuser = user.is_email_verified = True
    user.save(update_fields=["is_staff", "is_superuser", "is_email_verified"])
    audit.note(action=AuditEntry.Action.GRANT, row=user, changes={"superuser": [False, True]})
    return user


def rights_of(user: User) -> dict[str, set[str]]:
    """The names of a user's groups, and of the permissions that they have without one."""
    permissions = user.user_permissions.values_list("content_type__app_label", "codename")
    return {
        "groups": set(user.groups.values_list("name", flat=True)),
        "permissions": {f"{label}.{codename}" for label, codename in permissions},
    }


def note_rights(*, user: User, before: dict[str, set[str]]) -> None:
    """Write down which groups and permissions a user was given and lost since they had others: the
    triggers of the audit trail see their rows and not these.
    """
    after = rights_of(user)
    for action, more, less in (("GRANT", after, before), ("REVOKE", before, after)):
        changes = {kind: sorted(more[kind] - less[kind]) for kind in more}
        if any(changes.values()):
            audit.note(action=AuditEntry.Action(action), row=user, changes=changes)


@dataclass(frozen=True, slots=True)
class Admitted:
    """One of the staff who was let in, and whether by a second factor."""

    user: User
    second_factor: bool


def admit_staff(*, email: str, password: str, code: str, viewer: Viewer) -> Admitted:
    """Let in one of the staff who shows the password, and a code where there is a second factor.

    Tries are counted together with sign-ins, and failures are noted and committed. Raises
    RateLimited, InvalidCredentials, InvalidCode, and DeviceMissing where staff must have a second
    factor and this one has none.
    """
    email = email.strip().lower()
    by_account, by_address = settings.RATES["SIGN_IN"]
    take(
        Bucket("SIGN_IN.address", network_of(viewer.ip_address), by_address),
        Bucket("SIGN_IN.account", email, by_account),
    )
    user = User.objects.filter(email=email).first()
    shown = has_password(user, password)
    refusal: DomainError = errors.InvalidCredentials()
    with acting_as(viewer):
        if user is not None and shown and user.is_staff:
            try:
                second_factor = _show_second_factor(user, code)
                audit.note(action=AuditEntry.Action.SIGN_IN, row=user, by=user)
                return Admitted(user, second_factor)
            except (errors.InvalidCode, errors.DeviceMissing) as problem:
                refusal = problem
        note_failure(user)
    raise refusal


def _show_second_factor(user: User, code: str) -> bool:
    """Take a code of a user's device; False for one who has no device, and needs none."""
    device = device_of(user.pk)
    if device is not None:
        take_code(device=device, code=code)
    elif settings.STAFF_SECOND_FACTOR:
        raise errors.DeviceMissing
    return device is not None
