"""Whatever stands in a file, loading gives an environment or findings with places: never another exception."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from amlctl.diagnostics import Finding
from amlctl.environment import load
from amlctl.environment.models import Settings
from amlctl.errors import ConfigurationInvalid
from amlctl.render import read_templates, render

PROJECT = Path(__file__).parents[3]
TEMPLATES = read_templates(PROJECT / "templates")
FULL: dict[str, Any] = yaml.safe_load((PROJECT / "environments" / "dev.yaml").read_text(encoding="utf-8"))
BASE: dict[str, Any] = {
    "subscription": "local",
    "location": "westeurope",
    "naming": {"workload": "mlplat"},
    "workspace": {},
}
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 400)
    | st.floats()
    | st.sampled_from(["", "me", "local", "a", "15m", "cluster", "absent", "shared.logs", "é'${x}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "kind", "absent", "size", "who", "x y", "1"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from([field.alias or name for name, field in Settings.model_fields.items()])


def loads(content: dict[str, Any]) -> None:
    """Load one file; render it where it is good."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "environments").mkdir()
        (root / "environments" / "dev.yaml").write_text(json.dumps(content), encoding="utf-8")
        findings: tuple[Finding, ...] = ()
        try:
            render(load(root, "dev"), TEMPLATES)
        except ConfigurationInvalid as invalid:
            findings = invalid.findings
        assert all(finding.place and finding.code.startswith("AML0") for finding in findings)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(KEYS, ODD, max_size=4))
def test_odd_values_at_the_top(changes: dict[str, Any]) -> None:
    loads({**BASE, **changes})


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_odd_values_anywhere(data: st.DataObject) -> None:
    content: Any = json.loads(
        json.dumps({**BASE, **{key: FULL[key] for key in ("compute", "datastores", "rbac", "assets", "pipeline")}})
    )
    node = content
    while True:
        key = data.draw(st.sampled_from(sorted(node)))
        if not isinstance(node[key], dict) or not node[key] or data.draw(st.booleans()):
            node[key] = data.draw(ODD)
            break
        node = node[key]
    loads(content)
