"""Private files, by addresses that expire."""

from django.core import signing
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from kernel.storage import name_in


def private_file(_request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer the file of a token, to be saved and never shown as a page of ours."""
    try:
        name = name_in(token)
        file = storages["private"].open(name)
    except (signing.BadSignature, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=name.rpartition("/")[2])
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
