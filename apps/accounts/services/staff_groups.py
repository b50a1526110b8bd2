"""Keeping the groups of the staff as they are defined."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from apps.accounts.staff_groups import RECORDS, STAFF_GROUPS, StaffGroup


@transaction.atomic
def update_staff_groups() -> list[str]:
    """Make the groups of the staff, or bring them up to date; returns the names of those changed.

    Raises LookupError where a group names a permission that there is none of.
    """
    return [name for name, defined in STAFF_GROUPS.items() if _update(name, defined)]


def _update(name: str, defined: StaffGroup) -> bool:
    """Whether a group had to be made or changed."""
    group, was_made = Group.objects.get_or_create(name=name)
    wanted = set(Permission.objects.filter(_granted(defined)))
    _check(defined, wanted)
    if wanted == set(group.permissions.all()):
        return was_made
    group.permissions.set(wanted)
    return True


def _granted(defined: StaffGroup) -> Q:
    """The permissions of a group, as a condition."""
    granted = Q(pk__in=())
    for name in defined.views:
        domain, _, model = name.partition(".")
        of_model = Q() if model == "*" else Q(content_type__model=model)
        granted |= Q(content_type__app_label=domain, codename__startswith="view_") & of_model
    for domain in defined.rules:
        records = [name.partition(".")[2] for name in RECORDS if name.startswith(f"{domain}.")]
        granted |= Q(content_type__app_label=domain) & ~Q(content_type__model__in=records)
    for name in defined.may:
        domain, _, codename = name.partition(".")
        granted |= Q(content_type__app_label=domain, codename=codename)
    return granted


def _check(defined: StaffGroup, found: set[Permission]) -> None:
    """Raise LookupError where something that a group is to have was not found."""
    domains = {permission.content_type.app_label for permission in found}
    names = {f"{each.content_type.app_label}.{each.codename}" for each in found}
    models = {f"{each.content_type.app_label}.{each.content_type.model}" for each in found}
    for name in (*defined.views, *defined.may, *defined.rules):
        if name.removesuffix(".*") not in domains | names | models:
            raise LookupError(f"There is no permission for {name}: run manage.py migrate.")
