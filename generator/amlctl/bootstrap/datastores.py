"""The four datastores that the service makes by itself, checked by name, kind and target.

Which of them is the default is read and reported: no public ARM call sets it. Containers carry the workspace's id. With
``enableDataIsolation`` the id stands in front (``{id}-azureml-blobstore``), without it at the end
(``azureml-blobstore-{id}``): azure-ai-docs, how-to-identity-based-service-authentication, "Effects of enabling data
isolation". For file shares no page shows the isolated form, so both are taken there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from amlctl.bootstrap.values import API, Platform, Step

if TYPE_CHECKING:
    from amlctl.azure import Arm


class _Expected(NamedTuple):
    """One datastore: ``plain`` and ``isolated`` are the targets that are right; a star stands for any ending."""

    name: str
    kind: str
    key: str
    plain: tuple[str, ...]
    isolated: tuple[str, ...]


EXPECTED = (
    _Expected(
        "workspaceblobstore", "AzureBlob", "containerName", ("azureml-blobstore-{id}",), ("{id}-azureml-blobstore",)
    ),
    _Expected("workspaceartifactstore", "AzureBlob", "containerName", ("azureml",), ("{id}-azureml",)),
    _Expected(
        "workspacefilestore",
        "AzureFile",
        "fileShareName",
        ("azureml-filestore-{id}",),
        ("{id}-azureml-filestore", "azureml-filestore-{id}"),
    ),
    _Expected("workspaceworkingdirectory", "AzureFile", "fileShareName", ("code-*",), ("{id}-code*", "code-*")),
)


def default_datastores(platform: Platform, workspace: dict[str, Any], arm: Arm) -> Iterator[Step]:
    """Compare the four default datastores with what the service documents; ``workspace`` is its ``properties``."""
    found = {item["name"]: item.get("properties") or {} for item in arm.children(platform.id, "datastores", API)}
    for expected in EXPECTED:
        yield _verify(expected, found.get(expected.name), platform, workspace)


def _verify(expected: _Expected, found: dict[str, Any] | None, platform: Platform, workspace: dict[str, Any]) -> Step:
    name = f"datastore {expected.name}"
    if found is None:
        return Step(name, "failed", "the service has not made it")
    fault = _fault(expected, found, platform, workspace)
    default = ", the default" if found.get("isDefault") else ""
    return Step(name, "failed", fault) if fault else Step(name, "verified", f"{found[expected.key]}{default}")


def _fault(expected: _Expected, found: dict[str, Any], platform: Platform, workspace: dict[str, Any]) -> str:
    actual = str(found.get(expected.key, ""))
    forms = expected.isolated if workspace.get("enableDataIsolation") else expected.plain
    targets = [form.format(id=workspace.get("workspaceId") or "") for form in forms]
    if found.get("datastoreType") != expected.kind:
        return f"is {found.get('datastoreType')}, expected {expected.kind}"
    if not any(_fits(actual, target) for target in targets):
        return f"points to {actual}, expected {targets[0]}"
    if str(found.get("accountName", "")).lower() != platform.storage.lower():
        return f"is in the account {found.get('accountName')}, expected {platform.storage}"
    return ""


def _fits(actual: str, target: str) -> bool:
    return actual.startswith(target[:-1]) if target.endswith("*") else actual == target
