"""What providers report of messages that they took."""

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core.services import outbox
from kernel.errors import NotFound


@csrf_exempt
def sms_report(request: HttpRequest, token: str) -> HttpResponse:
    """Take a report of a text message; nobody signs it, but its address is known to no other."""
    mask = request.GET.get("status", request.POST.get("status", ""))
    if request.method not in ("GET", "POST"):
        return _answer(405)
    if not re.fullmatch("[0-9]{1,3}", mask):
        return _answer(400)
    try:
        outbox.record_report(token=token, mask=int(mask))
    except NotFound:
        return _answer(404)
    return _answer(200)


def _answer(status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    # Django would log the address of what it refuses, and that names the message.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
