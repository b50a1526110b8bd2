"""The tabs of GraphiQL run as they are against the demo data."""

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from graphql import parse, validate

from apps.accounts.models import User
from schema.root import schema
from tests.support.graphql import GraphQL
from tests.support.server import ROOT

EXAMPLES = sorted((ROOT / "schema/base/examples").glob("*.graphql"))


def _person(title: str) -> User:
    name = title.removeprefix("# ").partition(":")[0].lower()
    return User.objects.get(email=f"{name if name == 'ada' else 'ben'}@fundi.example")


def _run(example: Path, graphql: GraphQL) -> dict[str, Any]:
    text, variables = example.read_text(), example.with_suffix(".json")
    given = json.loads(variables.read_text()) if variables.exists() else None
    return graphql(text, given, by=_person(text.splitlines()[0])).data


def test_every_example_is_valid():
    problems = [validate(schema._schema, parse(path.read_text())) for path in EXAMPLES]

    assert problems == [[]] * 23


def test_every_example_runs_on_the_demo_data(graphql: GraphQL):
    call_command("load_demo", once=True)
    asked = [path for path in EXAMPLES if "\nsubscription" not in path.read_text()]

    answers = [_run(path, graphql) for path in asked]

    assert [answer for answer in answers if "messages" in json.dumps(answer)] == []
