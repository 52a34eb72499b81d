"""The four datastores that the service makes by itself, verified by name, kind and target.

Which of them is the default is read and reported: no public ARM call sets it. Names and targets: Azure Machine
Learning, concept-data ("datastores"); containers carry the workspace's id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from amlctl.bootstrap.values import API, Platform, Step

if TYPE_CHECKING:
    from amlctl.azure import Arm


class _Expected(NamedTuple):
    name: str
    kind: str
    key: str
    target: str


EXPECTED = (
    _Expected("workspaceblobstore", "AzureBlob", "containerName", "azureml-blobstore-{id}"),
    _Expected("workspaceartifactstore", "AzureBlob", "containerName", "azureml"),
    _Expected("workspacefilestore", "AzureFile", "fileShareName", "azureml-filestore-{id}"),
    _Expected("workspaceworkingdirectory", "AzureFile", "fileShareName", "code-"),
)


def default_datastores(platform: Platform, workspace_id: str, arm: Arm) -> Iterator[Step]:
    """Compare the four default datastores with what the service documents."""
    found = {item["name"]: item["properties"] for item in arm.children(platform.id, "datastores", API)}
    for expected in EXPECTED:
        yield _verify(expected, found.get(expected.name), platform, workspace_id)


def _verify(expected: _Expected, found: dict[str, Any] | None, platform: Platform, workspace_id: str) -> Step:
    name = f"datastore {expected.name}"
    if found is None:
        return Step(name, "failed", "the service has not made it")
    fault = _fault(expected, found, platform, workspace_id)
    default = ", the default" if found.get("isDefault") else ""
    return Step(name, "failed", fault) if fault else Step(name, "verified", f"{found[expected.key]}{default}")


def _fault(expected: _Expected, found: dict[str, Any], platform: Platform, workspace_id: str) -> str:
    target = expected.target.format(id=workspace_id)
    actual = str(found.get(expected.key, ""))
    if found.get("datastoreType") != expected.kind:
        return f"is {found.get('datastoreType')}, expected {expected.kind}"
    if not (actual.startswith(target) if target.endswith("-") else actual == target):
        return f"points to {actual}, expected {target}"
    if found.get("accountName") != platform.storage:
        return f"lies in {found.get('accountName')}, expected {platform.storage}"
    return ""
