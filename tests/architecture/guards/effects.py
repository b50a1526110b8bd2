"""What a call did: the rows that it made and raised the version of, and the one it answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.db import models
from strawberry.relay.utils import from_base64

from tests.architecture.guards.calls import KEY, token_of
from tests.architecture.isolation import documents
from tests.architecture.isolation.asking import Reply
from tests.architecture.isolation.calling import Input, valid_for
from tests.architecture.isolation.world import (
    Key,
    World,
    ask_rows,
    domain_models,
    keys,
)
from tests.architecture.isolation.writing import ids_in, input_of, run, taken_back

#: The address of a private file, which is signed anew for each answer.
SIGNED = re.compile(r'/files/[^"]+')


def said(reply: Reply) -> str:
    """What a mutation answered, but for when it was."""
    return SIGNED.sub("/files/", reply.text)


@dataclass(frozen=True)
class Effect:
    """What became of one call, and of another like it right after."""

    #: The rows that the input names by their ids.
    named: set[Key]
    #: What else the input can say.
    values: list[str]
    answered: Key | None
    made: set[Key]
    raised: set[Key]
    #: How many rows more, or less, there are of each table after the second call.
    repeated: dict[str, int]
    answered_again: Key | None

    @property
    def creates(self) -> bool:
        """Whether it answered a row that was not there before."""
        return self.answered in self.made


def effect(world: World, name: str) -> Effect:
    """Call a mutation twice in the first way that is said, and take that back."""
    valid = valid_for(name)[0]
    with taken_back():
        given, token = input_of(world, world.side, valid), token_of(world, valid)
        replies: list[Reply] = []
        before, versions_before = keys(), versions()
        replies.append(run(name, given, token))
        after, versions_after = keys(), versions()
        repeated = made_by(lambda: replies.append(run(name, given, token)))
    first, again = replies
    assert first.codes <= {valid.unconfigured}, first.text
    kept = versions_before.keys() & versions_after.keys()
    raised = {key for key in kept if versions_before[key] != versions_after[key]}
    return Effect(
        named={key for _, id in ids_in(name, given) if (key := _key(id))},
        values=_values(name, given, raised),
        answered=_answered(first),
        made=after - before,
        raised=raised,
        repeated=repeated,
        answered_again=_answered(again),
    )


def _values(name: str, given: Input, raised: set[Key]) -> list[str]:
    """The fields of an input beside those that name what it changes."""
    argument = documents.MUTATIONS[name].args.get("input")
    fields = documents.input_fields(argument.type) if argument else {}
    naming = {path[0] for path, id in ids_in(name, given) if _key(id) in raised}
    return [field for field in fields if field not in {*naming, KEY}]


def _answered(reply: Reply) -> Key | None:
    for payload in (reply.body.get("data") or {}).values():
        return _key(payload["id"]) if "id" in payload else None
    return None


def _key(id: str) -> Key | None:
    kind, key = from_base64(id)
    model = _nodes().get(kind)
    return (model._meta.label, key) if model else None


@cache
def _nodes() -> dict[str, type[models.Model]]:
    return documents.node_types()


def versioned(model: type[models.Model]) -> bool:
    """Whether each update of a row raises its version."""
    return any(
        field.name == "version" and isinstance(field, models.IntegerField)
        for field in model._meta.concrete_fields
    )


def versions() -> dict[Key, int]:
    """The version of every row that has one."""
    statement = "SELECT '{label}', {key}::text, version FROM {table}"
    rows = ask_rows(statement, filter(versioned, domain_models()))
    return {(label, key): version for label, key, version in rows}


def count_rows() -> dict[str, int]:
    """The rows of each table; those aside that staff leave when they look at what is another's."""
    seen = "FILTER (WHERE to_jsonb({table}) ->> 'action' IS DISTINCT FROM 'READ')"
    statement = "SELECT '{label}', count(*) " + seen + " FROM {table}"
    return dict(ask_rows(statement, domain_models(with_links=True)))


def made_by(call: Callable[[], object]) -> dict[str, int]:
    """How many rows more, or less, there are of each table after a call."""
    before = count_rows()
    call()
    after = count_rows()
    return {label: after[label] - before[label] for label in after if after[label] != before[label]}
