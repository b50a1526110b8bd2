"""Looks for leaks in all that can be done: every id of every mutation, by those it is not for."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from strawberry.relay import to_base64
from strawberry.relay.utils import from_base64

from apps.core.services.event_log import deliver_due
from kernel.viewer import SYSTEM, acting_as
from tests.architecture.isolation import documents, outside
from tests.architecture.isolation.actors import NINE, OWNER, STRANGER
from tests.architecture.isolation.asking import FAULTS, Reply, ask, leaves
from tests.architecture.isolation.calling import ME, Input, Valid, valid_for
from tests.architecture.isolation.world import Key, Side, World, fingerprints

#: The key of no row.
NOBODY = UUID(int=7)

#: How a mutation says that something is not for the caller, rather than that it cannot be done.
REFUSALS = {
    *("not_found", "not_allowed", "not_signed_in", "invalid_token", "permission_denied"),
    *("not_orders_client", "not_assigned_provider", "no_provider_profile", "no_organization"),
    *("own_order", "step_up_required", "second_factor_missing"),
    *("own_message", "reply_elsewhere", "not_author", "not_about_you", "own_review"),
}

#: What may change although a mutation was refused: who asked, how often, and what was answered.
BESIDE = {
    *("accounts.Session", "accounts.Challenge", "core.IdempotencyRecord"),
    *("core.AuditEntry", "core.DailyCount"),
}


@dataclass(frozen=True)
class Attempt:
    """A mutation with an input, and the ids in it that are not for those who try."""

    name: str
    input: Input
    #: The ids that point to rows of others, by their paths without the numbers of list items.
    foreign: dict[str, Any]
    #: What stood in the database when the first of them tried: each try is taken back.
    before: dict[Key, str]

    def only_for_others(self, valid: Valid, actor: str) -> list[str]:
        """The paths of the ids that an actor may not use."""
        return [path for path in self.foreign if actor not in valid.open_to.get(path, ())]


def leaks_of_mutation(world: World, name: str) -> list[str]:
    """What a mutation does for, or tells to, those of the nine whom it is not for."""
    return sorted(
        {
            leak
            for valid in valid_for(name)
            for leak in (
                *_by_the_right_one(world, name, valid),
                *_by_the_others(world, name, valid),
                *_with_one_foreign_id(world, name, valid),
            )
        }
    )


def _by_the_right_one(world: World, name: str, valid: Valid) -> Iterator[str]:
    """The input is valid, and what goes out because of it tells nobody else's."""
    with taken_back():
        given, by = input_of(world, world.side, valid), valid.by or OWNER
        with outside.sent() as messages:
            reply = run(name, given, world.actors[by].tokens[0])
            deliver_due()
        if reply.codes - {valid.unconfigured} or not reply.body.get("data"):
            yield f"{by}: {name} refuses the input that should be valid: {reply.text[:300]}"
        for leak in world.seen(by, reply.text) if by in NINE else ():
            yield f"{by}: {name} shows {leak}"
        yield from outside.leaks_of_messages(world, messages, name, valid.tells)


def _by_the_others(world: World, name: str, valid: Valid) -> Iterator[str]:
    """The same input, by each of the others."""
    with taken_back():
        attempt = _attempt(name, input_of(world, world.side, valid))
        for actor in NINE:
            if actor != (valid.by or OWNER):
                yield from _tried(world, attempt, valid, actor)


def _with_one_foreign_id(world: World, name: str, valid: Valid) -> Iterator[str]:
    """The stranger's own input, with one id in it that points to a row of the owner's."""
    if valid.by != ME:
        return
    with taken_back():
        theirs = input_of(world, world.foreign_side, valid)
        owners = dict(leaves(input_of(world, world.side, valid)))
        for path, _ in ids_in(name, theirs):
            if path in owners:
                yield from _mixed(world, name, valid, theirs, path, owners[path])


def _mixed(
    world: World, name: str, valid: Valid, theirs: Input, path: tuple[Any, ...], id: str
) -> Iterator[str]:
    """A foreign id among one's own is refused, and just as an id of nobody's is."""
    named, before, codes = _named(path), fingerprints(), []
    for given in (id, missing(id)):
        attempt = Attempt(name, put(theirs, path, given), {named: given}, before)
        answers = list(replies(world, attempt, STRANGER))
        codes.append([reply.codes for reply, _, _ in answers])
        for tried in answers:
            yield from _judged(world, attempt, valid, STRANGER, tried)
    hidden = STRANGER not in valid.open_to.get(named, ())
    if hidden and not valid.seen_by_others and codes[0] != codes[1]:
        yield f"{STRANGER}: {name} tells a hidden {named} from a missing one: {codes}"


#: An answer, what the log of changes says of the time of asking, and what was sent meanwhile.
Tried = tuple[Reply, dict[str, list[Key]], list[tuple[set[str], str]]]


def _tried(world: World, attempt: Attempt, valid: Valid, actor: str) -> Iterator[str]:
    for tried in replies(world, attempt, actor):
        yield from _judged(world, attempt, valid, actor, tried)


def replies(world: World, attempt: Attempt, actor: str) -> Iterator[Tried]:
    """What an actor gets by an attempt, with each of their tokens."""
    for token in world.actors[actor].tokens:
        with taken_back():
            with outside.sent() as messages:
                reply = run(attempt.name, attempt.input, token)
            changes = _changes(attempt.before, fingerprints())
        yield reply, changes, messages


