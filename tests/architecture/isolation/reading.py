"""Looks for leaks in all that can be read: root fields, ids, filters, orders, counts."""

import json
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from graphql import GraphQLArgument, get_named_type, is_required_argument
from strawberry.relay import to_base64
from strawberry.utils.str_converters import to_snake_case

from tests.architecture.isolation import calling, documents
from tests.architecture.isolation.actors import NINE, Actor
from tests.architecture.isolation.asking import Reply, ask, ask_each
from tests.architecture.isolation.calling import gid
from tests.architecture.isolation.canaries import Mark
from tests.architecture.isolation.world import World

#: The key of no row.
NOBODY = UUID(int=7)
#: How many hidden values a filter is asked for at once.
CHUNK = 100


def leaks_of_query(world: World, name: str, *, by: Iterable[str] = NINE) -> list[str]:
    """What a root field of the query type shows to those of the nine who may not see it."""
    found: set[str] = set()
    for actor, token in tokens(world, by):
        found.update(_asked(world, name, actor, token))
    return sorted(found)


def report(leaks: list[str]) -> str:
    """Leaks as a text that can be read: those that differ by the column alone on one line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for leak in leaks:
        start, arrow, rest = leak.partition(" shows ")
        mark, _, of = rest.partition(" ")
        label, _, column = mark.rpartition(".")
        lines.setdefault((f"{start}{arrow}{label}" if arrow else leak, of), []).append(column)
    return "\n".join(
        [f"{len(leaks)} leaks:"]
        + [f"{start} {of}: {', '.join(columns)}" for (start, of), columns in lines.items()]
    )


def tokens(world: World, names: Iterable[str]) -> Iterator[tuple[Actor, str | None]]:
    """Actors, with each of their tokens."""
    for name in names:
        for token in world.actors[name].tokens:
            yield world.actors[name], token


def _asked(world: World, name: str, actor: Actor, token: str | None) -> Iterator[str]:
    field = documents.QUERIES[name]
    if name in ("node", "nodes"):
        return
    for arguments in arguments_of(world, name):
        for selection in documents.whole(field.type, arguments, relations=reach(field)):
            reply = ask(f"{{ {name}{selection} }}", token)
            yield from judged(world, actor, f"Query.{name}", reply)
            if reply.is_empty:
                break
    # What lists rows of one object filters and orders as their own list does.
    if documents.is_connection(field.type) and not documents.asks(field):
        yield from _counted(name, actor, token)
        yield from _filtered(world, name, actor, token)
        yield from _ordered(world, name, actor, token)
        yield from _searched(world, name, actor, token)


def reach(field: Any) -> int:
    """How many relations are followed: none where ``nodes`` follows them from the same rows."""
    by_id = any(is_required_argument(argument) for argument in field.args.values())
    known = get_named_type(field.type).name in documents.node_types()
    return 0 if by_id and known else documents.MAX_RELATIONS


def judged(world: World, actor: Actor, where: str, reply: Reply, *, given: str = "") -> list[str]:
    """The leaks in an answer, but for what the actor gave; and what says that nothing was tried."""
    known = set(world.seen(actor.name, given))
    return [
        *(f"{actor.name}: {where} shows {mark}" for mark in world.seen(actor.name, reply.text)
          if mark not in known),
        *(f"{actor.name}: {where} answers {code}" for code in reply.faults),
    ]  # fmt: skip


def arguments_of(world: World, name: str) -> list[str]:
    """Arguments that a root field is asked with: ids of all rows that could be meant."""
    asked = documents.QUERIES[name]
    known = calling.arguments_for(name)
    if known is not None:
        return [_literal(given) for given in known(world)]
    required = {n: a for n, a in asked.args.items() if is_required_argument(a)}
    if not required:
        return [""]
    ((argument, kind), *others) = required.items()
    if others or not documents.is_id(kind.type):
        raise calling.MissingInput(
            f"Query.{name} needs arguments: "
            f"add a function under @arguments({name!r}) to a file in {calling.FOLDER}."
        )
    ids = [gid(row) for row in _meant(world, argument, asked)]
    return [f"{argument}: {_literal([id] if documents.is_list(kind.type) else id)}" for id in ids]


def _meant(world: World, argument: str, field: Any) -> list[models.Model]:
    """The rows that an id argument can be of: by its name, else by what the field answers."""
    kinds = documents.node_types()
    stem = argument.removesuffix("s").removesuffix("Id")
    named = kinds.get(stem[:1].upper() + stem[1:])
    answered = named or documents.model_of(field.type)
    labels = {answered._meta.label} if answered else {m._meta.label for m in kinds.values()}
    return [row for label in sorted(labels) for row in world.samples(label)]


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_nested(item)}" for name, item in value.items())
    return _nested(value)


def _nested(value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_nested(item)}" for name, item in value.items()) + "}"
    return value.name if isinstance(value, Enum) else json.dumps(value)


def leaks_of_nodes(world: World, name: str, *, by: Iterable[str] = NINE) -> list[str]:
    """What ``node`` and ``nodes`` show of rows of a type, and whether hidden ones look missing."""
    label = documents.node_types()[name]._meta.label
    found: set[str] = set()
    for actor, token in tokens(world, by):
        replies = _nodes(name, world.samples(label, by="status"), token)
        found.update(_by_node(world, name, actor, replies))
        seen = [row for row, reply in replies[1:] if not reply.is_empty]
        samples = world.samples(label)
        found.update(_by_nodes(world, name, [r for r in samples if r in seen], actor, token))
    return sorted(found)


def _nodes(name: str, rows: list[Any], token: str | None) -> list[tuple[Any, Reply]]:
    """What ``node`` answers for a missing row, and for each of the rows."""
    ids = [to_base64(name, str(NOBODY)), *(gid(row) for row in rows)]
    asked = [f"node(id: {_nested(id)}) {{ __typename ... on {name} {{ id }} }}" for id in ids]
    return list(zip([None, *rows], ask_each(asked, token), strict=True))


def _by_node(
    world: World, name: str, actor: Actor, replies: list[tuple[Any, Reply]]
) -> Iterator[str]:
    (_, missing), *found = replies
    for row, reply in found:
        yield from judged(world, actor, f"node of {name}", reply)
        known = world.knows_of(actor.name, (row._meta.label, str(row.pk)))
        if not known and _shape(reply) != _shape(missing):
            yield f"{actor.name}: node tells a hidden {name} from a missing one: {reply.text[:150]}"


def _by_nodes(
    world: World, name: str, rows: list[Any], actor: Actor, token: str | None
) -> Iterator[str]:
    kind = documents.CORE.type_map[name]
    # What has a list of its own is walked further there.
    followed = 1 if name in documents.listed_types() else 2
    place = documents.Place(1, documents.MAX_RELATIONS - followed, len(rows))
    for chunk in _chunks(rows, documents.ROOT_PAGE):
        for part in documents.parts(kind, place):
            nodes = f"nodes(ids: $ids) {{ ... on {name} {{ {part.text} }} }}"
            ids = {"ids": [gid(row) for row in chunk]}
            reply = ask(f"query($ids: [ID!]!) {{ {nodes} }}", token, ids)
            yield from judged(world, actor, f"nodes of {name}", reply)


def _shape(reply: Reply) -> Any:
    return reply.body.get("data"), sorted(reply.codes), [e["message"] for e in reply._errors()]


def _chunks(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _counted(name: str, actor: Actor, token: str | None) -> Iterator[str]:
    """A list's ``totalCount`` counts what the list shows, and nothing that it hides."""
    counted = f"{name}(first: 100) {{ totalCount edges {{ node {{ __typename }} }} }}"
    (reply,) = ask_each([counted], token)
    page = (reply.body["data"] or {}).get("it")
    if page and len(page["edges"]) not in (100, page["totalCount"]):
        shown = f"{page['totalCount']} rows and shows {len(page['edges'])}"
        yield f"{actor.name}: Query.{name} counts {shown}"


