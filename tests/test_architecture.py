"""The house of design.md section 3, held by a test: imports, fences around packages, sizes of files and functions."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "generator" / "amlctl"
SHARED = {"diagnostics", "errors", "hashes", "records"}
ROOMS: dict[str, set[str]] = {
    "environment": set(),
    "render": {"environment"},
    "types": set(),
    "arm": {"types"},
    "bicep": {"arm", "types"},
    "policy": {"arm", "types"},
    "plan": {"policy", "arm", "types"},
    "azure": set(),
    "preflight": {"plan", "arm", "types", "azure"},
    "deploy": {"plan", "azure"},
    "bootstrap": {"environment", "azure"},
    "review": {"plan", "policy"},
    "localarm": {"arm", "types"},
    "standin": {"bicep", "arm", "types"},
    "cli": {"app", "standin"},
}
ROOMS["app"] = set(ROOMS) - {"cli"}
FENCES = {
    "yaml": {"environment"},
    "pydantic": {"environment"},
    "jinja2": {"render"},
    "click": {"cli"},
    "rich": {"cli"},
    "azure": {"azure"},
    "sqlite3": {"localarm"},
    "http": {"localarm"},
    "ssl": {"localarm"},
    "cryptography": {"localarm"},
}
STANDARD_LIBRARY_ALONE = {"bicep", "arm", "plan", "types", "policy"}
# Tables and parsers may reach 700 lines (design.md, house rules).
LONG_FILES: set[str] = {"bicep/expressions_parser.py", "bicep/syntax.py"}
# Lexers and tables may be long: one loop, one list.
LONG_FUNCTIONS: set[str] = set()


def files() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    """A module's path inside the package, for messages."""
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str:
    """The room that a module lies in; "" for the modules that all rooms share."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imports(path: Path) -> Iterator[str]:
    """Every module that a module imports, wherever in the file, those for the type checker alone included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("amlctl", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield module
            if module in ("amlctl", "azure", "azure.mgmt"):
                yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", files(), ids=name)
def test_a_room_imports_exactly_what_its_row_names(path: Path) -> None:
    """Nobody reaches past a neighbour."""
    mine = room(path)
    rooms = {module.split(".")[1] for module in imports(path) if module.startswith("amlctl.")}
    allowed = ROOMS.get(mine, {"cli"}) | SHARED | {mine}

    assert rooms - allowed - {"__version__"} == set()


@pytest.mark.parametrize("path", files(), ids=name)
def test_outside_packages_stay_behind_their_fence(path: Path) -> None:
    """A package that may change or be slow is known to one room alone."""
    outside = {module.split(".")[0] for module in imports(path)} & set(FENCES)
    forbidden = {module for module in outside if room(path) not in FENCES[module]}

    assert forbidden == set()


@pytest.mark.parametrize("path", [p for p in files() if room(p) in STANDARD_LIBRARY_ALONE], ids=name)
def test_the_core_needs_the_standard_library_alone(path: Path) -> None:
    """The compiler, the evaluator, the catalogue and the plan run wherever Python does."""
    import sys

    outside = {module.split(".")[0] for module in imports(path)} - set(sys.stdlib_module_names) - {"amlctl", ""}

    assert outside == set()


@pytest.mark.parametrize("path", [p for p in files() if room(p) not in ("cli", "standin")], ids=name)
def test_only_the_command_line_prints(path: Path) -> None:
    """A room hands over values; whoever called decides what is shown."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]

    assert [c.lineno for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"] == []


@pytest.mark.parametrize("path", files(), ids=name)
def test_files_stay_short(path: Path) -> None:
    """500 lines, and 700 for a table or a parser that is listed."""
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= (700 if name(path) in LONG_FILES else 500)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a module with its length in lines, ``def`` to its last line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_stay_short() -> None:
    """The median is under 10 lines, and none is over 60 but the listed ones."""
    lengths = dict(item for path in files() for item in functions(path))

    assert {name for name, length in lengths.items() if length > 60} - LONG_FUNCTIONS == set()
    assert statistics.median(lengths.values()) < 10


def test_every_room_says_what_it_is() -> None:
    """A room's docstring says what comes in, what goes out and what it must not do."""
    silent = [
        path.parent.name
        for path in files()
        if path.name == "__init__.py"
        and room(path)
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_no_folder_is_a_room_that_the_plan_does_not_know() -> None:
    """A new room needs its row here and in generator/README.md."""
    found = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("__")}

    assert found - set(ROOMS) == set()
