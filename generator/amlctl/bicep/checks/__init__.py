"""What is wrong with a Bicep file: the official compiler's type checks, limits and linter rules.

In: a parsed file and a ``Files`` value for what it refers to. Out: findings with official codes, levels and places;
the texts are our own. It compiles nothing and never raises for a wrong file. Codes that are not found are listed in
the README.md of the room.

``check(result, files, path)`` gives the findings of the checks; those of the parser are in ``result.findings``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from amlctl.bicep.collector import uncollected

if TYPE_CHECKING:
    from amlctl.bicep.checks.checker import Checker
    from amlctl.bicep.checks.modules import Session
    from amlctl.bicep.source import Files
    from amlctl.bicep.syntax import ParseResult
    from amlctl.diagnostics import Finding

_ROOM = 5000
"""Frames that deep (but allowed) nesting may need."""


@uncollected
def check(
    result: ParseResult,
    files: Files,
    path: str,
    session: Session | None = None,
    analyzers: dict[str, Any] | None = None,
    lint: bool = True,
) -> tuple[Finding, ...]:
    """Give what is wrong with a file beyond its syntax, in the order of the places.

    ``session`` keeps parsed files and module interfaces between the files of one compilation; ``analyzers`` is the
    object ``analyzers.core`` of bicepconfig.json, looked up where it is None; ``lint=False`` leaves out the linter's
    rules. What the file's own ``#disable-`` directives silence is left out.
    """
    from amlctl.bicep.checks.linter import lint as run_linter
    from amlctl.bicep.checks.linter import silence
    from amlctl.bicep.checks.messages import findings
    from amlctl.bicep.checks.modules import Session

    session = session or Session(files)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _ROOM))
    try:
        c = session.begin(path, result) or run(result, session, path)
        found = findings(c)
        if lint:
            core = session.analyzers(path) if analyzers is None else analyzers
            found = (*found, *run_linter(c, core))
    except RecursionError:
        return ()  # thousands of declarations that each refer to the next: nothing is claimed about them
    return silence(result.tree.text, sorted(found, key=_order))


def _order(finding: Finding) -> tuple[int, int]:
    place = finding.place
    return (0, 0) if place is None else (place.line, place.column)


def run(result: ParseResult, session: Session, path: str) -> Checker:
    """Check one file and give the state, with its reports and types."""
    from amlctl.bicep.checks.checker import Checker
    from amlctl.bicep.checks.deploytime import DeployTime
    from amlctl.bicep.checks.duplicates import check_ids, check_names
    from amlctl.bicep.checks.limits import check_limits
    from amlctl.bicep.checks.loops import check_loops
    from amlctl.bicep.checks.scopes import Scopes
    from amlctl.bicep.checks.statements import check_inner, check_statement

    c = Checker(result.tree, result.findings, session, path)
    for statement in result.tree.statements:
        check_statement(c, statement)
    check_inner(c)
    scopes = Scopes(c)
    scopes.check()
    check_names(c)
    check_ids(c, scopes)
    check_loops(c)
    DeployTime(c).check()
    check_limits(c)
    return c
