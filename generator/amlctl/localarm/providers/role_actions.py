"""What the built-in roles allow (Azure's list of built-in roles, articles/role-based-access-control/built-in-roles).

A role without a row here reads everything, which is what most of the others come to for a deployment.
"""

from __future__ import annotations

from typing import NamedTuple


class Allowed(NamedTuple):
    """The four lists of a role's permission."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()

    def shown(self) -> dict[str, list[str]]:
        """Give the permission as ARM shows it."""
        return {
            "actions": list(self.actions),
            "notActions": list(self.not_actions),
            "dataActions": list(self.data_actions),
            "notDataActions": list(self.not_data_actions),
        }


_READ = ("Microsoft.Authorization/*/read", "Microsoft.Resources/subscriptions/resourceGroups/read")
_ML = "Microsoft.MachineLearningServices/workspaces"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
_FILES = "Microsoft.Storage/storageAccounts/fileServices"
EVERYTHING = Allowed(("*",))
READER = Allowed(("*/read",))

ROLE_ACTIONS: dict[str, Allowed] = {
    "Owner": EVERYTHING,
    "Contributor": Allowed(
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
            "Microsoft.Purview/consents/write",
            "Microsoft.Purview/consents/delete",
            "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        ),
    ),
    "Reader": READER,
    "User Access Administrator": Allowed(("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*")),
    "Role Based Access Control Administrator": Allowed(
        (
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        )
    ),
    "AzureML Data Scientist": Allowed(
        (f"{_ML}/*/read", f"{_ML}/*/action", f"{_ML}/*/delete", f"{_ML}/*/write"),
        (
            f"{_ML}/delete",
            f"{_ML}/write",
            f"{_ML}/computes/*/write",
            f"{_ML}/computes/*/delete",
            f"{_ML}/computes/listKeys/action",
            f"{_ML}/listKeys/action",
        ),
    ),
    "AzureML Compute Operator": Allowed((f"{_ML}/computes/*", f"{_ML}/notebooks/vm/*")),
    "Azure AI Enterprise Network Connection Approver": Allowed(
        (
            "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action",
            "Microsoft.ContainerRegistry/registries/privateEndpointConnections/read",
            "Microsoft.ContainerRegistry/registries/privateEndpointConnections/write",
            "Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action",
            "Microsoft.KeyVault/vaults/privateEndpointConnections/read",
            "Microsoft.KeyVault/vaults/privateEndpointConnections/write",
            f"{_ML}/privateEndpointConnectionsApproval/action",
            f"{_ML}/privateEndpointConnections/read",
            f"{_ML}/privateEndpointConnections/write",
            "Microsoft.Storage/storageAccounts/privateEndpointConnectionsApproval/action",
            "Microsoft.Storage/storageAccounts/privateEndpointConnections/read",
            "Microsoft.Storage/storageAccounts/privateEndpointConnections/write",
        )
    ),
    "Key Vault Administrator": Allowed((*_READ, "Microsoft.KeyVault/*/read"), (), ("Microsoft.KeyVault/vaults/*",)),
    "Key Vault Secrets Officer": Allowed(
        (*_READ, "Microsoft.KeyVault/*/read"), (), ("Microsoft.KeyVault/vaults/secrets/*",)
    ),
    "Key Vault Secrets User": Allowed((), (), ("Microsoft.KeyVault/vaults/secrets/getSecret/action",)),
    "Storage Blob Data Owner": Allowed((f"{_BLOBS}/containers/*",), (), (f"{_BLOBS}/containers/blobs/*",)),
    "Storage Blob Data Contributor": Allowed(
        (
            f"{_BLOBS}/containers/delete",
            f"{_BLOBS}/containers/read",
            f"{_BLOBS}/containers/write",
            f"{_BLOBS}/generateUserDelegationKey/action",
        ),
        (),
        (
            f"{_BLOBS}/containers/blobs/delete",
            f"{_BLOBS}/containers/blobs/read",
            f"{_BLOBS}/containers/blobs/write",
            f"{_BLOBS}/containers/blobs/move/action",
            f"{_BLOBS}/containers/blobs/add/action",
        ),
    ),
    "Storage Blob Data Reader": Allowed(
        (f"{_BLOBS}/containers/read", f"{_BLOBS}/generateUserDelegationKey/action"),
        (),
        (f"{_BLOBS}/containers/blobs/read",),
    ),
    "Storage File Data Privileged Contributor": Allowed(
        (),
        (),
        (
            f"{_FILES}/fileshares/files/read",
            f"{_FILES}/fileshares/files/write",
            f"{_FILES}/fileshares/files/delete",
            f"{_FILES}/fileshares/files/modifypermissions/action",
            f"{_FILES}/readFileBackupSemantics/action",
            f"{_FILES}/writeFileBackupSemantics/action",
        ),
    ),
    "AcrPull": Allowed(("Microsoft.ContainerRegistry/registries/pull/read",)),
    "AcrPush": Allowed(
        ("Microsoft.ContainerRegistry/registries/pull/read", "Microsoft.ContainerRegistry/registries/push/write")
    ),
    "Storage Account Contributor": Allowed(
        (*_READ, "Microsoft.Storage/storageAccounts/*", "Microsoft.Resources/deployments/*")
    ),
    "Managed Identity Operator": Allowed(
        (
            *_READ,
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        )
    ),
}


def allowed_by(role: str) -> Allowed:
    """Give what a built-in role allows, by its name."""
    return ROLE_ACTIONS.get(role, READER)
