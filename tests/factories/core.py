"""Settings and releases of apps, and staff who may deal with them."""

from datetime import date

import factory
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory

from apps.accounts.models import User
from apps.core.models import AppVersion, SystemSetting
from tests.factories.accounts import UserFactory


class SettingFactory(DjangoModelFactory[SystemSetting]):
    """A setting that staff may change, a text where nothing else is said."""

    class Meta:
        model = SystemSetting

    key = factory.Sequence(lambda n: f"area.setting-{n}")
    value = "x"
    requires_admin = False


class AppVersionFactory(DjangoModelFactory[AppVersion]):
    """A release for iOS, each of a later build than the one before."""

    class Meta:
        model = AppVersion

    platform = AppVersion.Platform.IOS
    version = factory.Sequence(lambda n: f"1.{n}.0")
    build_number = factory.Sequence(lambda n: n + 1)
    release_date = date(2026, 1, 31)


def staff_with(*names: str) -> User:
    """One of the staff who holds permissions, such as "change_systemsetting"."""
    user: User = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user
