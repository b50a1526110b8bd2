"""Asking the endpoint, and what its answers say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from tests.support.graphql import GraphQL
from tests.support.pictures import picture

#: Codes that say that the question was wrong, or the server: then nothing was tried.
FAULTS = {
    *("internal_error", "invalid_request", "syntax_error", "bad_request", "overloaded"),
    *("document_too_deep", "invalid_variables", "rate_limited", "too_expensive"),
}


#: How many root selections are asked in one document.
TOGETHER = 10


@dataclass(frozen=True)
class File:
    """Stands for an uploaded picture in a mutation's input."""

    width: int = 40


@dataclass(frozen=True)
class Reply:
    """What came back, and what it says."""

    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All of it as text."""
        return json.dumps(self.body, ensure_ascii=False)

    @property
    def codes(self) -> set[str]:
        """The codes of its errors and refusals."""
        errors = {error.get("extensions", {}).get("code", "?") for error in self._errors()}
        return errors | {message["code"] for message in self._messages()}

    @property
    def faults(self) -> set[str]:
        """The codes that mean that nothing was tried."""
        return self.codes & FAULTS

    @property
    def was_refused(self) -> bool:
        """Whether a mutation did nothing."""
        return bool(self.codes)

    @property
    def is_empty(self) -> bool:
        """Whether it shows no row, so that there is nothing below either."""
        found = [value for root in (self.body.get("data") or {}).values() for value in _rows(root)]
        return not any(found)

    def _errors(self) -> list[dict[str, Any]]:
        return self.body.get("errors") or []

    def _messages(self) -> Iterator[dict[str, Any]]:
        for payload in (self.body.get("data") or {}).values():
            if isinstance(payload, dict) and payload.get("__typename") == "OperationInfo":
                yield from payload["reasons"]


def _rows(root: Any) -> list[Any]:
    """What a root field shows: the rows of a page, the items of a list, or one object."""
    if isinstance(root, dict) and "edges" in root:
        return list(root["edges"])
    return root if isinstance(root, list) else [root]


def ask(document: str, token: str | None = None, variables: dict[str, Any] | None = None) -> Reply:
    """Run a document by a token, as if nobody had asked before; a file is sent beside it."""
    with override_settings(RATE_PREFIX=f"rate-{uuid4().hex}"):
        return asked(document, token, variables)


def ask_each(selections: list[str], token: str | None) -> list[Reply]:
    """Run root selections, several in one document, and give the answer of each."""
    replies: list[Reply] = []
    for start in range(0, len(selections), TOGETHER):
        some = selections[start : start + TOGETHER]
        whole = ask("{ " + " ".join(f"a{i}: {text}" for i, text in enumerate(some)) + " }", token)
        replies += [_part(whole, f"a{number}") for number in range(len(some))]
    return replies


def _part(whole: Reply, alias: str) -> Reply:
    """What an answer says of one of its root selections; errors of no place are everybody's."""
    data = whole.body.get("data")
    errors = [e for e in whole._errors() if data is None or e.get("path", [alias])[0] == alias]
    return Reply({"data": {"it": data[alias]} if data else None, "errors": errors})


def asked(
    document: str, token: str | None = None, variables: dict[str, Any] | None = None
) -> Reply:
    """Run a document by a token; a file is sent beside it."""
    client, found = GraphQL(), file_in(variables)
    if found is None:
        return Reply(client(document, variables, token=token).body)
    place, file = found
    headers = {"Apollo-Require-Preflight": "true"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    photo = SimpleUploadedFile("photo.jpg", picture(size=(file.width, 20)), "image/jpeg")
    sent = json.loads(json.dumps(variables, default=lambda _file: None))
    return Reply(client.upload(document, sent, photo, at=place, headers=headers).body)


def file_in(variables: Any) -> tuple[str, File] | None:
    """The file in the variables of a document, and where it is."""
    for path, value in leaves(variables or {}):
        if isinstance(value, File):
            return ".".join(["variables", *(str(step) for step in path)]), value
    return None


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The values in nested lists and dictionaries, with their paths."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path, value
