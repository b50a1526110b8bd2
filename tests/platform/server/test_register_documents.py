"""The command that registers what clients were built with."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.core.models import TrustedDocument

QUERY = "query Catalog { serviceCategories { totalCount } }"
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "a" * 64, "name": "Catalog", "type": "query", "body": QUERY}],
}
RELAY = {"0f343b0931126a20f133d67c2b018a3b": "query Me { me { id } }"}

pytestmark = pytest.mark.django_db


def register(folder: Path, *manifests: Any) -> None:
    """Run the command on manifests."""
    paths = [folder / f"{number}.json" for number in range(len(manifests))]
    for path, manifest in zip(paths, manifests, strict=True):
        path.write_text(json.dumps(manifest))
    call_command("register_documents", *map(str, paths))


def test_apollos_and_relays_manifests_are_registered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    register(tmp_path, APOLLO, RELAY)

    assert dict(TrustedDocument.objects.values_list("key", "text")) == {
        "a" * 64: QUERY,
        **RELAY,
    }
    assert "2 documents are new, 0 were registered." in capsys.readouterr().out


def test_what_is_registered_again_is_registered_once(tmp_path: Path):
    for _ in range(2):
        register(tmp_path, APOLLO)

    assert TrustedDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ([], "is no manifest"),
        ("x", "is no manifest"),
        ({"a": 5}, "is no manifest"),
        ({"format": "apollo-persisted-query-manifest"}, "is no manifest"),
        (RELAY | {"b": "{ nothing }"}, "b: Cannot query field 'nothing'"),
        (RELAY | {"b": "{"}, "b: Syntax Error"),
        (RELAY | {"b": "fragment F on Query { me { id } }"}, "b: "),
        (RELAY | {"b" * 101: QUERY}, "too long"),
    ],
)
def test_a_manifest_with_anything_wrong_registers_nothing(
    tmp_path: Path, manifest: Any, reason: str
):
    with pytest.raises(CommandError, match=reason):
        register(tmp_path, manifest)

    assert not TrustedDocument.objects.exists()


def test_a_key_keeps_its_text(tmp_path: Path):
    register(tmp_path, RELAY)

    with pytest.raises(CommandError, match="Another document is registered"):
        register(tmp_path, APOLLO, dict.fromkeys(RELAY, QUERY))

    assert TrustedDocument.objects.get().text == RELAY["0f343b0931126a20f133d67c2b018a3b"]
