"""The text of `bicep snapshot`: predicted resources, diagnostics and outputs of a desired state, as two-space JSON.

Source of the shape: Azure/bicep, src/Bicep.Core/Utils/Snapshots and Files/SnapshotCommandTests.
"""

from __future__ import annotations

import json
import re
from typing import Any

from amlctl.arm.engine import to_tree
from amlctl.arm.tree import print_value
from amlctl.arm.values import DesiredState, Resource, Secret, Unknown, plain
from amlctl.diagnostics import Finding

_ESCAPED = re.compile("\\\\u00[0-9a-f]{2}|[\x7f-\x9f\u2028\u2029\ufeff\ue000-\uf8ff]")


def snapshot(desired: DesiredState) -> str:
    """Write the snapshot: nested deployments, loops and false conditions are expanded away."""
    resources = [_resource(one) for one in desired.resources if not one.extension]
    resources += [_extensible(one) for one in desired.resources if one.extension]
    document = {
        "predictedResources": resources,
        "diagnostics": [_diagnostic(finding) for finding in desired.findings],
        "outputs": {output.name: _output(output.value) for output in desired.outputs},
    }
    return _ESCAPED.sub(_upper, json.dumps(document, indent=2, ensure_ascii=False))


def _upper(match: re.Match[str]) -> str:
    found = match[0]
    code = ord(json.loads(f'"{found}"')) if len(found) > 1 else ord(found)
    return f"\\u{code:04X}"


def _resource(resource: Resource) -> dict[str, Any]:
    own = {"id": resource.id, "type": resource.type, "name": resource.name, "apiVersion": resource.api_version}
    return {key: plain(item) for key, item in {**own, **resource.body}.items() if item is not None}


def _extensible(resource: Resource) -> dict[str, Any]:
    return {**plain(resource.body), "type": resource.type}


def _diagnostic(finding: Finding) -> str:
    return f"{finding.found} {finding.level.capitalize()} {finding.code}: {finding.message}".strip()


def _output(value: Any) -> Any:
    """An output that is known stands as it is; one with anything unknown in it is one expression."""
    return print_value(to_tree(value)) if _is_open(value) else value


def _is_open(value: Any) -> bool:
    kind = type(value)
    if kind is Unknown or kind is Secret:
        return True
    if kind is dict:
        return any(map(_is_open, value.values()))
    return kind is list and any(map(_is_open, value))
