"""The GraphiQL page: the same address as the API, for those who open it in a browser."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from server.graphiql_assets import ASSETS, CDN, scripts, stylesheets

EXAMPLES = Path(__file__).resolve().parents[2] / "schema" / "base" / "examples"


class DemoAccount(TypedDict):
    """An account of the demo data, offered in the sign-in form."""

    label: str
    email: str
    password: str


class Example(TypedDict):
    """An operation that stands ready in a tab."""

    title: str
    operation: str
    query: str
    variables: str


def graphiql_page(
    request: HttpRequest, *, demo_accounts: Sequence[DemoAccount] = ()
) -> HttpResponse:
    """Answer the page; the demo accounts stand on it in development only."""
    response = render(
        request,
        "graphql/graphiql.html",
        {
            "scripts": scripts(),
            "stylesheets": stylesheets(),
            "page": {"endpoint": request.path, "examples": examples(EXAMPLES)},
            "demo_accounts": demo_accounts if settings.ENVIRONMENT == "development" else (),
        },
    )
    response["Content-Security-Policy"] = content_security_policy()
    response["Referrer-Policy"] = "same-origin"
    patch_vary_headers(response, ["Accept"])
    return response


@cache
def examples(folder: Path) -> list[Example]:
    """Read the example operations: a file each, in the order of their names."""
    return [read_example(file) for file in sorted(folder.glob("*.graphql"))]


def read_example(file: Path) -> Example:
    """Read one example: its first comment is its title, a .json beside it holds its variables.

    Raises ValueError when it has no title or its operation no name: its tab would be nameless.
    """
    query = file.read_text()
    title = re.match(r"#\s*(.+)", query)
    operation = re.search(r"^(?:query|mutation|subscription)\s+(\w+)", query, re.MULTILINE)
    if title is None or operation is None:
        raise ValueError(f"{file.name} needs a comment on its first line, and a named operation.")
    variables = file.with_suffix(".json")
    return {
        "title": title[1].strip(),
        "operation": operation[1],
        "query": query,
        "variables": variables.read_text() if variables.exists() else "",
    }


def content_security_policy() -> str:
    """Allow the page its own files and the API, and the CDN only where a file is missing."""
    ours = "'self'" if all(asset.is_local for asset in ASSETS) else f"'self' {CDN}"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {ours}",
            # The editor and its panes write style attributes.
            f"style-src {ours} 'unsafe-inline'",
            "font-src data:",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
