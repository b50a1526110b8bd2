"""Organizations, who belongs to them, and how they divide their work."""

import hashlib
from datetime import timedelta
from functools import cached_property
from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.accounts.models import User
from apps.organizations.models import (
    Invitation,
    Membership,
    Organization,
    Project,
    Role,
    Team,
    TeamMember,
)
from apps.organizations.services.organizations import system_role
from apps.organizations.services.projects import Access, share_project
from kernel import clock
from kernel.viewer import SYSTEM, Reach, acting_as
from tests.factories.accounts import UserFactory


class OrganizationFactory(DjangoModelFactory[Organization]):
    """An organization."""

    class Meta:
        model = Organization

    name = "Ada's Pipes"
    slug = factory.Sequence(lambda n: f"org-{n}")


class RoleFactory(DjangoModelFactory[Role]):
    """A role of an organization's own, which grants nothing where nothing is said."""

    class Meta:
        model = Role

    organization: Any = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"role {n}")
    reach = Reach.ORGANIZATION


class MembershipFactory(DjangoModelFactory[Membership]):
    """A membership; ``named=`` is the system role."""

    class Meta:
        model = Membership

    class Params:
        named = "owner"
        suspended = factory.Trait(status=Membership.Status.SUSPENDED)

    organization: Any = factory.SubFactory(OrganizationFactory)
    user: Any = factory.SubFactory(UserFactory)
    role = factory.LazyAttribute(lambda o: system_role(o.named))


class InvitationFactory(DjangoModelFactory[Invitation]):
    """An open invitation; ``token=`` is what its mail carried."""

    class Meta:
        model = Invitation

    class Params:
        token = factory.Sequence(lambda n: f"token-{n}")
        named = "member"
        expired = factory.Trait(
            expires_at=factory.LazyFunction(lambda: clock.now() - timedelta(seconds=1))
        )

    organization: Any = factory.SubFactory(OrganizationFactory)
    role = factory.LazyAttribute(lambda o: system_role(o.named))
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    token_hash = factory.LazyAttribute(lambda o: hashlib.sha256(o.token.encode()).hexdigest())
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=7))


class TenantFactory(DjangoModelFactory[Any]):
    """Makes rows behind row security, as the system."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with acting_as(SYSTEM):
            return super()._create(model_class, *args, **kwargs)


class TeamFactory(TenantFactory):
    """A team."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    organization: Any = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Team {n}")
    currency = "USD"

    @factory.post_generation
    def of(self, create: bool, users: Any, **kwargs: Any) -> None:
        """The users who are in it, the lead among them."""
        for user in {*(users or ()), *([self.lead] if self.lead else [])}:
            role = TeamMember.Role.LEAD if user == self.lead else TeamMember.Role.MEMBER
            TeamMemberFactory(team=self, user=user, role=role)


class TeamMemberFactory(TenantFactory):
    """A place in a team."""

    class Meta:
        model = TeamMember

    team: Any = factory.SubFactory(TeamFactory)
    organization = factory.SelfAttribute("team.organization")
    user: Any = factory.SubFactory(UserFactory)


class ProjectFactory(TenantFactory):
    """A project, of no team where none is given."""

    class Meta:
        model = Project

    organization: Any = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Project {n}")


class Firm:
    """An organization whose people come to be when a test first names them."""

    #: Who is not signed in.
    nobody = None

    def __init__(self, **traits: Any) -> None:
        self.organization = OrganizationFactory(**traits)
        self._people: dict[str, User] = {}

    def _person(self, named: str, **traits: Any) -> User:
        if named not in self._people:
            membership = MembershipFactory(
                organization=self.organization, user__name=named.title(), named=named, **traits
            )
            self._people[named] = membership.user
        return self._people[named]

    @property
    def owner(self) -> User:
        """Owns it."""
        return self._person("owner")

    @property
    def admin(self) -> User:
        """Runs it."""
        return self._person("admin")

    @property
    def manager(self) -> User:
        """Leads teams: the role reaches these alone."""
        return self._person("manager")

    @property
    def salesperson(self) -> User:
        """Sells: the role reaches what is their own."""
        return self._person("salesperson")

    @property
    def member(self) -> User:
        """Reads."""
        return self._person("member")

    @cached_property
    def suspended(self) -> User:
        """Was an administrator, and may not act for the time being."""
        return MembershipFactory(organization=self.organization, named="admin", suspended=True).user

    @cached_property
    def stranger(self) -> User:
        """Owns another organization."""
        return MembershipFactory(organization__name="Elsewhere").user

    def place(self, user: User) -> Membership:
        """A person's membership."""
        return Membership.objects.select_related("role").get(
            organization=self.organization, user=user
        )

    def team(self, **traits: Any) -> Team:
        """A team of the organization."""
        return TeamFactory(organization=self.organization, **traits)

    def project(self, **traits: Any) -> Project:
        """A project of the organization."""
        return ProjectFactory(organization=self.organization, **traits)

    def invitation(self, **traits: Any) -> Invitation:
        """An invitation of the organization."""
        return InvitationFactory(organization=self.organization, **traits)

    def role(self, *permissions: str, **traits: Any) -> Role:
        """A role of the organization's own that grants codes."""
        return RoleFactory(organization=self.organization, permissions=[*permissions], **traits)

    def let_in(self, user: User, project: Project, access: Access = Access.VIEW) -> None:
        """Open a project to a member."""
        with acting_as(SYSTEM):
            share_project(project=project, user_id=user.pk, access=access)
