"""Kinds of properties that the packed catalogue lacks at the version that was asked for."""

from __future__ import annotations

from amlctl.types import later_spelling, property_kind

IN = "properties/properties/properties/"


def test_another_version_answers_for_a_missing_property() -> None:
    """A version that is not known takes a property that only a newer or preview version has from there."""
    path = IN + "ipAllowlist"
    assert property_kind("Microsoft.MachineLearningServices/workspaces", "2025-07-01-preview", path) == "array"
    assert property_kind("Microsoft.MachineLearningServices/workspaces", "2025-06-01", path) == "array"
    assert property_kind("Microsoft.MachineLearningServices/workspaces", "2025-06-01", IN + "nonsense") is None


def test_system_data_is_the_same_everywhere() -> None:
    """``systemData`` has its fixed shape where a type is silent about it."""
    path = "properties/systemData/properties/createdBy"
    assert property_kind("Microsoft.Security/pricings", "2024-01-01", path, output=True) == "string"


def test_versions_newer_than_the_catalogue_take_its_spelling() -> None:
    """A newer version keeps the official spelling; an older unknown version has none."""
    assert later_spelling("microsoft.storage/storageaccounts", "2099-01-01") == "Microsoft.Storage/storageAccounts"
    assert later_spelling("Microsoft.Storage/storageAccounts", "2001-01-01") is None
    assert later_spelling("Microsoft.Storage/nonsense", "2099-01-01") is None
