"""The values of a parameters file held against the types of the parameters that it sets.

Source: SemanticModel.GatherTypeMismatchDiagnostics. Each value is narrowed to the declared type, those of a file that
is extended in that file; ``null`` is no assignment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.infer import type_of
from amlctl.bicep.checks.messages import findings
from amlctl.bicep.checks.modules import Interface, Session
from amlctl.bicep.checks.narrow import narrow
from amlctl.bicep.collector import uncollected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amlctl.bicep import syntax as s
    from amlctl.bicep.source import Files
    from amlctl.diagnostics import Finding


def interface_of_target(files: Files, path: str, template: Any = None) -> Interface | None:
    """Give what a parameters file is for: a Bicep file by its path, or a template; None where it shows nothing."""
    from amlctl.bicep.checks.armtypes import interface_of

    try:
        return Session(files).interface(path) if template is None else interface_of(template)
    except (OSError, ValueError, RecursionError):
        return None


@uncollected
def check_assignments(
    tree: s.Tree, files: Files, values: Iterable[s.Assignment], target: Interface
) -> tuple[Finding, ...]:
    """Give what is wrong with values of one file, in the order of their places.

    ``values`` are those of the file's assignments that count; what is wrong with an expression by itself is not said
    here, as building the file says it.
    """
    c = Checker(tree, (), Session(files), tree.file)
    wanted = {}
    for one in values:
        prop = target.parameters.get(one.name.text)
        found = t.NULL if prop is None else type_of(c, one.value)
        if prop is not None and found not in (t.NULL, t.ERROR):
            kind = t.force(prop.type)
            wanted[id(one)] = one, t.without_null(kind) or kind
    c.reports.clear()
    c.noted.clear()
    for one, kind in wanted.values():
        narrow(c, one.value, kind)
    return findings(c)
