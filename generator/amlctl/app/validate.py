"""``amlctl validate``: everything that can be known without a login."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from amlctl.app.build import build_all
from amlctl.app.loosening import loosened
from amlctl.app.predict import predict_offline
from amlctl.app.project import Project
from amlctl.diagnostics import Finding
from amlctl.environment import strays


class Checked(NamedTuple):
    """One environment that is valid: how much it holds, and what was found all the same."""

    environment: str
    values: int
    resources: int
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        """``ok``, or ``warning`` where something was found."""
        return "warning" if any(finding.level == "warning" for finding in self.findings) else "ok"

    def document(self) -> dict[str, Any]:
        """Write it as JSON."""
        found = [
            {
                "level": finding.level,
                "code": finding.code,
                "message": finding.message,
                "place": str(finding.place or ""),
            }
            for finding in self.findings
        ]
        counts = {"values": self.values, "resources": self.resources}
        return {"environment": self.environment, **counts, "findings": found}


def validate(project: Project, wanted: Sequence[str]) -> list[Checked]:
    """Load, render, compile and evaluate environments. Raises ConfigurationInvalid with every error found."""
    rows = []
    all_built = build_all(project, wanted, check=True)
    warned = loosened(project, all_built)
    for built in all_built:
        desired = predict_offline(built)
        findings = (*built.findings, *desired.findings, *_of(built.environment.file, warned))
        values = len(built.environment.places)
        rows.append(Checked(built.environment.name, values, len(desired.resources), findings))
    others = tuple(
        finding for finding in (*warned, *strays(project.root)) if finding.place is None or _foreign(finding, rows)
    )
    return [*rows, Checked("environments/", 0, 0, others)] if others else rows


def _of(file: str, warned: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in warned if finding.place and finding.place.file == file]


def _foreign(finding: Finding, rows: Sequence[Checked]) -> bool:
    """Whether a finding is of no environment that was checked."""
    return not any(finding in row.findings for row in rows)
