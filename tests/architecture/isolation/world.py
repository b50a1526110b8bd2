"""Two organizations with a row of everything, full of canaries, and those who look at them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import Error, connection, models, transaction

from apps.accounts.models import ClientProfile, User
from apps.accounts.services.sessions import start_session
from apps.organizations.models import Membership, Organization
from apps.organizations.permissions import SYSTEM_ROLES
from apps.organizations.services.organizations import system_role
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.search import index_providers
from kernel.viewer import SYSTEM, acting_as
from tests.architecture.isolation import actors, grants, rows
from tests.architecture.isolation.actors import Actor
from tests.architecture.isolation.canaries import Canaries, Mark
from tests.factories.accounts import ClientFactory, UserFactory
from tests.factories.organizations import MembershipFactory
from tests.factories.providers import ProviderFactory

#: Tables of what was done rather than of what is, and of what follows from other rows: nobody
#: makes rows of them by hand.
BOOKKEEPING = {
    "core.EventRecord",
    "core.EventTopic",
    "core.EventHorizon",
    "core.Delivery",
    "core.IdempotencyRecord",
    "core.AuditEntry",
    "core.DailyCount",
    "providers.ProviderSearchEntry",
}

Key = tuple[str, str]


class MissingRow(Exception):
    """No row of a model can be made without being told how."""


@dataclass
class Person:
    """A user with their sides: client, provider, organization."""

    name: str
    user: User
    client: ClientProfile
    organization: Organization
    provider: ServiceProviderProfile


@dataclass
class Side:
    """A person, whom they deal with, and all that they have: what fixtures take rows from."""

    me: Person
    other: Person
    rival: Person
    rows: dict[str, list[models.Model]] = field(default_factory=dict)

    def first(self, label: str, situation: str = "") -> Any:
        """The first row of a model, of those in a situation where one is said."""
        found = self.rows.get(f"{label}:{situation}" if situation else label)
        if not found:
            raise MissingRow(f"The world has no {label} {situation}: add it to {rows.__name__}.")
        return found[0]


class World:
    """The rows, whose they are, and the nine."""

    def __init__(self) -> None:
        self.canaries = Canaries()
        self.actors: dict[str, Actor] = {}
        #: Whose a row is: they read all of it but for secrets.
        self.owners: dict[Key, frozenset[str]] = {}
        #: What kind of row it is, where the table of grants tells kinds apart.
        self.situations: dict[Key, str] = {}
        self.rows: list[models.Model] = []
        with acting_as(SYSTEM):
            self._build()

    def nine(self) -> list[Actor]:
        """Those who try."""
        return [self.actors[name] for name in actors.NINE]

    def row_of(self, mark: Mark) -> Key:
        """The row that a canary stands in."""
        return mark.label, mark.key

    def may_read(self, actor: str, mark: Mark) -> bool:
        """Whether the product shows an actor what a canary stands for."""
        row = self.row_of(mark)
        own = actor in self.owners.get(row, ()) and not grants.is_secret(mark.label, mark.column)
        situation = self.situations.get(row, "")
        return own or grants.granted(actor, mark.label, situation, mark.column)

    def knows_of(self, actor: str, row: Key) -> bool:
        """Whether the product lets an actor know that a row is there."""
        return self.may_read(actor, Mark(row[0], "id", row[1]))

    def seen(self, actor: str, text: str) -> list[str]:
        """The leaks in a text that reached an actor: canaries that are not theirs to read."""
        found = self.canaries.found(text)
        return sorted({self.name(mark) for mark in found if not self.may_read(actor, mark)})

    def name(self, mark: Mark) -> str:
        """A canary as a person would name it."""
        row = self.row_of(mark)
        owners = " and ".join(sorted(self.owners.get(row, {"nobody"})))
        situation = self.situations.get(row, "")
        return f"{mark} ({' '.join(filter(None, (situation, 'of', owners)))})"

    def marks(self, actor: str, label: str, column: str) -> list[Mark]:
        """The canaries in a column that an actor may not read."""
        return [
            mark
            for mark in dict.fromkeys(self.canaries.marks.values())
            if (mark.label, mark.column) == (label, column) and not self.may_read(actor, mark)
        ]

    def rows_of(self, label: str) -> list[models.Model]:
        """All rows of a model."""
        return [row for row in self.rows if row._meta.label == label]

    def samples(self, label: str, *, by: str = "") -> list[models.Model]:
        """A row of each kind of a model: by situation and owners, and by a column."""
        found: dict[Any, models.Model] = {}
        for row in self.rows_of(label):
            key = (label, str(row.pk))
            kind = self.situations[key], self.owners[key], getattr(row, by, None)
            found.setdefault(kind, row)
        return list(found.values())

    @contextmanager
    def making(self, *owners: str, situation: str = "", side: Side | None = None) -> Iterator[None]:
        """What the block makes belongs to these, and is of this kind; a side's, without one."""
        yield
        situation = situation or (side.me.name if side else "")
        after = keys()
        for row in sorted(after - self._known):
            label, key = row
            self.owners[row] = frozenset(owners)
            self.situations[row] = situation
            made = apps.get_model(label)._base_manager.get(pk=key)
            self.rows.append(made)
            if side is not None:
                side.rows.setdefault(label, []).append(made)
                side.rows.setdefault(f"{label}:{situation}", []).append(made)
        self._known = after

    def _build(self) -> None:
        for role in SYSTEM_ROLES:
            system_role(role)
        self._known = keys()
        people = {
            name: self._person(name)
            for name in (
                *(actors.OWNER, actors.PARTY, actors.STRANGER),
                *(actors.NEIGHBOUR, actors.RIVAL),
            )
        }
        public = Side(*[people[actors.OWNER]] * 3)
        with self.making(*actors.EVERYONE, situation="public", side=public):
            rows.make_public()
        with self.making(situation="switched off"):
            rows.make_switched_off()
        self.side = Side(people[actors.OWNER], people[actors.PARTY], people[actors.RIVAL])
        self.foreign_side = Side(
            people[actors.STRANGER], people[actors.NEIGHBOUR], people[actors.RIVAL]
        )
        for side in (self.side, self.foreign_side):
            self._adopt(side, public)
            rows.make_all(self, side)
            self._make_the_rest(side)
        self._gather(people)
        for row in self.rows:
            self.canaries.plant(row, without=grants.FUNCTIONAL.get(row._meta.label, ()))
        index_providers(
            provider_ids=[p.pk for p in self.rows_of("providers.ServiceProviderProfile")]
        )
        rows.make_kept(self)

    def keep(self, row: Any, *owners: str) -> None:
        """Take in a row that stays as it is: its key alone betrays it."""
        self.owners[row._meta.label, str(row.pk)] = frozenset(owners)
        self.situations[row._meta.label, str(row.pk)] = ""
        self.rows.append(row)
        self.canaries.note_key(row)

    def _person(self, name: str) -> Person:
        with self.making(name, situation=name):
            user = UserFactory()
            client = ClientFactory(user=user)
            membership = MembershipFactory(user=user)
            provider = ProviderFactory(
                user_profile=client.user_profile, organization=membership.organization
            )
        return Person(name, user, client, membership.organization, provider)

    def _adopt(self, side: Side, public: Side) -> None:
        """What everyone has, and what its person was made with, is the side's too."""
        side.rows |= {label: list(found) for label, found in public.rows.items()}
        for row in self.rows:
            key = (row._meta.label, str(row.pk))
            if side.me.name in self.owners[key] and self.situations[key] == side.me.name:
                side.rows.setdefault(row._meta.label, []).append(row)

    def _make_the_rest(self, side: Side) -> None:
        """A row of every model that nothing was said about, as far as that can be guessed."""
        missing = [m for m in domain_models() if m._meta.label not in side.rows and wanted(m)]
        while missing:
            left = [model for model in missing if self._guess(model, side) is not None]
            if len(left) == len(missing):
                raise MissingRow("\n".join(self._complaint(model, side) for model in left))
            missing = left

    def _guess(self, model: type[models.Model], side: Side) -> Exception | None:
        """Make a row of a model by its fields alone; what went wrong, if so."""
        try:
            with transaction.atomic(), self.making(side.me.name, side=side):
                rows.guess(model, side)
        except (Error, MissingRow, TypeError, ValueError, ValidationError) as error:
            return error
        return None

    def _complaint(self, model: type[models.Model], side: Side) -> str:
        error = self._guess(model, side)
        return (
            f"There is no row of {model._meta.label}, and none could be guessed: {error} "
            f'Add a function under @row("{model._meta.label}") to {rows.__file__}.'
        )

    def _gather(self, people: dict[str, Person]) -> None:
        """The nine, each in their relation to the owner, with the tokens that are left to them."""
        organization = people[actors.OWNER].organization
        for name in (actors.OWNER, actors.PARTY):
            self._join(name, people[name].user)
        with self.making(actors.STRANGER):
            MembershipFactory(user=people[actors.STRANGER].user, role=system_role("member"))
        self._join(actors.STRANGER, people[actors.STRANGER].user)
        with self.making(actors.OWNER, situation="colleague"):
            role = rows.powerless_role(organization)
        self._join(actors.MEMBER, self._newcomer(actors.MEMBER, organization, role))
        for name, leave in LEAVING.items():
            user = self._newcomer(name, organization, system_role("admin"))
            self._join(name, user)
            leave(user)
            if user.is_active:
                self._join(name, user)
        with self.making(actors.STAFF, situation=actors.STAFF):
            staff = UserFactory(is_staff=True)
            ClientFactory(user=staff)
        self._join(actors.STAFF, staff)
        with self.making(actors.ADMIN, situation=actors.ADMIN):
            self.admin = UserFactory(is_staff=True, is_superuser=True)
        self._join(actors.ADMIN, self.admin)
        self.actors[actors.ANONYMOUS] = Actor(actors.ANONYMOUS, None, [None])

    def _newcomer(self, name: str, organization: Organization, role: Any) -> User:
        with self.making(name, situation="colleague"):
            user: User = UserFactory()
            ClientFactory(user=user)
        with self.making(name, actors.OWNER, situation="colleague"):
            MembershipFactory(user=user, organization=organization, role=role)
        return user

    def _join(self, name: str, user: User) -> None:
        """Sign an actor in, beside the tokens that they have."""
        with self.making(name, situation=self.situations["accounts.User", str(user.pk)]):
            token = start_session(user=user).access_token
        actor = self.actors.setdefault(name, Actor(name, user, []))
        actor.tokens.insert(0, token)


