"""The environments that ship: they load without a finding, and are what the documentation says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from amlctl.environment import Environment, load, name_lines, names, schema, schema_text
from amlctl.environment.models import Cluster
from amlctl.environment.tiers import TABLE

PROJECT = Path(__file__).parents[3]
NAMES = names(PROJECT)


@pytest.fixture(scope="module")
def environments() -> dict[str, Environment]:
    return {name: load(PROJECT, name) for name in NAMES}


def test_the_shipped_environments_are_found_by_file() -> None:
    assert NAMES == ["dev", "prod", "shared", "test", "workshop"]


def test_none_has_a_finding_and_all_are_local(environments: dict[str, Environment]) -> None:
    assert {name: environment.findings for name, environment in environments.items()} == dict.fromkeys(NAMES, ())
    assert all(environment.is_local for environment in environments.values())


def test_what_is_shared_is_shared(environments: dict[str, Environment]) -> None:
    used = {name: set(environment.used) for name, environment in environments.items()}
    assert used["dev"] == used["test"] == used["prod"] == {"registry", "logs", "data"}


def test_each_workspace_has_a_storage_account_and_a_vault_of_its_own(environments: dict[str, Environment]) -> None:
    """Otherwise data isolation keeps names apart and nothing else (real-azure.md M9)."""
    for kind in ("storage", "key_vault"):
        own = {environments[name].names[kind].text for name in ("dev", "test", "prod")}
        assert len(own) == 3
        assert all(getattr(environments[name].settings, kind) is not None for name in ("dev", "test", "prod"))


def test_a_shared_resource_takes_the_strictest_tier_of_its_users(environments: dict[str, Environment]) -> None:
    shared = environments["shared"]
    assert shared.tiers["registry"] == "prod"
    assert shared.tiers["data"] == "prod"
    assert shared.settings.data is not None
    assert (shared.settings.data.sku, shared.settings.data.public_access) == ("Standard_GZRS", False)


@pytest.mark.parametrize("row", [row for row in TABLE if row.prod is not None], ids=lambda row: ".".join(row.path))
def test_prod_keeps_the_tier_table(row: object, environments: dict[str, Environment]) -> None:
    value: object = environments["prod"].settings
    for step in row.path:  # type: ignore[attr-defined]
        value = getattr(value, step)
        if value is None:
            return  # the resource is another stack's
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    assert shown == row.prod  # type: ignore[attr-defined]


def test_the_class_asks_for_120_gpu_cores(environments: dict[str, Environment]) -> None:
    workshop = environments["workshop"]
    cluster = workshop.settings.compute["gpucluster"]
    assert isinstance(cluster, Cluster)
    assert (len(workshop.people), cluster.max_nodes, cluster.size) == (5, 4, "STANDARD_NV6ads_A10_v5")
    assert len(workshop.people) * cluster.max_nodes * 6 == 120


def test_every_value_has_a_place_or_a_default(environments: dict[str, Environment]) -> None:
    place = environments["dev"].place(("compute", "cpu-cluster", "max_nodes"))
    assert place is not None
    assert place.file == "environments/dev.yaml"


def test_names_list_their_limits(environments: dict[str, Environment]) -> None:
    for line in name_lines(environments["workshop"]):
        assert line.least <= line.length <= line.most


def test_the_committed_schema_is_the_one_of_the_models() -> None:
    assert (PROJECT / "schemas" / "environment.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("file", sorted((PROJECT / "environments").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_file_fits_the_schema_and_names_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schemas/environment.json\n")
    jsonschema.Draft202012Validator(schema()).validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    "removed",
    [{"compute": {"cpu": {"absent": True}}}, {"registry": {"absent": True}}, {"tags": {"a": {"absent": True}}}],
)
def test_the_schema_lets_a_layer_remove_things(removed: dict[str, object]) -> None:
    jsonschema.Draft202012Validator(schema()).validate(removed)


@pytest.mark.parametrize(
    "wrong", [{"storge": {}}, {"location": "westeuropee"}, {"compute": {"cpu": {"kind": "cluster", "siz": "x"}}}]
)
def test_the_schema_refuses_what_the_models_refuse(wrong: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(wrong)


def test_the_schema_requires_nothing_in_a_layer() -> None:
    assert '"required": ["absent"]' in json.dumps(schema())
    assert json.dumps(schema()).count('"required"') == json.dumps(schema()).count('"required": ["absent"]')
