"""The multipart request specification: files that travel beside an operation."""

from typing import Any

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from schema.base.http import BadRequest, read_json


def read_multipart(request: HttpRequest) -> Any:
    """The operations of a multipart request, their files put in place; raises BadRequest."""
    try:
        form, files = request.POST, request.FILES
    except (MultiPartParserError, ValueError) as error:
        raise BadRequest("The body is not valid multipart/form-data.") from error
    if "operations" not in form or "map" not in form:
        raise BadRequest("The parts operations and map are needed.")
    operations, places = read_json(form["operations"]), read_json(form["map"])
    if not isinstance(operations, dict) or not isinstance(places, dict):
        raise BadRequest("The parts operations and map must be JSON objects.")
    for name, paths in places.items():
        if name not in files or not isinstance(paths, list):
            raise BadRequest("The map names a file that is not there.")
        for path in paths:
            _put(operations, path, files[name])
    return operations


def _put(operations: Any, path: Any, file: Any) -> None:
    """Put a file where a dotted path points: to a null below the variables."""
    if not isinstance(path, str):
        raise BadRequest("The map must point to variables.")
    *steps, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    if not steps or steps[0] != "variables":
        raise BadRequest("The map must point to variables.")
    try:
        place = operations
        for step in steps:
            place = place[step]
        if place[last] is not None:
            raise BadRequest("The map must point to a null.")
        place[last] = file
    except (KeyError, IndexError, TypeError) as error:
        raise BadRequest("The map points to a place that is not there.") from error
