"""What the READMEs claim is true: commands, targets, folders and exit codes exist, tables are fresh."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from scripts.docs import fresh

from amlctl import errors
from amlctl.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOUSE = (ROOT / "generator" / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not set(path.relative_to(ROOT).parts) & {".venv", "cases", ".pytest_cache", "node_modules"}
)


def targets() -> set[str]:
    """The targets that the Makefile has."""
    return set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))


def test_the_table_of_commands_is_what_the_code_says() -> None:
    """Refresh it with: python scripts/docs.py."""
    assert fresh(README) == README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_tells_to_run_exists(page: Path) -> None:
    """Every ``amlctl X`` and ``make X`` of a page is a command or a target."""
    text = page.read_text(encoding="utf-8")
    commands = set(re.findall(r"(?<![\w/.-])amlctl ([a-z]+)\b(?=[ `\n])", "\n".join(code(text))))
    made = set(re.findall(r"(?<![\w-])make ([a-z-]+)", "\n".join(code(text))))

    assert commands - set(COMMANDS) == set()
    assert made - targets() == set()


def code(text: str) -> list[str]:
    """The code spans and code blocks of a page."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A link to a file of the project names one that is there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_opens_with_two_commands() -> None:
    """One does the main job, one passes the tests; CI runs the second."""
    first = re.search(r"```[a-z]*\n(.*?)```", README, re.DOTALL)
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make deploy ENV=dev", "make test"]
    assert "make test" in ci


def test_every_folder_says_what_it_is() -> None:
    """Each top-level folder has a short README."""
    folders = {
        line.split("/")[0]
        for line in subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        if "/" in line and not line.startswith(".")
    }

    assert [name for name in sorted(folders) if not (ROOT / name / "README.md").is_file()] == []


def test_the_exit_codes_of_the_page_are_those_of_the_code() -> None:
    """A promise: each exception's code stands in the table."""
    told = {
        int(number)
        for number in re.findall(r"^\| (\d+) \||\| (\d+) \|", HOUSE, re.MULTILINE)
        for number in number
        if number
    }
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.AmlctlError)]

    assert {c.exit_code for c in classes} - told == set()


def test_nothing_of_a_machine_stands_in_the_project() -> None:
    """No path of a machine, no package index's host name, no unfinished word."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    forbidden = re.compile(r"(?<![.\w])/(?:work|root)/|bash_" r"jobs|index-" r"url|\bTO" r"DO\b|\bFIX" r"ME\b")
    guilty = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".j2", ".yaml", ".yml", ".toml", ".txt", ".sh", ".bicep"} and path.is_file():
            guilty += [name] if forbidden.search(path.read_text(encoding="utf-8", errors="replace")) else []

    assert guilty == []
