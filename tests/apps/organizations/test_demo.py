"""The demo's organizations have people, teams and projects."""

from django.core.management import call_command

from apps.accounts.models import User
from apps.organizations.demo import CREW, STAFFED
from apps.organizations.models import Invitation, Membership, Project, Role, Team, TeamMember
from kernel.viewer import SYSTEM, acting_as


def test_the_first_businesses_have_people_in_every_role(db: None):
    call_command("load_demo")

    ada = User.objects.get(email="ada@fundi.example").memberships.get().organization
    people = Membership.objects.filter(organization=ada)
    assert sorted(people.values_list("role__name", flat=True)) == sorted(
        ["owner", "Dispatcher", *CREW]
    )
    assert Role.objects.filter(is_system=False).count() == STAFFED
    assert Invitation.objects.count() == STAFFED
    assert not User.objects.get(email="ben@fundi.example").memberships.exists()
    with acting_as(SYSTEM):
        assert (Team.objects.count(), Project.objects.count()) == (2 * STAFFED, 4 * STAFFED)
        assert TeamMember.objects.filter(role="LEAD").count() == 2 * STAFFED
        for place in TeamMember.objects.select_related("team"):
            assert people.model.objects.filter(
                user=place.user_id, organization=place.team.organization_id
            ).exists()
