"""The catalogue: spellings, versions, nearest older version, types to walk, kinds of properties."""

from __future__ import annotations

import pytest

from amlctl import types
from amlctl.types import Discriminated, Enum, Flag, Object, Scope
from amlctl.types.reader import _nearest

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"


def workspace_properties(version: str = "2025-12-01") -> Object:
    found = types.find(WORKSPACE, version)
    assert found is not None
    body = found.node()
    assert isinstance(body, Object)
    node = found.provider.node(body.properties["properties"].type)
    assert isinstance(node, Object)
    return node


@pytest.mark.parametrize(
    ("name", "version", "wanted"),
    [
        ("microsoft.storage/STORAGEACCOUNTS", "2025-08-01", "Microsoft.Storage/storageAccounts"),
        ("microsoft.machinelearningservices/workspaces/computes", "2025-12-01", f"{WORKSPACE}/computes"),
        ("Microsoft.Storage/storageAccounts", "1999-01-01", None),
        ("Microsoft.Nowhere/things", "2020-01-01", None),
        ("../secrets/x", "2020-01-01", None),
    ],
)
def test_spelling_is_official_where_type_and_version_are_known(name: str, version: str, wanted: str | None) -> None:
    assert types.spelling(name, version) == wanted


def test_unknown_version_is_the_nearest_older_one_and_says_so() -> None:
    found = types.find("Microsoft.Insights/components", "2031-01-01")

    assert found is not None
    assert (found.exact, found.version) == (False, "2020-02-02")


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("2022-01-01", "2021-05-01"),
        ("2021-05-01", "2021-05-01"),
        ("2020-12-01", "2020-01-01"),
        ("2001-01-01", "2020-01-01"),
    ],
)
def test_nearest_version_is_older_and_stable_before_preview(asked: str, wanted: str) -> None:
    assert _nearest(["2020-01-01", "2021-05-01-preview", "2021-05-01"], asked) == wanted


def test_body_has_the_fixed_properties_and_flags() -> None:
    found = types.find("Microsoft.KeyVault/vaults", "2026-02-01")
    assert found is not None
    body = found.node()
    assert isinstance(body, Object)

    assert list(body.properties)[:3] == ["id", "type", "apiVersion"]
    assert body.properties["id"].flags == Flag.READ_ONLY | Flag.DEPLOY_TIME_CONSTANT
    assert body.properties["name"].required
    assert found.writable == Scope.RESOURCE_GROUP


def test_overlay_brings_the_workspace_of_2025_12_01() -> None:
    """The preview's properties are gone, those that the stable version took over are there."""
    properties = workspace_properties().properties

    assert "softDeleteRetentionInDays" not in properties
    assert "softDeleteRetentionInDays" in workspace_properties("2025-07-01-preview").properties
    assert properties["workspaceId"].read_only


def test_overlay_brings_new_enum_values() -> None:
    found = types.find("Microsoft.Storage/storageAccounts", "2025-08-01")
    assert found is not None
    body = found.node()
    assert isinstance(body, Object)
    account = found.provider.node(body.properties["properties"].type)
    assert isinstance(account, Object)
    tier = found.provider.node(account.properties["accessTier"].type)

    assert tier == Enum(False, ("Hot", "Cool", "Premium", "Cold", "Smart"))


def test_discriminated_types_have_branches() -> None:
    found = types.find(f"{WORKSPACE}/computes", "2025-12-01")
    assert found is not None
    body = found.node()
    assert isinstance(body, Object)
    compute = found.provider.node(body.properties["properties"].type)

    assert isinstance(compute, Discriminated)
    assert compute.discriminator == "computeType"
    assert {"AmlCompute", "ComputeInstance"} <= compute.branches.keys()


def test_functions_of_a_type_are_named() -> None:
    found = types.find("Microsoft.Storage/storageAccounts", "2023-01-01")

    assert found is not None
    assert "listKeys" in found.functions


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("properties/properties/properties/publicNetworkAccess", "string"),
        ("properties/properties/properties/v1LegacyMode", "bool"),
        ("properties/properties/properties/associatedWorkspaces/items", "string"),
        (["properties", "properties", "properties", "associatedWorkspaces"], "array"),
        ("properties/identity/properties/userAssignedIdentities/additionalProperties", "object"),
        ("properties/location", "string"),
        ("properties/zones", "array"),
        ("properties/plan", "object"),
        ("properties/properties/properties/nothing", None),
        ("", "object"),
    ],
)
def test_kind_of_a_property(path: str | list[str], wanted: str | None) -> None:
    assert types.property_kind(WORKSPACE, "2025-12-01", path) == wanted


def test_kind_behind_a_discriminator_is_found_in_a_branch() -> None:
    path = "properties/properties/discriminator/mapping/AmlCompute/properties/properties"

    assert types.property_kind(f"{WORKSPACE}/computes", "2025-12-01", path) == "object"


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        ("Microsoft.Storage/storageAccount", "Microsoft.Storage/storageAccounts"),
        ("Microsoft.Storag/storageAccounts", "Microsoft.Storage/storageAccounts"),
        ("Contoso.Unheard/ofThings", None),
    ],
)
def test_near_names_the_type_that_was_meant(wrong: str, wanted: str | None) -> None:
    assert types.near(wrong) == wanted
