"""``amlctl validate``: everything that can be known without a login."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from amlctl.app.build import build_all
from amlctl.app.predict import predict_offline
from amlctl.app.project import Project
from amlctl.diagnostics import Finding


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
    for built in build_all(project, wanted, check=True):
        desired = predict_offline(built)
        findings = (*built.findings, *desired.findings)
        values = len(built.environment.places)
        rows.append(Checked(built.environment.name, values, len(desired.resources), findings))
    return rows
