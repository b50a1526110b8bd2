"""Who may import whom, who may write what, and what the folder ``platform`` must not become."""

import ast
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("apps", "schema", "platform/kernel", "platform/server")
WRITES = {
    *("save", "create", "update", "delete", "get_or_create", "update_or_create", "soft_delete"),
    *(
        "hard_delete",
        "restore",
        "bulk_create",
        "bulk_update",
        "asave",
        "acreate",
        "aupdate",
        "adelete",
    ),
    *("soft_delete_batch", "restore_batch"),
}
#: Where a domain writes its rows: its services, models, migrations and part of the demo data.
WRITERS = ("services", "models", "migrations", "demo")
#: The base of all models, and what loads the domains' demo data.
KERNEL_WRITERS = (
    "platform/kernel/models.py",
    "platform/kernel/constraints.py",
    "platform/kernel/demo.py",
    "platform/kernel/rotation.py",
    # Save and remove files, not rows.
    "platform/kernel/pictures.py",
    "platform/kernel/storage.py",
)

VIOLATIONS = {
    "a kernel that knows a domain": ("platform/kernel/clock.py", "import apps.core.models"),
    "a domain that knows the API": ("apps/orders/services/bids.py", "import schema.base.ids"),
    "a schema that knows the server": ("schema/base/http.py", "import server.health"),
    "a domain that knows a higher one": ("apps/catalog/access.py", "import apps.orders.models"),
    "siblings that know each other": ("apps/catalog/access.py", "import apps.organizations.models"),
    "models that know services": (
        "apps/orders/models/orders.py",
        "import apps.orders.services.bids",
    ),
    "events that know models": ("apps/orders/events.py", "import apps.orders.models"),
    "a domain that knows GraphQL": ("apps/orders/models/orders.py", "import strawberry"),
    "a kernel that knows sockets": ("platform/kernel/events.py", "import channels"),
    "a schema that starts tasks": ("schema/orders/mutations/orders.py", "import apps.core.tasks"),
    "a mutation that knows Django": (
        "schema/orders/mutations/orders.py",
        "import django.db.models",
    ),
}


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the import contracts of a tree."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": f"{folder}:{folder / 'platform'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our code, to break."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for folder in PACKAGES:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Our modules, by their paths."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def is_writer(path: str) -> bool:
    """Whether a module is one of those through which rows are written."""
    if path.startswith("apps/") and path != "apps/__init__.py":
        return Path(path).parts[2].removesuffix(".py") in WRITERS
    return path in KERNEL_WRITERS


def writes(module: ast.Module) -> Iterator[ast.Call]:
    """The calls in a module that look like writing rows."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "save_checked":
            yield node
        if not isinstance(node.func, ast.Attribute):
            continue
        of_dict_or_hash = node.func.attr == "update" and node.args
        if node.func.attr in WRITES and not of_dict_or_hash:
            yield node


def test_the_import_contracts_hold():
    result = contracts(ROOT)

    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("name", sorted(VIOLATIONS))
def test_the_import_contracts_catch(tree: Path, name: str):
    path, line = VIOLATIONS[name]
    original = (tree / path).read_text()
    (tree / path).write_text(f"{original}\n{line}\n")

    result = contracts(tree)
    (tree / path).write_text(original)

    assert result.returncode == 1, name
    assert " broken" in result.stdout
    assert "0 broken" not in result.stdout


def test_a_new_domain_must_be_given_its_place(tree: Path):
    (tree / "apps/newcomer").mkdir()
    (tree / "apps/newcomer/__init__.py").touch()

    result = contracts(tree)
    shutil.rmtree(tree / "apps/newcomer")

    assert result.returncode == 1
    assert "newcomer" in result.stdout


def test_rows_are_written_by_the_services_of_their_domain_alone():
    found = [
        f"{path}:{call.lineno} {ast.unparse(call.func)}"
        for path, module in sources(*PACKAGES)
        if not is_writer(path)
        for call in writes(module)
    ]

    assert found == []


def test_a_domain_writes_no_other_domains_rows():
    found = [
        f"{path}:{call.lineno} {ast.unparse(call.func)}"
        for path, module in sources("apps")
        if "/services/" in path or path.endswith("services.py")
        for call in writes(module)
        if model_of(call) in foreign_models(path, module)
    ]

    assert found == []


def model_of(call: ast.Call) -> str:
    """The name that a write's chain begins with, such as Order in Order.objects.create."""
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def foreign_models(path: str, module: ast.Module) -> set[str]:
    """The names that a module imports from other domains' models."""
    domain = Path(path).parts[1]
    return {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models")
        if f"apps.{domain}." not in f"{node.module}." and (node.module or "").startswith("apps.")
        for alias in node.names
    }


def test_unexpected_errors_are_caught_in_three_places_at_most():
    caught = [
        path
        for path, module in sources(*PACKAGES)
        for node in ast.walk(module)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        if not isinstance(node.body[-1], ast.Raise)
    ]

    assert caught == [
        "apps/core/services/event_log.py",
        "schema/base/execution.py",
        "schema/base/operations.py",
    ]


def test_platform_is_the_standard_librarys():
    assert not (ROOT / "platform/__init__.py").exists()
    assert Path(platform.__file__).name == "platform.py"
    assert ROOT not in Path(platform.__file__).parents


def test_manage_py_meets_the_standard_librarys_platform():
    done = subprocess.run(
        [sys.executable, "manage.py", "version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
