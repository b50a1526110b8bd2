"""Settings: made, changed and deleted by administrators, and held to their rules."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from apps.core import errors
from apps.core.access import administers
from apps.core.configuration import DECLARED
from apps.core.events import SettingChanged
from apps.core.models import SystemSetting
from apps.core.values import rule_of
from kernel import events
from kernel.errors import NotAllowed
from kernel.lookup import one_of
from kernel.models import require_version
from kernel.viewer import Viewer


@transaction.atomic
def create_system_setting(*, by: Viewer, details: Mapping[str, Any]) -> SystemSetting:
    """Make a setting. ``details`` are fields of SystemSetting.

    Raises KeyTaken, also for the key of a setting that the product declares, NotAllowed where it
    is to require an administrator and is not made by one, and what ``check_setting`` raises.
    """
    setting = SystemSetting(**details)
    if setting.key in DECLARED:
        raise errors.KeyTaken
    _require_right(by, setting)
    check_setting(setting)
    try:
        with transaction.atomic():
            setting.save()
    except IntegrityError as error:  # another one took the key at this moment
        raise errors.KeyTaken from error
    events.publish(SettingChanged(key=setting.key))
    return setting


@transaction.atomic
def update_system_setting(
    *, setting: SystemSetting, by: Viewer, changes: Mapping[str, Any], version: int | None = None
) -> SystemSetting:
    """Change a setting, its value or its rule: the value has to keep the rule as it will be.

    Raises VersionConflict, NotAllowed where it requires an administrator or is to, SettingInUse
    for another key or type of one that the product declares, KeyTaken, and what
    ``check_setting`` raises.
    """
    setting = _locked(setting)
    require_version(setting, version)
    _require_right(by, setting)
    before = setting.key, setting.setting_type
    for name, value in changes.items():
        setattr(setting, name, value)
    if before[0] in DECLARED and before != (setting.key, setting.setting_type):
        raise errors.SettingInUse
    if before[0] != setting.key and setting.key in DECLARED:
        raise errors.KeyTaken
    _require_right(by, setting)
    check_setting(setting)
    try:
        with transaction.atomic():
            setting.save()
    except IntegrityError as error:
        raise errors.KeyTaken from error
    for key in dict.fromkeys([before[0], setting.key]):
        events.publish(SettingChanged(key=key))
    return setting


@transaction.atomic
def delete_system_setting(*, setting: SystemSetting, by: Viewer) -> None:
    """Remove a setting. Raises SettingInUse for one that the product declares, NotAllowed where it
    requires an administrator, and NotFound.
    """
    setting = _locked(setting)
    _require_right(by, setting)
    if setting.key in DECLARED:
        raise errors.SettingInUse
    setting.delete()
    events.publish(SettingChanged(key=setting.key))


def check_setting(setting: SystemSetting) -> None:
    """Raise ValidationError where a field of the row is wrong, InvalidRule where its rule is, and
    InvalidType, OutOfRange or PatternMismatch where its value does not keep the rule, or that of
    the code that reads it.
    """
    setting.full_clean()
    rule_of(setting).check(setting.value)
    if setting.key in DECLARED:
        DECLARED[setting.key].rule.check(setting.value)


@transaction.atomic
def ensure_settings() -> list[str]:
    """Make a row for each declared setting that has none, and leave the others as they are; returns
    the keys of those made. Raises what ``check_setting`` raises.
    """
    there = set(SystemSetting.objects.filter(key__in=DECLARED).values_list("key", flat=True))
    missing = [setting.row() for key, setting in DECLARED.items() if key not in there]
    for row in missing:
        check_setting(row)
    SystemSetting.objects.bulk_create(missing, ignore_conflicts=True)
    return sorted(row.key for row in missing)


def _locked(setting: SystemSetting) -> SystemSetting:
    found: SystemSetting = one_of(SystemSetting.objects.select_for_update(), pk=setting.pk)
    return found


def _require_right(by: Viewer, setting: SystemSetting) -> None:
    if setting.requires_admin and not administers(by):
        raise NotAllowed
