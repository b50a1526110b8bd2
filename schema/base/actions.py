"""What the viewer may do with a row, as clients read it."""

from typing import Any

import strawberry_django

from kernel.actions import Actions


def viewer_can(actions: Actions) -> Any:
    """A field ``viewerCan``: the names of the mutations that the viewer may call on the row."""

    def resolve(root: Any) -> list[str]:
        found: list[str] = root._viewer_can
        return found

    return strawberry_django.field(
        resolve,
        annotate={"_viewer_can": lambda info: actions.names(info.context.viewer)},
        description="The mutations that the viewer may call on it, as far as rights go.",
    )