def _suspend(user: User) -> None:
    models.QuerySet(Membership).filter(user=user).update(status=Membership.Status.SUSPENDED)


def _delete(user: User) -> None:
    user.soft_delete()


def _leave(user: User) -> None:
    Membership.objects.get(user=user).soft_delete()


LEAVING: dict[str, Callable[[User], None]] = {
    actors.SUSPENDED: _suspend,
    actors.DELETED: _delete,
    actors.EX_MEMBER: _leave,
}


def domain_models(*, with_links: bool = False) -> list[type[models.Model]]:
    """The models of our domains; with the tables between them, where those are asked for."""
    found = apps.get_models(include_auto_created=with_links)
    return [model for model in found if apps.get_app_config(model._meta.app_label).name in DOMAINS]


DOMAINS = {config.name for config in apps.get_app_configs() if config.name.startswith("apps.")}


def wanted(model: type[models.Model]) -> bool:
    """Whether the world needs a row of a model: not of what the database keeps by itself."""
    return model._meta.label not in BOOKKEEPING and not model._meta.auto_created


def keys() -> set[Key]:
    """The key of every row of every domain that somebody made."""
    return set(
        ask_rows("SELECT '{label}', {key}::text FROM {table}", filter(wanted, domain_models()))
    )


def fingerprints() -> dict[Key, str]:
    """A checksum over all columns of every row of every domain."""
    asked = "SELECT '{label}', {key}::text, md5({table}::text) FROM {table}"
    found = ask_rows(asked, domain_models(with_links=True))
    return {(label, key): checksum for label, key, checksum in found}


def ask_rows(statement: str, of: Iterable[type[models.Model]]) -> list[Any]:
    """The rows of a statement with places for each model's label, key and table."""
    statements = [
        statement.format(
            label=model._meta.label, key=model._meta.pk.column, table=model._meta.db_table
        )
        for model in of
    ]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements))
        return cursor.fetchall()