def _counts(name: str, arguments: list[str], token: str | None) -> list[Any]:
    """How many rows a list has by each of some arguments; the codes, where it cannot be had."""
    given = [", ".join(filter(None, (text, "first: 1"))) for text in arguments]
    replies = ask_each([f"{name}({text}) {{ totalCount }}" for text in given], token)
    return [_count(reply) for reply in replies]


def _count(reply: Reply) -> Any:
    page = (reply.body["data"] or {}).get("it")
    return page["totalCount"] if page else sorted(reply.codes)


def _filtered(world: World, name: str, actor: Actor, token: str | None) -> Iterator[str]:
    """No filter finds a row by a value that the actor may not read."""
    argument = documents.QUERIES[name].args.get("filter")
    if argument is None:
        return
    model = documents.model_of(documents.listed(documents.QUERIES[name].type))
    tried = [
        (path, column, _condition(path, values))
        for path, column in filters(argument.type, model)
        for values in _hidden(world, actor, column)
    ]
    conditions = [condition for _, _, condition in tried]
    total, *found = _counts(name, ["", *(f"filter: {text}" for text in conditions)], token)
    others = _counts(name, [f"filter: {{NOT: {text}}}" for text in conditions], token)
    for (path, column, _), some, rest in zip(tried, found, others, strict=True):
        # Who may not list at all is told that, whatever the filter.
        if (some, rest) not in ((0, total), (total, total)):
            where = f"Query.{name}(filter: {'.'.join(path)})"
            hidden = f"{column.model._meta.label}.{column.name}"
            yield f"{actor.name}: {where} tells of {hidden}: {some} of {total} rows"


