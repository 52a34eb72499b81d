"""Layers: maps merge by key, the rest replaces, and every value knows what it won over."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlctl.environment import difference, explain, load, names
from amlctl.errors import ConfigurationInvalid, UsageWrong

DEFAULTS = "subscription: local\nlocation: westeurope\nnaming: {workload: mlplat}\ntags: {team: one, cost: two}\n"


def make(root: Path, **files: str) -> Path:
    folder = root / "environments"
    folder.mkdir(exist_ok=True)
    for name, text in {"_defaults": DEFAULTS, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def test_maps_merge_and_lists_replace(tmp_path: Path) -> None:
    base = "workspace: {}\nstorage: {public_access: false}\ntags: {team: base}\n"
    base += "network: {allow_ips: [203.0.113.1, 203.0.113.2]}\n"
    project = make(tmp_path, base=f"tier: dev\n{base}", dev="extends: base\nnetwork: {allow_ips: [203.0.113.9]}\n")
    settings = load(project, "dev").settings
    assert settings.tags == {"team": "base", "cost": "two"}
    assert settings.network.allow_ips == ("203.0.113.9",)


def test_an_explanation_names_every_layer_nearest_first(tmp_path: Path) -> None:
    project = make(
        tmp_path,
        base="tier: dev\nworkspace: {}\nstorage: {sku: Standard_GRS}\n",
        dev="extends: base\nstorage: {sku: Standard_ZRS}\n",
    )
    (line,) = explain(load(project, "dev"), "storage.sku")
    assert (line.value, str(line.place)) == ("Standard_ZRS", "environments/dev.yaml:2:16")
    assert [(text, place.file) for text, place in line.overrode] == [
        ("Standard_GRS", "environments/base.yaml"),
        ("Standard_LRS", "built-in defaults for dev (S14)"),
    ]


def test_explaining_a_section_gives_all_below_it(tmp_path: Path) -> None:
    environment = load(make(tmp_path, dev="workspace: {}\n"), "dev")
    assert [line.key for line in explain(environment, "logs")] == ["logs.retention_days", "logs.daily_cap_gb"]


def test_explaining_an_unknown_key_offers_the_near_one(tmp_path: Path) -> None:
    environment = load(make(tmp_path, dev="workspace: {}\n"), "dev")
    with pytest.raises(UsageWrong, match=r"did you mean `workspace\.public_access`"):
        explain(environment, "workspace.publc_access")


def test_absent_removes_what_was_inherited(tmp_path: Path) -> None:
    cluster = "compute:\n  cpu: {kind: cluster, size: STANDARD_DS3_v2, max_nodes: 1}\n"
    project = make(
        tmp_path, base=f"tier: dev\nworkspace: {{}}\n{cluster}", dev="extends: base\ncompute: {cpu: {absent: true}}\n"
    )
    assert load(project, "dev").settings.compute == {}


def test_a_built_in_section_can_be_removed(tmp_path: Path) -> None:
    environment = load(make(tmp_path, dev="workspace: {}\nregistry: {absent: true}\n"), "dev")
    assert environment.settings.registry is None


def test_the_profile_stands_below_the_defaults(tmp_path: Path) -> None:
    project = make(tmp_path, dev="profile: enterprise\nworkspace: {}\n")
    (line,) = explain(load(project, "dev"), "diagnostics")
    assert (line.value, line.place and line.place.file) == (True, "profile enterprise")


def test_files_that_begin_with_an_underscore_are_no_environments(tmp_path: Path) -> None:
    assert names(make(tmp_path, dev="workspace: {}\n", _base="tier: dev\n")) == ["dev"]


def test_a_difference_names_both_places(tmp_path: Path) -> None:
    project = make(
        tmp_path, dev="workspace: {}\n", test="location: northeurope\nworkspace: {}\nregistry: {public_access: true}\n"
    )
    lines = {line.key: line for line in difference(load(project, "dev"), load(project, "test"))}
    assert (lines["location"].left, lines["location"].right) == ("westeurope", "northeurope")
    assert str(lines["location"].right_place) == "environments/test.yaml:1:11"
    assert "naming.workload" not in lines


@pytest.mark.parametrize(
    "name", ["../prod", "con", "a b", "$(id)", "a" * 200, "", "Dev", "dev-", "1dev", "all", "dev\n"]
)
def test_a_name_that_cannot_be_a_file_everywhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid) as raised:
        load(make(tmp_path, dev="workspace: {}\n"), name)
    assert [finding.code for finding in raised.value.findings] == ["AML042"]


def test_a_file_with_a_name_that_is_none_is_a_fault_of_the_folder(tmp_path: Path) -> None:
    """A file that could never be deployed is no environment; its name is said when it is asked for."""
    project = make(tmp_path, dev="workspace: {}\n", con="workspace: {}\n")
    with pytest.raises(ConfigurationInvalid, match="cannot be read as environments"):
        load(project, "con")


def test_an_unknown_environment_offers_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(UsageWrong, match="did you mean `dev`"):
        load(make(tmp_path, dev="workspace: {}\n"), "deb")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    project = make(tmp_path, dev="extends: base\nworkspace: {}\n")
    (tmp_path / "secret.yaml").write_text("tier: dev\n", encoding="utf-8")
    (tmp_path / "environments" / "base.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(ConfigurationInvalid) as raised:
        load(project, "dev")
    assert raised.value.findings[0].code == "AML020"


def test_no_secret_is_echoed(tmp_path: Path) -> None:
    secret = "AccountKey=c2VjcmV0LWNhbmFyeQ=="
    with pytest.raises(ConfigurationInvalid) as raised:
        load(make(tmp_path, dev=f"workspace: {{}}\ndescription: {secret}\n"), "dev")
    assert "c2VjcmV0" not in str(raised.value) + "".join(map(str, raised.value.findings))