def _changes(before: dict[Key, str], after: dict[Key, str]) -> dict[str, list[Key]]:
    """The rows that were made, changed and removed."""
    return {
        "made": sorted(after.keys() - before.keys()),
        "changed": sorted(k for k in before.keys() & after.keys() if before[k] != after[k]),
        "removed": sorted(before.keys() - after.keys()),
    }


def _judged(
    world: World, attempt: Attempt, valid: Valid, actor: str, tried: Tried
) -> Iterator[str]:
    reply, changes, messages = tried
    where = f"{actor}: {attempt.name}"
    yield from outside.leaks_of_messages(world, messages, attempt.name, valid.tells)
    for code in reply.faults:
        yield f"{where} answers {code}"
    if valid.by_secret:
        return
    for leak in world.seen(actor, reply.text):
        yield f"{where} shows {leak}"
    for row in _unwanted(world, attempt, actor, reply, changes):
        yield f"{where} {row}"
    hidden = attempt.only_for_others(valid, actor)
    if hidden or valid.by != ME or valid.bound:
        if not reply.was_refused:
            yield f"{where} works with {', '.join(hidden) or 'the same input'}"
        for code in reply.codes - REFUSALS - FAULTS - valid.bound:
            what = ", ".join(hidden) or "input"
            yield f"{where} does not ask first whose {what} it is: {code}"


def _unwanted(
    world: World, attempt: Attempt, actor: str, reply: Reply, changes: dict[str, list[Key]]
) -> Iterator[str]:
    """Changes by what was refused, and changes of rows of others that were not named."""
    for what, rows in changes.items():
        for row in rows:
            if reply.was_refused and row[0] not in BESIDE:
                yield f"was refused, and yet {what} a {row[0]}"
            others = row in world.owners and actor not in world.owners[row]
            if not reply.was_refused and others and not attempt.foreign:
                yield f"{what} a {row[0]} of {' and '.join(sorted(world.owners[row]))}"


def _attempt(name: str, given: Input) -> Attempt:
    foreign = {_named(path): id for path, id in ids_in(name, given)}
    return Attempt(name, given, foreign, fingerprints())


def ids_in(name: str, given: Input) -> list[tuple[tuple[Any, ...], str]]:
    """The ids in an input, nested and in lists too, with their paths."""
    argument = documents.MUTATIONS[name].args.get("input")
    found = leaves(given)
    return [(path, id) for path, id in found if argument and documents.is_id(kind_at(name, path))]


def kind_at(name: str, path: tuple[Any, ...]) -> Any:
    """The type of what stands at a path of a mutation's input."""
    kind = documents.MUTATIONS[name].args["input"].type
    for step in path:
        if isinstance(step, str):
            kind = documents.input_fields(kind)[step].type
    return kind


def unfilled_ids(world: World, name: str) -> set[str]:
    """The ids that an input of a mutation could hold and none of its valid ones does."""
    argument = documents.MUTATIONS[name].args.get("input")
    if argument is None:
        return set()
    unfilled = set(_id_paths(argument.type))
    for valid in valid_for(name):
        with taken_back():
            given = input_of(world, world.side, valid)
        unfilled -= {_named(path) for path, _ in ids_in(name, given)}
    return unfilled


def _id_paths(kind: Any, above: str = "") -> Iterator[str]:
    for name, field in documents.input_fields(kind).items():
        if documents.is_id(field.type):
            yield f"{above}{name}"
        elif f"{name}." not in above:
            yield from _id_paths(field.type, f"{above}{name}.")


def _named(path: tuple[Any, ...]) -> str:
    return ".".join(step for step in path if isinstance(step, str))


def put(given: Input, path: tuple[Any, ...], value: Any) -> Input:
    """The input with another value at a path."""
    changed = copy.deepcopy(given)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def missing(id: str) -> str:
    """An id of the same type that is nobody's."""
    return to_base64(from_base64(id)[0], str(NOBODY))


def input_of(world: World, side: Side, valid: Valid) -> Input:
    """The valid input of a side."""
    with acting_as(SYSTEM):
        return valid.make(side)


def run(name: str, given: Input, token: str | None) -> Reply:
    """Call a mutation, and read all of what it answers."""
    return ask(*call(name, given, token))


def call(
    name: str, given: Input, token: str | None
) -> tuple[str, str | None, dict[str, Any] | None]:
    """How a mutation is called so that it answers all that it can: document, token, variables."""
    field = documents.MUTATIONS[name]
    declared, passed = "", ""
    if "input" in field.args:
        declared, passed = f"($input: {field.args['input'].type})", "(input: $input)"
    (selection, *_) = documents.whole(field.type, relations=1)
    # A room has `messages` too, of another type.
    refusal = "... on OperationInfo { reasons: messages { kind message field code } }"
    body = selection.strip()[1:-1]
    document = f"mutation{declared} {{ {name}{passed} {{ {body} {refusal} }} }}"
    return document, token, {"input": given} if passed else None


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what the block does to the database, also what it means to be there for good."""
    block = transaction.atomic()
    # As Django's own test cases say it: what is within may ask to be the outermost transaction.
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
