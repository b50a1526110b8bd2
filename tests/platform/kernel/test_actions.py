"""What may be done with a row: enforced and shown by one declaration."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.organizations.models import Organization, Team
from kernel.actions import Actions, holding
from kernel.errors import NotAllowed, NotFound, SecondFactorMissing
from kernel.viewer import SYSTEM, Reach, Viewer, acting_as
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory

pytestmark = pytest.mark.django_db

ACTIONS = Actions(
    Team,
    {
        "openTeam": lambda viewer: True,
        "closeTeam": lambda viewer: False,
        "leadTeam": lambda viewer: Q(lead=viewer.user_id),
        "renameTeam": holding("teams.manage"),
        "greetTeam": lambda viewer: viewer.is_signed_in and ~Q(name="Silent"),
    },
)


@pytest.fixture
def organization() -> Organization:
    """Where the teams are."""
    return OrganizationFactory()


@pytest.fixture
def ada() -> User:
    """A member."""
    return UserFactory()


@pytest.fixture
def teams(organization: Organization, ada: User) -> Iterator[dict[str, Team]]:
    """Teams of the organization, and one of another."""
    with acting_as(SYSTEM):
        yield {
            name: Team.objects.create(
                organization=place, name=name, currency="ZAR", lead=ada if name == "Own" else None
            )
            for name, place in (
                ("Own", organization),
                ("Other", organization),
                ("Silent", organization),
                ("Foreign", OrganizationFactory()),
            )
        }


def member(user: User, organization: Organization, *codes: str, **fields: Any) -> Viewer:
    """A member whose role grants these codes in all of the organization."""
    return Viewer(
        user=user,
        organization_id=organization.pk,
        permissions=frozenset(codes),
        reach=Reach.ORGANIZATION,
        **fields,
    )


def shown(viewer: Viewer) -> dict[str, list[str]]:
    """What each team that a viewer sees says may be done with it."""
    rows = Team.objects.visible_to(viewer).annotate(can=ACTIONS.names(viewer))
    return dict(rows.values_list("name", "can"))


def test_each_row_shows_what_may_be_done_with_it_in_the_order_of_the_rules(
    teams: dict[str, Team], ada: User, organization: Organization
):
    assert shown(member(ada, organization, "teams.manage")) == {
        "Own": ["openTeam", "leadTeam", "renameTeam", "greetTeam"],
        "Other": ["openTeam", "renameTeam", "greetTeam"],
        "Silent": ["openTeam", "renameTeam"],
    }


def test_without_the_code_its_action_is_missing(
    teams: dict[str, Team], ada: User, organization: Organization
):
    assert shown(member(ada, organization, "projects.manage"))["Own"] == [
        "openTeam",
        "leadTeam",
        "greetTeam",
    ]


def test_a_code_opens_rows_of_the_active_organization_alone(teams: dict[str, Team]):
    overseer = Viewer(
        user=UserFactory(is_staff=True, is_superuser=True),
        organization_id=teams["Foreign"].organization_id,
        permissions=frozenset({"teams.manage"}),
    )

    found = shown(overseer)

    assert [name for name, can in found.items() if "renameTeam" in can] == ["Foreign"]
    assert len(found) == 4


def test_a_row_on_which_nothing_is_allowed_shows_an_empty_list(
    teams: dict[str, Team], ada: User, organization: Organization
):
    nothing = Actions(Team, {name: lambda viewer: False for name in ("one", "two")})
    everything = Actions(Team, {name: lambda viewer: True for name in ("one", "two")})
    viewer = member(ada, organization)
    rows = Team.objects.filter(pk=teams["Own"].pk)

    assert rows.annotate(can=nothing.names(viewer)).get().can == []
    assert rows.annotate(can=everything.names(viewer)).get().can == ["one", "two"]


def test_what_is_shown_is_what_is_permitted(
    teams: dict[str, Team], ada: User, organization: Organization
):
    for codes in ((), ("teams.manage",)):
        viewer = member(ada, organization, *codes)
        for name, team in teams.items():
            for action in ACTIONS.rules:
                allowed = _permitted(viewer, action, team)
                assert allowed is (action in shown(viewer).get(name, [])), (name, action, codes)


def _permitted(viewer: Viewer, action: str, team: Team) -> bool:
    try:
        return bool(ACTIONS.permit(viewer, action, team.pk) == team)
    except (NotAllowed, NotFound):
        return False


def test_a_row_that_may_be_acted_on_is_given_by_one_query(
    teams: dict[str, Team],
    ada: User,
    organization: Organization,
    django_assert_num_queries: DjangoAssertNumQueries,
):
    viewer = member(ada, organization, "teams.manage")

    with django_assert_num_queries(1):
        found = ACTIONS.permit(viewer, "renameTeam", teams["Other"].pk)

    assert (found, found.name) == (teams["Other"], "Other")


def test_a_row_that_is_seen_but_not_to_be_touched_is_not_allowed(
    teams: dict[str, Team], ada: User, organization: Organization
):
    viewer = member(ada, organization)

    for action in ("closeTeam", "renameTeam", "leadTeam"):
        with pytest.raises(NotAllowed) as refused:
            ACTIONS.permit(viewer, action, teams["Other"].pk)
        assert refused.value.code == "not_allowed"


def test_a_hidden_row_and_a_missing_one_look_alike(
    teams: dict[str, Team], ada: User, organization: Organization
):
    viewer = member(ada, organization, "teams.manage")
    removed = teams["Silent"]
    removed.soft_delete()

    for action in ("openTeam", "closeTeam"):
        for pk in (teams["Foreign"].pk, removed.pk, uuid4()):
            with pytest.raises(NotFound) as refused:
                ACTIONS.permit(viewer, action, pk)
            assert refused.value.code == "not_found"


def test_who_lacks_the_second_factor_is_told_so(teams: dict[str, Team]):
    dora = Viewer(user=UserFactory(is_staff=True, is_superuser=True), lacks_second_factor=True)

    with pytest.raises(SecondFactorMissing) as refused:
        ACTIONS.permit(dora, "renameTeam", teams["Own"].pk)

    assert refused.value.code == "second_factor_required"
    assert ACTIONS.permit(dora, "openTeam", teams["Own"].pk) == teams["Own"]


def test_a_visitor_is_asked_about_nothing(teams: dict[str, Team]):
    with pytest.raises(NotFound):
        ACTIONS.permit(Viewer(), "openTeam", teams["Own"].pk)


def test_an_action_that_nobody_declared_is_a_mistake_of_ours(
    teams: dict[str, Team], ada: User, organization: Organization
):
    with pytest.raises(KeyError, match="paintTeam"):
        ACTIONS.permit(member(ada, organization), "paintTeam", teams["Own"].pk)
