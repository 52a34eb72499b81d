"""What the shipped environments render to: compiles clean, in the official layout, the same bytes everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from amlctl.bicep.compiler import compile  # noqa: A004
from amlctl.bicep.formatting import format  # noqa: A004
from amlctl.bicep.source import MemoryFiles
from amlctl.environment import load, names
from amlctl.render import RenderedSet, read_templates, render, render_pipelines
from amlctl.render.literals import bicep, bicep_key

PROJECT = Path(__file__).parents[3]
TEMPLATES = read_templates(PROJECT / "templates")
NAMES = names(PROJECT)


@pytest.fixture(scope="module")
def sets() -> dict[str, RenderedSet]:
    return {name: render(load(PROJECT, name), TEMPLATES) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles_without_a_finding(name: str, sets: dict[str, RenderedSet]) -> None:
    files = {f"infra/{name}/{file.path}": file.text.encode() for file in sets[name].files}
    found = compile(MemoryFiles(files | dict(load(PROJECT, name).files)), f"infra/{name}/main.bicep")
    assert found.findings == ()
    assert found.template is not None


@pytest.mark.parametrize("name", NAMES)
def test_it_is_in_the_official_layout(name: str, sets: dict[str, RenderedSet]) -> None:
    for file in sets[name].files:
        assert format(file.text) == file.text, file.path


def test_modules_hold_no_values_so_equal_shapes_are_equal_bytes(sets: dict[str, RenderedSet]) -> None:
    modules: dict[str, set[str]] = {}
    for rendered in sets.values():
        for file in rendered.files:
            if file.path != "main.bicep":
                modules.setdefault(file.path, set()).add(file.text)
                assert file.origins == ()
    assert all(len(texts) == 1 for texts in modules.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_origin_leads_to_a_value_that_was_written(name: str, sets: dict[str, RenderedSet]) -> None:
    environment = load(PROJECT, name)
    main = next(file for file in sets[name].files if file.path == "main.bicep")
    assert len(main.origins) > 5
    for origin in main.origins:
        assert environment.place(origin.path) is not None


def test_an_origin_stands_at_its_literal(sets: dict[str, RenderedSet]) -> None:
    environment = load(PROJECT, "dev")
    main = next(file for file in sets["dev"].files if file.path == "main.bicep")
    lines = main.text.split("\n")
    literals = {
        origin.path: lines[origin.line - 1][origin.column - 1 : origin.end_column - 1] for origin in main.origins
    }
    assert literals["compute", "cpu-cluster", "size"] == "'STANDARD_D4ds_v5'"
    assert literals["workspace", "public_access"] == "true"
    assert str(environment.place(("compute", "spare-cluster", "idle"))).startswith("environments/dev.yaml:")


def test_hostile_values_arrive_as_typed(tmp_path: Path) -> None:
    values = {
        "a": "x'\nresource evil 'Microsoft.Resources/resourceGroups@2025-04-01' = {\n  name: 'evil'\n}\n//",
        "b": "${deployer().objectId}",
        "c": "[parameters('x')]",
        "d": "{{ 7*7 }}{% raw %}",
        "[parameters('y')]": "ends with \\",
        "e": "##vso[task.setvariable variable=x]y",
    }
    (tmp_path / "environments").mkdir()
    tags = {"tags": {key.replace("/", ""): value for key, value in values.items()}}
    text = {
        "subscription": "local",
        "location": "westeurope",
        "naming": {"workload": "mlplat"},
        "workspace": {},
        **tags,
    }
    (tmp_path / "environments" / "dev.yaml").write_text(json.dumps(text, ensure_ascii=True), encoding="utf-8")
    rendered = render(load(tmp_path, "dev"), TEMPLATES)
    for key, value in tags["tags"].items():
        assert f"  {bicep_key(key)}: {bicep(value)}\n" in rendered.text("main.bicep")
    files = {file.path: file.text.encode() for file in rendered.files}
    found = compile(MemoryFiles(files), "main.bicep")
    assert found.template is not None
    written = found.template["variables"]["tags"]
    assert written["a"] == values["a"]
    assert written["b"] == values["b"]
    assert written["c"] == "[" + values["c"]
    assert "evil" not in found.template["resources"]


def test_the_same_bytes_whatever_the_machine(tmp_path: Path) -> None:
    """Other hash seeds, locales, time zones, file orders and folders give the same bytes."""
    script = (
        "import hashlib,sys;from pathlib import Path;from amlctl.environment import load;"
        "from amlctl.render import read_templates,render;p=Path(sys.argv[1]);t=read_templates(p/'templates');"
        "t=dict(reversed(t.items())) if sys.argv[2]=='1' else t;r=render(load(p,'dev'),t);"
        "print(hashlib.sha256(repr(r).encode()).hexdigest())"
    )
    hashes = set()
    for seed, zone, locale, order in (
        ("1", "UTC", "C", "0"),
        ("2", "Asia/Seoul", "C.UTF-8", "1"),
        ("77", "UTC", "POSIX", "1"),
    ):
        changes = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        done = subprocess.run(
            [sys.executable, "-c", script, str(PROJECT), order],
            env={**os.environ, **changes},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        hashes.add(done.stdout)
    assert len(hashes) == 1


def test_the_pipelines_go_from_shared_to_prod() -> None:
    environments = [load(PROJECT, name) for name in NAMES]
    text = render_pipelines(environments, TEMPLATES).text("deploy.yml")
    stages = [line.split("deploy_")[1] for line in text.splitlines() if line.startswith("  - stage: deploy_")]
    assert stages == ["shared", "dev", "test", "prod"]
    assert "environment: 'mlplat-prod'" in text


def test_a_file_rendered_for_a_group_that_exists_has_its_scope(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    text = "subscription: local\nlocation: westeurope\nnaming: {workload: mlplat}\nworkspace: {}\n"
    text += "resource_group: {create: false}\n"
    (tmp_path / "environments" / "dev.yaml").write_text(text, encoding="utf-8")
    rendered = render(load(tmp_path, "dev"), TEMPLATES)
    assert rendered.text("main.bicep").splitlines()[1] == "targetScope = 'resourceGroup'"
    found = compile(MemoryFiles({file.path: file.text.encode() for file in rendered.files}), "main.bicep")
    assert found.findings == ()
    assert format(rendered.text("main.bicep")) == rendered.text("main.bicep")


def test_no_template_fixes_the_host_of_a_cloud() -> None:
    """What a cloud calls its storage, vaults and logins comes from ``environment()``, in every cloud."""
    hosts = (
        "windows.net",
        "azure.net",
        "azurecr.io",
        "management.azure.com",
        "microsoftonline",
        "chinacloudapi",
        "usgovcloudapi",
    )
    wrong = [
        f"{path.relative_to(PROJECT)}: {host}"
        for path in sorted((PROJECT / "templates").rglob("*.j2"))
        for host in hosts
        if host in path.read_text(encoding="utf-8").replace("schema.management.azure.com", "")
    ]

    assert wrong == []
