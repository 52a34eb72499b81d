"""Azure ML environments as assets: the version is made from the content, so the same content registers nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from amlctl.bootstrap.values import API, Platform, Step

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.environment import Environment
    from amlctl.environment.models import AssetEnvironment

FIXED = ("image", "condaFile")


def environments(environment: Environment, platform: Platform, arm: Arm) -> Iterator[Step]:
    """Put each environment of the YAML as a version of its own content."""
    for name, asset in environment.settings.assets.environments.items():
        conda = environment.files[asset.conda].decode("utf-8") if asset.conda else ""
        yield _reconcile(name, _properties(asset, conda), platform, arm)


def version(properties: dict[str, Any]) -> str:
    """Make a version of what cannot change: 12 hexadecimal digits."""
    fixed = json.dumps([properties.get(key) for key in FIXED], separators=(",", ":"))
    return hashlib.sha256(fixed.encode()).hexdigest()[:12]


def _reconcile(name: str, wanted: dict[str, Any], platform: Platform, arm: Arm) -> Step:
    number = version(wanted)
    resource_id = f"{platform.id}/environments/{name}/versions/{number}"
    found = arm.read(resource_id, API)
    label = f"environment {name}"
    if found is None:
        arm.put(resource_id, API, {"properties": wanted})
        return Step(label, "created", f"version {number}")
    properties = found.get("properties", {})
    if any(properties.get(key) != value for key, value in wanted.items() if key in FIXED):
        return Step(label, "failed", f"version {number} exists with other content, and a version cannot change")
    if (properties.get("description") or "") != wanted.get("description", ""):
        arm.put(resource_id, API, {"properties": wanted})
        return Step(label, "updated", f"version {number}: description")
    return Step(label, "unchanged", f"version {number}")


def _properties(asset: AssetEnvironment, conda: str) -> dict[str, Any]:
    properties: dict[str, Any] = {"image": asset.image, "osType": "Linux"}
    if conda:
        properties["condaFile"] = conda
    if asset.description:
        properties["description"] = asset.description
    return properties
