"""The multipart request specification: files that travel beside an operation."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from schema.base.http import BadRequest, BodyTooLarge, read_json


def read_multipart(request: HttpRequest) -> Any:
    """The operations of a multipart request, their files put in place; raises BadRequest."""
    form, files = _read_form(request)
    if "operations" not in form or "map" not in form:
        raise BadRequest("The parts operations and map are needed.")
    if len(form["operations"]) + len(form["map"]) > settings.BODY_MAX_BYTES:
        raise BodyTooLarge
    operations, places = read_json(form["operations"]), read_json(form["map"])
    if not isinstance(operations, dict) or not isinstance(places, dict):
        raise BadRequest("The parts operations and map must be JSON objects.")
    for name, paths in places.items():
        if name not in files or not isinstance(paths, list):
            raise BadRequest("The map names a file that is not there.")
        for path in paths:
            _put(operations, path, files[name])
    return operations


def _read_form(request: HttpRequest) -> tuple[Any, Any]:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > settings.UPLOAD_MAX_BYTES + settings.BODY_MAX_BYTES:
            raise BodyTooLarge
        return request.POST, request.FILES
    except RequestDataTooBig as error:
        raise BodyTooLarge from error
    except (MultiPartParserError, SuspiciousOperation, ValueError) as error:
        raise BadRequest("The body is not valid multipart/form-data.") from error


def _put(operations: Any, path: Any, file: Any) -> None:
    """Put a file where a dotted path points: to a null below the variables."""
    if not isinstance(path, str):
        raise BadRequest("The map must point to variables.")
    *steps, last = path.split(".")
    if not steps or steps[0] != "variables":
        raise BadRequest("The map must point to variables.")
    try:
        place = operations
        for step in steps:
            place = place[_key_in(place, step)]
        last = _key_in(place, last)
        if place[last] is not None:
            raise BadRequest("The map must point to a null.")
        place[last] = file
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise BadRequest("The map points to a place that is not there.") from error


def _key_in(place: Any, step: str) -> Any:
    """A step of a path as the key that it is there: the number of an item, or a name."""
    return int(step) if isinstance(place, list) else step
