"""Azure ML environments: a version is made from the content, so the same content registers nothing.

The content of a conda file is what it says, not how it is written: a comment or another layout makes no version, and
the service may give the text back in another layout (azure-ai-ml 1.35.2 reads it as YAML, too).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from amlctl.bootstrap.attempts import attempt
from amlctl.bootstrap.values import API, Platform, Step
from amlctl.environment import load_plain

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
    fixed = json.dumps([_meaning(key, properties.get(key)) for key in FIXED], separators=(",", ":"), default=str)
    return hashlib.sha256(fixed.encode()).hexdigest()[:12]


def _reconcile(name: str, wanted: dict[str, Any], platform: Platform, arm: Arm) -> Step:
    number, label = version(wanted), f"environment {name}"
    resource_id = f"{platform.id}/environments/{name}/versions/{number}"
    found = attempt(label, lambda: arm.read(resource_id, API))
    if isinstance(found, Step):
        return found
    properties = (found or {}).get("properties") or {}
    if found and any(_meaning(key, properties.get(key)) != _meaning(key, wanted.get(key)) for key in FIXED):
        return Step(label, "failed", f"version {number} exists with other content, and a version cannot change")
    if found and (properties.get("description") or "") == wanted.get("description", ""):
        return Step(label, "unchanged", f"version {number}")
    done = attempt(label, lambda: arm.put(resource_id, API, {"properties": wanted}))
    if isinstance(done, Step):
        return done
    return (
        Step(label, "updated", f"version {number}: description")
        if found
        else Step(label, "created", f"version {number}")
    )


def _meaning(key: str, value: Any) -> Any:
    """What a fixed value says; a conda file that is no YAML is compared as it is written."""
    if key != "condaFile" or not isinstance(value, str):
        return value
    try:
        return load_plain(value)
    except ValueError:
        return value


def _properties(asset: AssetEnvironment, conda: str) -> dict[str, Any]:
    properties: dict[str, Any] = {"image": asset.image, "osType": "Linux"}
    if conda:
        properties["condaFile"] = conda
    if asset.description:
        properties["description"] = asset.description
    return properties
