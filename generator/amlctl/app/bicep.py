"""``amlctl bicep``: the compiler on any Bicep file, the same code as the stand-in of the ``bicep`` executable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from amlctl.diagnostics import Finding, has_errors

if TYPE_CHECKING:
    from collections.abc import Iterable


class Compiled(NamedTuple):
    """A compiled file: the exact text of main.json (or of the parameters file), empty where there are errors."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether there is no text, because of errors."""
        return has_errors(self.findings)


def load_yaml(text: str) -> Any:
    """Read a YAML text for ``loadYamlContent``. Raises ValueError where it is none."""
    from amlctl.environment import load_plain

    return load_plain(text)


def compile_file(path: Path) -> Compiled:
    """Compile a .bicep or .bicepparam file of this machine; places are shown relative to the working directory."""
    from amlctl.standin.compiling import bring_yaml_reader, compile_any

    bring_yaml_reader(load_yaml)
    result = compile_any(str(path.absolute()))
    return Compiled(result.text, tuple(_relative(finding) for finding in result.findings))


def format_file(path: Path) -> str:
    """Lay out a file as its bicepconfig.json asks for. Raises AmlctlError where it cannot be read."""
    from amlctl.standin.compiling import formatted

    return formatted(str(path.absolute()))


def sarif(findings: Iterable[Finding]) -> str:
    """Write findings as a SARIF 2.1.0 document."""
    from amlctl.standin.reports import sarif as write

    return write(findings) + "\n"


def document(findings: Iterable[Finding]) -> str:
    """Write findings as JSON."""
    rows: list[dict[str, Any]] = [
        {"level": f.level, "code": f.code, "message": f.message, "found": f.found, "instead": f.instead}
        | ({"file": f.place.file, "line": f.place.line, "column": f.place.column} if f.place else {})
        for f in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _relative(finding: Finding) -> Finding:
    place = finding.place
    if place is None:
        return finding
    path = Path(place.file)
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return finding._replace(place=place._replace(file=shown.as_posix()))
