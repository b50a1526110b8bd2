"""What users tell of themselves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from apps.accounts import errors
from apps.accounts.events import ProfileUpdated
from apps.accounts.models import User, UserProfile
from apps.accounts.services.streaks import move_to_zone
from kernel import clock, events
from kernel.countries import check_country
from kernel.models import require_version
from kernel.zones import check_zone

#: What stands with the user; all else is the profile's.
OF_USER = frozenset({"first_name", "last_name", "name", "description", "timezone"})
OLDEST = 120
NAME_LENGTH = 160


@transaction.atomic
def update_profile(*, user: User, changes: Mapping[str, Any], version: int | None = None) -> User:
    """Change what a user tells of themselves: fields of User and of UserProfile. Without a name to
    show, new first and last names become it.

    Raises VersionConflict by the profile's version, UnknownTimezone, UnknownCountry,
    InvalidDateOfBirth or ValidationError.
    """
    # In the order in which closing an account locks them.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    profile: UserProfile = UserProfile.objects.select_for_update(of=("self",)).get(user=user)
    require_version(profile, version)
    own = {name: value for name, value in changes.items() if name in OF_USER}
    _change_user(user, own)
    _change_profile(profile, {name: changes[name] for name in changes.keys() - own.keys()})
    events.publish(ProfileUpdated(user_id=user.pk))
    return user


def _change_user(user: User, changes: dict[str, Any]) -> None:
    if not changes:
        return
    if "timezone" in changes:
        check_zone(changes["timezone"])
        move_to_zone(user, changes["timezone"])
    for name, value in changes.items():
        setattr(user, name, value)
    if not changes.get("name") and {"first_name", "last_name", "name"} & changes.keys():
        user.name = f"{user.first_name} {user.last_name}".strip()[:NAME_LENGTH]
    changed = {*changes, "name", "last_active_date"}
    user.clean_fields(exclude={field.name for field in user._meta.fields} - changed)
    user.save(update_fields=changed)


def _change_profile(profile: UserProfile, changes: dict[str, Any]) -> None:
    if changes.get("country"):
        check_country(changes["country"])
    if changes.get("date_of_birth"):
        _check_born(changes["date_of_birth"])
    settings = changes.pop("notification_settings", {})
    profile.notification_settings = profile.notification_settings | settings
    for name, value in changes.items():
        setattr(profile, name, value)
    profile.clean_fields()
    profile.validate_constraints()
    # Also where the user alone changed: its version stands for both.
    profile.save(update_fields=[*changes, "notification_settings"])


def _check_born(day: date) -> None:
    today = clock.today("Etc/GMT-14")
    if day > today or day.year < today.year - OLDEST:
        raise errors.InvalidDateOfBirth
