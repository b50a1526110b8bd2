"""Teams: made, changed, deleted, and who is in them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.organizations.events import (
    TeamCreated,
    TeamDeleted,
    TeamMemberAdded,
    TeamMemberRemoved,
    TeamUpdated,
)
from apps.organizations.models import Organization, Project, Team, TeamMember
from apps.organizations.selectors import active_membership
from apps.organizations.services.organizations import locked
from kernel import events
from kernel.lookup import one_of
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money
from kernel.viewer import Reach, Viewer


@transaction.atomic
def create_team(*, organization: Organization, by: Viewer, details: Mapping[str, Any]) -> Team:
    """Make a team, which counts in the organization's currency. ``details`` are fields of Team.

    A maker whose role does not reach the whole organization belongs to it, and leads it where
    nobody else is named. Raises NotFound for a lead who is no active member, CurrencyMismatch, or
    ValidationError (name_taken).
    """
    organization = locked(organization.pk)
    team = Team(organization=organization, currency=organization.currency)
    reaches_all = by.reach == Reach.ORGANIZATION
    if not reaches_all and not details.get("lead_id"):
        details = {**details, "lead_id": by.user_id}
    _assign(team, details)
    if not reaches_all and team.lead_id != by.user_id:
        TeamMember.objects.create(team=team, organization=organization, user=by.user)
    events.publish(TeamCreated(organization_id=organization.pk, team_id=team.pk))
    return team


@transaction.atomic
def update_team(*, team: Team, changes: Mapping[str, Any], version: int | None = None) -> Team:
    """Change a team, and who leads it; who led it stays in it.

    Raises VersionConflict, NotFound, CurrencyMismatch, or ValidationError.
    """
    team = _locked(team)
    require_version(team, version)
    _assign(team, changes)
    events.publish(TeamUpdated(organization_id=team.organization_id, team_id=team.pk))
    return team


@transaction.atomic
def delete_team(*, team: Team) -> Team:
    """Hide a team; its projects go on without one. Raises NotFound."""
    team = _locked(team)
    Project.objects.filter(team=team).update(team=None)
    team.soft_delete()
    events.publish(TeamDeleted(organization_id=team.organization_id, team_id=team.pk))
    return team


@transaction.atomic
def add_team_member(*, team: Team, user_id: UUID) -> TeamMember:
    """Put an active member of the organization into a team.

    Raises NotFound, or ValidationError (already_in_team).
    """
    team = _locked(team)
    active_membership(team.organization_id, user_id)
    place = TeamMember(team=team, organization_id=team.organization_id, user_id=user_id)
    place.full_clean()
    place.save()
    events.publish(TeamMemberAdded(**_which(team), user_id=user_id))
    return place


@transaction.atomic
def remove_team_member(*, team: Team, user_id: UUID) -> None:
    """Take somebody out of a team; who led it leads it no more. Raises NotFound."""
    team = _locked(team)
    place: TeamMember = one_of(TeamMember.objects.filter(team=team), user=user_id)
    place.delete()
    if team.lead_id == user_id:
        team.lead_id = None
        team.save(update_fields=["lead"])
    events.publish(TeamMemberRemoved(**_which(team), user_id=user_id))


def _locked(team: Team) -> Team:
    locked(team.organization_id)
    found: Team = one_of(Team.objects.select_for_update(of=("self",)), pk=team.pk)
    return found


def _assign(team: Team, details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        if isinstance(value, Money) and value.currency != team.currency:
            raise CurrencyMismatch
        setattr(team, name, value)
    if details.get("lead_id"):
        active_membership(team.organization_id, details["lead_id"])
    team.full_clean()
    team.save()
    if "lead_id" in details:
        _seat_lead(team)


def _seat_lead(team: Team) -> None:
    """Give the team's lead the place that says so, and whoever had it an ordinary one."""
    places = TeamMember.objects.filter(team=team)
    places.filter(role=TeamMember.Role.LEAD).update(role=TeamMember.Role.MEMBER)
    if team.lead_id and not places.filter(user=team.lead_id).update(role=TeamMember.Role.LEAD):
        TeamMember.objects.create(
            team=team,
            organization_id=team.organization_id,
            user_id=team.lead_id,
            role=TeamMember.Role.LEAD,
        )


def _which(team: Team) -> dict[str, UUID]:
    return {"organization_id": team.organization_id, "team_id": team.pk}