def filters(
    kind: Any, model: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The conditions that a filter has on columns: their paths and columns."""
    for name, field in documents.input_fields(kind).items():
        column = _column(model, name)
        below = documents.input_fields(field.type)
        if name in ("AND", "OR", "NOT", "DISTINCT") or column is None or len(path) > 1:
            continue
        if column.is_relation and not documents.is_id(field.type):
            yield from filters(field.type, column.related_model, (*path, name))
        elif "inList" in below:
            yield (*path, name), column


def _column(model: Any, name: str) -> Any:
    try:
        return model._meta.get_field(to_snake_case(name))
    except FieldDoesNotExist:
        return None


def _hidden(world: World, actor: Actor, column: Any) -> Iterable[list[Any]]:
    """The values in a column that an actor may not read, in portions."""
    marks = world.marks(actor.name, column.model._meta.label, column.name)
    kind = column.model.__name__
    values = [to_base64(kind, m.key) if m.column == "id" else _plain(m.value) for m in marks]
    return _chunks(sorted(set(values), key=str), CHUNK)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else str(value)


def _condition(path: tuple[str, ...], values: list[Any]) -> str:
    condition: Any = {"inList": values}
    for name in reversed(path):
        condition = {name: condition}
    return _nested(condition)


def _ordered(world: World, name: str, actor: Actor, token: str | None) -> Iterator[str]:
    """No order by a column that the actor may not read of a row in the list."""
    argument = documents.QUERIES[name].args.get("order")
    if argument is None:
        return
    model: Any = documents.model_of(documents.listed(documents.QUERIES[name].type))
    for by, field in documents.input_fields(argument.type).items():
        given = f"first: 20, order: [{{{by}: {_direction(world, field.type)}}}]"
        # Each by itself: one that needs a further argument would refuse all of a document.
        (reply,) = ask_each([f"{name}({given}) {{ totalCount }}"], token)
        where = f"Query.{name}(order: {by})"
        yield from judged(world, actor, where, reply)
        hidden = world.marks(actor.name, model._meta.label, to_snake_case(by))
        if any(world.knows_of(actor.name, world.row_of(mark)) for mark in hidden):
            yield f"{actor.name}: {where} ranks rows by a hidden column"


def _direction(world: World, kind: Any) -> str:
    """Upwards, as an order takes it: by what a service costs it asks for more than that."""
    if "subcategoryId" not in documents.input_fields(kind):
        return "ASC"
    service = world.side.first("catalog.ServiceSubcategory")
    return _nested({"subcategoryId": gid(service), "currency": "ZAR"})


def _searched(world: World, name: str, actor: Actor, token: str | None) -> Iterator[str]:
    """No free text finds a row by a value that the actor may not read."""
    model: Any = documents.model_of(documents.listed(documents.QUERIES[name].type))
    near = _near(model)
    samples = [mark for mark in _samples(world, actor) if mark.label in near]
    for path, given in _texts(documents.QUERIES[name].args):
        values = ["zq000000x", *(mark.value for mark in samples)]
        (nothing,) = _counts(name, [given(values[0])], token)
        if not isinstance(nothing, int):
            return
        counts = _counts(name, [given(value) for value in values[1:]], token)
        for mark, count in zip(samples, counts, strict=True):
            if count != nothing:
                yield f"{actor.name}: Query.{name}({path}:) tells of {world.name(mark)}"


def _near(model: Any, *, within: int = documents.MAX_RELATIONS) -> set[str]:
    """The models that a few relations lead to: where the words could be that a list is searched
    for.
    """
    found = {model._meta.label}
    if within:
        for field in model._meta.get_fields():
            if field.is_relation and field.related_model is not None and not field.one_to_many:
                found |= _near(field.related_model, within=within - 1)
            elif field.one_to_many and within == documents.MAX_RELATIONS:
                found.add(field.related_model._meta.label)
    return found


def _texts(args: dict[str, GraphQLArgument]) -> Iterator[tuple[str, Callable[[str], str]]]:
    """The free texts that a list can be asked with, as arguments and in its filter: no codes of
    languages, which are compared as a whole.
    """
    for name, argument in args.items():
        if _is_text(argument.type) and name not in ("before", "after"):
            yield name, lambda text, name=name: f"{name}: {_nested(text)}"  # type: ignore[misc]
    conditions = documents.input_fields(args["filter"].type) if "filter" in args else {}
    for name, field in conditions.items():
        if _is_text(field.type) and name != "language":
            yield name, lambda text, name=name: f"filter: {{{name}: {_nested(text)}}}"  # type: ignore[misc]


def _is_text(kind: Any) -> bool:
    return get_named_type(kind).name == "String"


def _samples(world: World, actor: Actor) -> list[Mark]:
    """One hidden text of each column, of a row that the actor knows of where there is one: in make
    soak, one in each situation.
    """
    found: dict[tuple[str, ...], Mark] = {}
    hidden = (
        mark
        for mark in world.canaries.marks.values()
        if isinstance(mark.value, str) and not world.may_read(actor.name, mark)
    )
    for mark in sorted(hidden, key=lambda mark: not world.knows_of(actor.name, world.row_of(mark))):
        situation = world.situations.get(world.row_of(mark), "") if documents.IS_DEEP else ""
        found.setdefault((mark.label, mark.column, situation), mark)
    return list(found.values())
