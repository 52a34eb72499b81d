"""Hashes and names on the wire."""

from __future__ import annotations

import pytest

from amlctl.arm import camel_case, template_hash


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("NewNSG", "newNSG"),
        ("STRING", "string"),
        ("AZURE_STORAGE_ACCOUNT_ID", "azurE_STORAGE_ACCOUNT_ID"),
        ("ARRAY_INT", "arraY_INT"),
        ("WEBSITE_URL", "websitE_URL"),
        ("a", "a"),
        ("AB", "ab"),
        ("", ""),
    ],
)
def test_output_names_as_azure_spelled_them(name: str, wire: str) -> None:
    """The pairs are from recorded answers (Azure/azure-dev@ae35809f4964, cli/azd/test/functional)."""
    assert camel_case(name) == wire


def test_the_hash_leaves_itself_and_the_order_of_typed_keys_out() -> None:
    one = {
        "$schema": "s",
        "parameters": {"p": {"type": "string", "defaultValue": 1}},
        "resources": [{"name": "n", "type": "t"}],
    }
    two = {
        "resources": [{"type": "t", "name": "n"}],
        "parameters": {"p": {"defaultValue": 1, "type": "string"}},
        "$schema": "s",
    }
    assert template_hash(one) == template_hash(two)
    marked = {**one, "metadata": {"_generator": {"name": "bicep", "templateHash": "1"}}}
    bare = {**one, "metadata": {"_generator": {"name": "bicep"}}}
    assert template_hash(marked) == template_hash(bare) != template_hash(one)


def test_the_hash_sees_everything_else_without_case() -> None:
    one = {"resources": [], "variables": {"a": 1, "b": 2}}
    assert template_hash(one) == template_hash({"resources": {}, "variables": {"A": 1, "b": 2}})
    assert template_hash(one) != template_hash({"resources": [], "variables": {"b": 2, "a": 1}})


def test_the_hash_is_a_number_of_64_bits() -> None:
    """The hash of an empty template as the compiler writes it is a regression value of our own."""
    assert 0 <= int(template_hash({"contentVersion": "1.0.0.0", "resources": []})) < 2**64
