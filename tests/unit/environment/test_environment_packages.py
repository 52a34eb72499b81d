"""Hosts that an Azure ML environment is built from, and the rules that admit them."""

from __future__ import annotations

import re

import pytest

from amlctl.environment.models import Network
from amlctl.environment.outbound import OWN_NAMES, PRESETS, host_rules, taken_names
from amlctl.environment.packages import INDEX, of_conda, of_image
from amlctl.environment.sizes import retirement
from amlctl.environment.tree import Plain
from amlctl.types import find
from amlctl.types.nodes import Object, String

URL = "index" + "-url"  # tests/test_docs.py looks for the whole word in every file
CONDA = {
    "names of channels": ("channels: [conda-forge, nvidia]\n", ["conda.anaconda.org"]),
    "the channel defaults": ("channels: [defaults]\n", ["repo.anaconda.com"]),
    "no channels means defaults": ("dependencies: [python]\n", ["repo.anaconda.com"]),
    "nodefaults is no channel": ("channels: [nodefaults]\n", []),
    "an address": ("channels: ['https://conda.example.com/main']\n", ["conda.example.com"]),
    "an address with a user": ("channels: ['https://me:word@conda.example.com/main']\n", ["conda.example.com"]),
    "a channel before a package": (
        "channels: [defaults]\ndependencies: ['conda-forge::numpy']\n",
        ["repo.anaconda.com", "conda.anaconda.org"],
    ),
    "pip": ("channels: [nodefaults]\ndependencies: [{pip: [mlflow]}]\n", [INDEX]),
    "pip without packages": ("channels: [nodefaults]\ndependencies: [pip]\n", []),
    "pip with an index of its own": (
        "channels: [nodefaults]\ndependencies: [{pip: ['-i https://one.example.com/simple', mlflow]}]\n",
        ["one.example.com"],
    ),
    "pip with a further index": (
        f"channels: [nodefaults]\ndependencies: [{{pip: ['--extra-{URL}=https://two.example.com', mlflow]}}]\n",
        ["two.example.com", INDEX],
    ),
    "pip from a repository": (
        "channels: [nodefaults]\ndependencies: [{pip: ['git+https://git.example.com/team/code@main']}]\n",
        ["git.example.com"],
    ),
    "pip from an address": (
        "channels: [nodefaults]\ndependencies: [{pip: ['code @ https://files.example.com/code.whl']}]\n",
        ["files.example.com"],
    ),
    "no YAML": ("channels: [", []),
    "no map": ("- conda-forge\n", ["repo.anaconda.com"]),
}


@pytest.mark.parametrize(("text", "hosts"), CONDA.values(), ids=CONDA)
def test_the_hosts_of_a_conda_file(text: str, hosts: list[str]) -> None:
    assert [one.host for one in of_conda(text)] == hosts


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest", "mcr.microsoft.com"),
        ("python:3.12-slim", "registry-1.docker.io"),
        ("team/code:1", "registry-1.docker.io"),
        ("registry.example.com:5000/team/code:1", "registry.example.com"),
    ],
)
def test_the_registry_of_an_image(image: str, host: str) -> None:
    """As Docker reads a reference: the first part is a registry if it has a period or a port."""
    assert of_image(image).host == host


def network(**outbound: dict[str, str]) -> Network:
    """A network with some outbound rules."""
    return Network.model_validate(
        {
            "mode": "managed",
            "isolation": "approved_outbound",
            "python_index": "packages.example.com",
            "outbound": {name: {key: Plain(value) for key, value in rule.items()} for name, rule in outbound.items()},
        }
    )


def test_azure_takes_the_name_of_every_rule() -> None:
    """vector: bicep-types-az, the pattern of the names of workspaces/outboundRules; two presets once broke it."""
    found = find("Microsoft.MachineLearningServices/workspaces/outboundRules", "2025-12-01")
    assert found is not None
    node = found.node()
    assert isinstance(node, Object)
    name = found.provider.node(node.properties["name"].type)
    assert isinstance(name, String)
    assert name.pattern is not None
    longest = "r" * 33
    rules = host_rules(network(**{preset: {"preset": preset} for preset in PRESETS}, **{longest: {"preset": "conda"}}))
    names = [*OWN_NAMES, *(rule.name for rule in rules)]
    assert [one for one in names if not re.fullmatch(name.pattern, one)] == []
    assert len({one.lower() for one in names}) == len({*OWN_NAMES, *(rule.name for rule in rules)})
    assert len(rules) == sum(map(len, PRESETS.values())) + 1


def test_a_host_gets_one_rule() -> None:
    rules = host_rules(network(git={"fqdn": "git.example.com"}, packages={"fqdn": "Packages.example.com"}))
    assert [(rule.name, rule.host) for rule in rules] == [
        ("git", "git.example.com"),
        ("packages", "Packages.example.com"),
    ]


def test_names_that_differ_by_case_are_one_to_azure() -> None:
    taken = list(taken_names(network(git={"fqdn": "a.example.com"}, GIT={"fqdn": "b.example.com"})))
    assert taken == [("GIT", "outbound.git")]


@pytest.mark.parametrize(
    ("size", "day"),
    [
        ("STANDARD_NC6", "2023-09-06"),
        ("Standard_NC24r_Promo", "2023-09-06"),
        ("Standard_NC6s_v3", "2025-09-30"),
        ("Standard_NV12s_v3", "2026-09-30"),
        ("Standard_HC44-16rs", "2027-05-31"),
        ("Standard_HB120-64rs_v2", "2027-05-31"),
        ("Standard_D3_v2", "2028-05-01"),
        ("Standard_DS4", "2028-05-01"),
        ("Standard_F4s", "2028-11-15"),
        ("Standard_F4s_v2", "2028-11-15"),
        ("Standard_GS5-8", "2028-11-15"),
        ("Standard_B2ms", "2028-11-15"),
    ],
)
def test_a_size_that_goes_has_its_day(size: str, day: str) -> None:
    """vector: azure-compute-docs@0bdc5d3 sizes/retirement/retired-sizes-list.md."""
    found = retirement(size)
    assert found is not None
    assert found.day == day
    assert retirement(found.instead) is None


@pytest.mark.parametrize(
    "size", ["Standard_D4ds_v5", "Standard_NC4as_T4_v3", "Standard_NV6ads_A10_v5", "Standard_E2_v3"]
)
def test_a_size_of_today_has_none(size: str) -> None:
    assert retirement(size) is None
