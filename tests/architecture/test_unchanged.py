"""What sees that a refusal leaves no trace does see one."""

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.organizations.models import Organization
from kernel.viewer import SYSTEM, acting_as
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db


def rename() -> None:
    """Change a row that row security hides from everybody else."""
    with acting_as(SYSTEM):
        Organization.objects.update(name="Another")


@pytest.mark.parametrize(
    "change",
    [rename, UserFactory, lambda: User.objects.update(first_name="Another")],
    ids=["a tenant's row", "a row more", "a column"],
)
def test_a_change_is_seen(change: Callable[[], object]):
    UserFactory()
    OrganizationFactory()

    with pytest.raises(AssertionError), nothing_changes():
        change()


def test_that_somebody_asks_is_no_change():
    user = UserFactory()

    with nothing_changes():
        start_session(user=user)
