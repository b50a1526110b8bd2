"""Mutations of organizations."""

from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.organizations.models import Invitation, Membership, Organization, Project, Role, Team
from apps.organizations.services import invitations, projects, teams
from apps.organizations.services.organizations import system_role
from tests.architecture.isolation.actors import MEMBER
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Side, World
from tests.factories.organizations import MembershipFactory, OrganizationFactory
from tests.support.letters import letters_of


@arguments("invitation")
def _invitation(world: World) -> list[Input]:
    return [{"token": "nobody-was-sent-this"}]


@valid("switchOrganization", open_to={"organizationId": frozenset({MEMBER})})
@valid("deleteOrganization", seen_by_others=True)
def _organization(side: Side) -> Input:
    QuerySet(Membership).filter(organization=side.me.organization).exclude(
        user=side.me.user
    ).update(role=system_role("member"))
    return {"organizationId": gid(side.me.organization)}


@valid("createOrganization")
def _create_organization(side: Side) -> Input:
    return {"name": "Pipes and Drains"}


@valid("updateOrganization")
def _update_organization(side: Side) -> Input:
    return {"id": gid(side.me.organization), "name": "Pipes and Drains"}


@valid("changeMemberRole")
def _change_member_role(side: Side) -> Input:
    return {"membershipId": gid(_member(side)), "roleId": gid(_role(side))}


@valid("suspendMember")
@valid("removeMember")
def _of_member(side: Side) -> Input:
    return {"membershipId": gid(_member(side))}


@valid("reinstateMember")
def _reinstate_member(side: Side) -> Input:
    return {"membershipId": gid(_member(side, status=Membership.Status.SUSPENDED))}


def _member(side: Side, **traits: Any) -> Membership:
    found: Membership = MembershipFactory(
        organization=side.me.organization, role=system_role("member"), **traits
    )
    return found


def _role(side: Side) -> Role:
    found: Role = Role.objects.create(
        organization=side.me.organization,
        name=f"Fitter {Role.objects.count()}",
        permissions=["crm.read"],
    )
    return found


#: Whoever is invited reads by whom, and where to.
INVITES = frozenset({"organizations.Organization.name", "accounts.User.name"})


@valid("inviteMember", tells=INVITES)
def _invite_member(side: Side) -> Input:
    return {"email": "newcomer@example.org", "roleId": gid(_role(side))}


@valid("resendInvitation", tells=INVITES)
@valid("revokeInvitation")
def _of_invitation(side: Side) -> Input:
    return {"invitationId": gid(_invited(side.me.organization, side, "invited@example.org"))}


@valid("acceptInvitation", bound=frozenset({"invitation_for_another"}))
def _accept_invitation(side: Side) -> Input:
    me = QuerySet(User).get(pk=side.me.user.pk)
    _invited(OrganizationFactory(), side, me.email)
    link = letters_of("invitation")[-1].text
    return {"token": link.split("token=")[1].split()[0]}


def _invited(organization: Organization, side: Side, email: str) -> Invitation:
    return invitations.invite_member(
        organization=organization, role=system_role("member"), email=email, by=side.me.user
    )


@valid("createRole")
def _create_role(side: Side) -> Input:
    return {"name": "Fitter", "permissions": ["crm.read"]}


@valid("updateRole")
def _update_role(side: Side) -> Input:
    return {"id": gid(_role(side)), "name": "Tiler"}


@valid("deleteRole")
def _delete_role(side: Side) -> Input:
    return {"roleId": gid(_role(side))}


@valid("createTeam")
def _create_team(side: Side) -> Input:
    return {"name": "Night shift", "leadId": gid(_member(side).user)}


@valid("updateTeam")
def _update_team(side: Side) -> Input:
    return {"id": gid(_team(side)), "name": "Day shift", "leadId": gid(_member(side).user)}


@valid("deleteTeam")
def _delete_team(side: Side) -> Input:
    return {"teamId": gid(_team(side))}


@valid("addTeamMember")
def _add_team_member(side: Side) -> Input:
    return {"teamId": gid(_team(side)), "userId": gid(_member(side).user)}


@valid("removeTeamMember")
def _remove_team_member(side: Side) -> Input:
    team, user = _team(side), _member(side).user
    teams.add_team_member(team=team, user_id=user.pk)
    return {"teamId": gid(team), "userId": gid(user)}


def _team(side: Side) -> Team:
    found: Team = Team.objects.create(
        organization=side.me.organization,
        name=f"Late shift {Team.objects.count()}",
        currency="ZAR",
    )
    return found


@valid("createProject")
def _create_project(side: Side) -> Input:
    return {"name": "New town", "teamId": gid(_team(side))}


@valid("updateProject")
def _update_project(side: Side) -> Input:
    return {"id": gid(_project(side)), "name": "Old town", "teamId": gid(_team(side))}


@valid("deleteProject")
def _delete_project(side: Side) -> Input:
    return {"projectId": gid(_project(side))}


@valid("shareProject")
def _share_project(side: Side) -> Input:
    return {
        "projectId": gid(_project(side)),
        "userId": gid(_member(side).user),
        "access": "VIEW",
    }


@valid("unshareProject")
def _unshare_project(side: Side) -> Input:
    project, user = _project(side), _member(side).user
    projects.share_project(project=project, user_id=user.pk, access=projects.Access.VIEW)
    return {"projectId": gid(project), "userId": gid(user)}


def _project(side: Side) -> Project:
    found: Project = Project.objects.create(organization=side.me.organization, name="Big pipe")
    return found
