"""Checks of evaluated bodies against the catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from amlctl.types import Scope, check_body

VAULT = ("Microsoft.KeyVault/vaults", "2026-02-01")
SKU = {"family": "A", "name": "standard"}


def vault(**properties: Any) -> dict[str, Any]:
    return {"location": "x", "properties": {"tenantId": "0" * 36, "sku": SKU, **properties}}


def codes(body: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(finding.code, finding.path) for finding in check_body(*VAULT, body)]


def test_right_body_has_no_finding() -> None:
    assert codes(vault(accessPolicies=[], enableRbacAuthorization=True)) == []


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"enableRbacAuthorisation": True}, ("BCP089", ("properties", "enableRbacAuthorisation"))),
        ({"somethingElse": 1}, ("BCP037", ("properties", "somethingElse"))),
        ({"enableRbacAuthorization": "yes"}, ("BCP036", ("properties", "enableRbacAuthorization"))),
        ({"sku": {"family": "A", "name": "gold"}}, ("BCP036", ("properties", "sku", "name"))),
        ({"sku": {"family": "A"}}, ("BCP035", ("properties", "sku"))),
        ({"hsmPoolResourceId": "x"}, ("BCP073", ("properties", "hsmPoolResourceId"))),
        ({"accessPolicies": {}}, ("BCP036", ("properties", "accessPolicies"))),
    ],
)
def test_each_fault_has_its_code_and_place(properties: dict[str, Any], wanted: tuple[str, tuple[str, ...]]) -> None:
    assert codes(vault(**properties)) == [wanted]


def test_unknown_leaf_is_taken_as_right() -> None:
    unknown = object()
    body = vault(tenantId=unknown, enableRbacAuthorization=unknown)

    assert check_body(*VAULT, body, is_unknown=lambda value: value is unknown) == []


def test_wrong_text_names_the_near_one() -> None:
    (finding,) = check_body(*VAULT, vault(sku={"family": "A", "name": "premiun"}))

    assert finding.instead == 'did you mean "premium"?'


def test_open_enum_takes_other_texts_and_case_is_ignored() -> None:
    assert codes(vault(sku={"family": "a", "name": "STANDARD"}, provisioningState="Other")) == []


def test_discriminated_body_is_checked_by_its_branch() -> None:
    compute = ("Microsoft.MachineLearningServices/workspaces/computes", "2025-12-01")
    body = {"properties": {"computeType": "AmlCompute", "properties": {"scaleSettings": {"minNodeCount": 0}}}}

    (missing,) = check_body(*compute, body)
    (unknown,) = check_body(*compute, {"properties": {"computeType": "AmlComputer"}})

    assert (missing.code, missing.path) == ("BCP035", ("properties", "properties", "scaleSettings"))
    assert unknown.instead == 'did you mean "AmlCompute"?'


def test_scope_must_fit() -> None:
    assert [f.code for f in check_body(*VAULT, vault(), scope=Scope.SUBSCRIPTION)] == ["BCP135"]
    assert check_body(*VAULT, vault(), scope=Scope.RESOURCE_GROUP) == []


def test_older_version_that_stands_in_only_warns() -> None:
    findings = check_body("Microsoft.KeyVault/vaults", "2031-01-01", {"properties": {}})

    assert findings[0].code == "BCP081"
    assert {finding.level for finding in findings} == {"warning"}


def test_unknown_type_is_said() -> None:
    assert [f.code for f in check_body("Microsoft.Nowhere/things", "2020-01-01", {})] == ["BCP081"]
