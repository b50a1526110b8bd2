"""The languages that clients ask for."""

from schema.base.context import Context


def accepted_languages(context: Context) -> str:
    """The request's Accept-Language header; empty on sockets."""
    return context.request.headers.get("Accept-Language", "") if context.request else ""
