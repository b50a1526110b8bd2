"""The tenants' part of the demo data: an organization for each business, and people in some."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from apps.organizations.models import (
    Invitation,
    Membership,
    Organization,
    Project,
    Role,
    Team,
    TeamMember,
)
from apps.organizations.permissions import CRM_READ, PROJECTS_MANAGE, SALES_READ, TEAMS_MANAGE
from apps.organizations.services.organizations import system_role
from kernel.demo import Dice
from kernel.viewer import Reach

#: So many businesses, the first ones, have people in every role.
STAFFED = 20
CREW = ("admin", "manager", "salesperson", "salesperson", "verifier", "member", "member")
TEAMS = (("Installations", "New work at clients' places."), ("Repairs", "Call-outs and repairs."))
PROJECTS = (
    ("Solar for the school", "Panels, inverter and batteries.", Project.Status.ACTIVE),
    ("Office refit", "Wiring and plumbing for two floors.", Project.Status.PLANNED),
    ("Winter service round", "Geysers and gutters before the rain.", Project.Status.COMPLETED),
    ("New showroom", "A place to look at fittings.", Project.Status.ON_HOLD),
)


@dataclass(frozen=True)
class Tenant:
    """An organization and its owner's membership."""

    organization: Organization
    membership: Membership

    @staticmethod
    def rows(tenants: list["Tenant"]) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [
            [tenant.organization for tenant in tenants],
            [tenant.membership for tenant in tenants],
        ]


@dataclass(frozen=True)
class Founding:
    """Who founds what, when and where."""

    name: str
    email: str
    owner_id: UUID
    since: datetime
    currency: str
    zone: str


def owner_role() -> Role:
    """The system's role of owners."""
    return system_role("owner")


def plan_tenant(dice: Dice, founding: Founding, role: Role) -> Tenant:
    """Make an organization of one."""
    since = {"created_at": founding.since, "updated_at": founding.since}
    organization = Organization(
        id=dice.key(),
        name=founding.name,
        email=founding.email,
        currency=founding.currency,
        timezone=founding.zone,
        **since,
    )
    organization.slug = f"{slugify(founding.name)[:60] or 'org'}-{organization.pk.hex[-12:]}"
    membership = Membership(
        id=dice.key(),
        organization=organization,
        user_id=founding.owner_id,
        role=role,
        joined_at=founding.since,
        **since,
    )
    return Tenant(organization, membership)


@dataclass
class Crews:
    """The people of organizations, and what they work on."""

    roles: list[Role] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    places: list[TeamMember] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [
            *(self.roles, self.memberships, self.invitations),
            *(self.teams, self.places, self.projects),
        ]


def plan_crews(
    seed: int, tenants: Sequence[Tenant], user_ids: Sequence[UUID], now: datetime
) -> Crews:
    """Give organizations people, teams, projects and an invitation; the people are those of
    ``user_ids``, nobody twice.
    """
    dice, crews = Dice(seed, "crews"), Crews()
    people = iter(dice.sample(user_ids, len(tenants) * (len(CREW) + 1)))
    roles = {name: system_role(name) for name in CREW}
    for tenant in tenants:
        crew = Crew(dice, tenant.organization, crews)
        dispatcher = crew.compose_role()
        members = [crew.hire(next(people), roles[name]) for name in CREW]
        members.append(crew.hire(next(people), dispatcher))
        teams = [crew.team(*team, members[1 + n :: 2]) for n, team in enumerate(TEAMS)]
        crew.plan_projects(teams, now)
        crew.invite(roles["salesperson"], tenant.membership.user_id, now)
    return crews


@dataclass(frozen=True)
class Crew:
    """Makes the people of one organization, and what they work on."""

    dice: Dice
    organization: Organization
    crews: Crews

    @property
    def _own(self) -> dict[str, Any]:
        since = self.organization.created_at
        return {
            "id": self.dice.key(),
            "organization": self.organization,
            "created_at": since,
            "updated_at": since,
        }

    def compose_role(self) -> Role:
        """A role of the organization's own."""
        role = Role(
            name="Dispatcher",
            description="Plans who goes where.",
            permissions=sorted((CRM_READ, SALES_READ, TEAMS_MANAGE, PROJECTS_MANAGE)),
            reach=Reach.ORGANIZATION,
            **self._own,
        )
        self.crews.roles.append(role)
        return role

    def hire(self, user_id: UUID, role: Role) -> Membership:
        """Make somebody a member."""
        joined = self.organization.created_at + timedelta(days=self.dice.randint(1, 60))
        membership = Membership(user_id=user_id, role=role, joined_at=joined, **self._own)
        self.crews.memberships.append(membership)
        return membership

    def team(self, name: str, description: str, members: Sequence[Membership]) -> Team:
        """A team that the first of its members leads."""
        team = Team(
            name=name,
            description=description,
            lead_id=members[0].user_id,
            currency=self.organization.currency,
            sales_target=self.dice.randint(20, 90) * 100_000,
            **self._own,
        )
        self.crews.teams.append(team)
        for number, member in enumerate(members):
            role = TeamMember.Role.MEMBER if number else TeamMember.Role.LEAD
            place = TeamMember(team=team, user_id=member.user_id, role=role, **self._own)
            place.joined_at = member.joined_at
            self.crews.places.append(place)
        return team

    def plan_projects(self, teams: Sequence[Team], now: datetime) -> None:
        """Projects of the teams, and one of none."""
        for number, (name, description, status) in enumerate(PROJECTS):
            start = now.date() + timedelta(days=self.dice.randint(-60, 30))
            self.crews.projects.append(
                Project(
                    name=name,
                    description=description,
                    status=status,
                    team=teams[number % 2] if number < len(PROJECTS) - 1 else None,
                    start_date=start,
                    end_date=start + timedelta(days=self.dice.randint(20, 120)),
                    **self._own,
                )
            )

    def invite(self, role: Role, inviter_id: UUID, now: datetime) -> None:
        """An invitation that waits; nobody knows its link."""
        self.crews.invitations.append(
            Invitation(
                role=role,
                email=f"welcome@{self.organization.slug}.fundi.example",
                invited_by_id=inviter_id,
                token_hash=hashlib.sha256(self.dice.randbytes(32)).hexdigest(),
                expires_at=now + timedelta(days=7),
                **self._own,
            )
        )
