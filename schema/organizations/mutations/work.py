"""Teams and projects: made, changed, and who takes part."""

from typing import Any

import strawberry
from strawberry import UNSET

from apps.accounts.models import User
from apps.organizations.access import (
    PROJECTS,
    TEAMS,
    active_organization,
    project_to_update,
    team_within_reach,
)
from apps.organizations.models import Project as ProjectModel
from apps.organizations.models import Team as TeamModel
from apps.organizations.permissions import PROJECTS_MANAGE, TEAMS_MANAGE
from apps.organizations.services import projects, teams
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import SignedIn, permitted
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.organizations.inputs import (
    AddTeamMemberInput,
    CreateProjectInput,
    CreateTeamInput,
    ProjectDetails,
    ProjectInput,
    RemoveTeamMemberInput,
    ShareProjectInput,
    TeamDetails,
    TeamInput,
    UnshareProjectInput,
    UpdateProjectInput,
    UpdateTeamInput,
)
from schema.organizations.types.work import Project, Team, TeamMember


def _team_details(input: TeamDetails) -> dict[str, Any]:
    found = given(input, without={"id", "version", "lead_id"})
    if input.lead_id is not UNSET:
        found["lead_id"] = key(input.lead_id, of=User) if input.lead_id else None
    return found


def _project_details(viewer: Viewer, input: ProjectDetails) -> dict[str, Any]:
    found = given(input, without={"id", "version", "team_id"})
    if input.team_id is not UNSET:
        team_id = key(input.team_id, of=TeamModel) if input.team_id else None
        found["team"] = team_within_reach(viewer, team_id)
    return found


@strawberry.type
class WorkMutation:
    """Mutations of teams and projects."""

    @mutation(gate=permitted(TEAMS_MANAGE), description="Make a team.")
    def create_team(self, info: Info, input: CreateTeamInput) -> Team:
        """Make a team."""
        viewer = info.context.viewer
        return teams.create_team(
            organization=active_organization(viewer, "createTeam"),
            by=viewer,
            details=_team_details(input),
        )

    @mutation(gate=permitted(TEAMS_MANAGE), description="Change a team, and who leads it.")
    def update_team(self, info: Info, input: UpdateTeamInput) -> Team:
        """Change a team."""
        return teams.update_team(
            team=TEAMS.permit(info.context.viewer, "updateTeam", key(input.id, of=TeamModel)),
            changes=_team_details(input),
            version=input.version,
        )

    @mutation(
        gate=permitted(TEAMS_MANAGE), description="Delete a team; its projects go on without one."
    )
    def delete_team(self, info: Info, input: TeamInput) -> Team:
        """Delete a team."""
        pk = key(input.team_id, of=TeamModel)
        return teams.delete_team(team=TEAMS.permit(info.context.viewer, "deleteTeam", pk))

    @mutation(
        gate=SignedIn,
        description="Put a member of the organization into a team, as its lead or as one who"
        " manages teams.",
    )
    def add_team_member(self, info: Info, input: AddTeamMemberInput) -> TeamMember:
        """Put somebody into a team."""
        pk = key(input.team_id, of=TeamModel)
        return teams.add_team_member(
            team=TEAMS.permit(info.context.viewer, "addTeamMember", pk),
            user_id=key(input.user_id, of=User),
        )

    @mutation(
        gate=SignedIn,
        description="Take somebody out of a team, as its lead or as one who manages teams.",
    )
    def remove_team_member(self, info: Info, input: RemoveTeamMemberInput) -> Done:
        """Take somebody out of a team."""
        pk = key(input.team_id, of=TeamModel)
        teams.remove_team_member(
            team=TEAMS.permit(info.context.viewer, "removeTeamMember", pk),
            user_id=key(input.user_id, of=User),
        )
        return Done()

    @mutation(gate=permitted(PROJECTS_MANAGE), description="Make a project.")
    def create_project(self, info: Info, input: CreateProjectInput) -> Project:
        """Make a project."""
        viewer = info.context.viewer
        organization = active_organization(viewer, "createProject")
        details = _project_details(viewer, input)
        if "team" not in details:
            details["team"] = team_within_reach(viewer, None)
        return projects.create_project(organization=organization, details=details)

    @mutation(
        gate=SignedIn,
        description="Change a project, as one who manages projects or was let into it for that;"
        " its team changes by those who manage it alone.",
    )
    def update_project(self, info: Info, input: UpdateProjectInput) -> Project:
        """Change a project."""
        viewer = info.context.viewer
        project = project_to_update(
            viewer, key(input.id, of=ProjectModel), moves=input.team_id is not UNSET
        )
        return projects.update_project(
            project=project, changes=_project_details(viewer, input), version=input.version
        )

    @mutation(gate=permitted(PROJECTS_MANAGE), description="Delete a project.")
    def delete_project(self, info: Info, input: ProjectInput) -> Project:
        """Delete a project."""
        pk = key(input.project_id, of=ProjectModel)
        project = PROJECTS.permit(info.context.viewer, "deleteProject", pk)
        return projects.delete_project(project=project)

    @mutation(
        gate=permitted(PROJECTS_MANAGE),
        description="Let a member into a project, whatever their role reaches.",
    )
    def share_project(self, info: Info, input: ShareProjectInput) -> Project:
        """Let a member into a project."""
        pk = key(input.project_id, of=ProjectModel)
        return projects.share_project(
            project=PROJECTS.permit(info.context.viewer, "shareProject", pk),
            user_id=key(input.user_id, of=User),
            access=input.access,
        )

    @mutation(
        gate=permitted(PROJECTS_MANAGE),
        description="Take back what a member was let into a project for.",
    )
    def unshare_project(self, info: Info, input: UnshareProjectInput) -> Project:
        """Take back a member's access to a project."""
        pk = key(input.project_id, of=ProjectModel)
        return projects.unshare_project(
            project=PROJECTS.permit(info.context.viewer, "unshareProject", pk),
            user_id=key(input.user_id, of=User),
        )
