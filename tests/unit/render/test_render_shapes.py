"""Every shape that the YAML can ask for compiles without a finding and stands in the official layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlctl.bicep.compiler import compile  # noqa: A004
from amlctl.bicep.formatting import format  # noqa: A004
from amlctl.bicep.source import MemoryFiles
from amlctl.environment import load
from amlctl.render import read_templates, render

TEMPLATES = read_templates(Path(__file__).parents[3] / "templates")
BASE = "subscription: local\nlocation: westeurope\nnaming: {workload: mlplat}\n"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFakeFakeFakeFakeFakeFakeFakeFakeFakeFake user@host"
SHAPES = {
    "minimal": "workspace: {}\n",
    "no registry": "workspace: {}\nregistry: {absent: true}\n",
    "no insights": "workspace: {}\ninsights: {absent: true}\n",
    "public network": (
        "workspace: {}\nnetwork: {mode: public}\n"
        "compute: {far: {kind: cluster, size: Standard_D2_v3, max_nodes: 2, location: westus}}\n"
    ),
    "addresses of the vault": "workspace: {}\nkey_vault: {allow_ips: [203.0.113.4, 198.51.100.0/24]}\n",
    "addresses": (
        "workspace: {}\nstorage: {public_access: false}\nnetwork: {allow_ips: [203.0.113.4, 198.51.100.0/24]}\n"
    ),
    "audit": "workspace: {}\ndiagnostics: true\n",
    "locks": "workspace: {}\nstorage: {lock: true}\nkey_vault: {lock: true}\nregistry: {lock: true}\n",
    "group that exists": "workspace: {}\nresource_group: {create: false}\n",
    "keys": (
        "workspace: {auth: key}\nstorage: {shared_key_access: true}\n"
        "datastores: {share: {type: file, container: drop-off}}\n"
    ),
    "other accounts": (
        "workspace: {}\n"
        "datastores:\n"
        "  lake: {type: adls, account: stlake, resource_group: rg-lake, container: raw, description: The lake}\n"
        "  near: {type: blob, account: stnear, container: raw}\n"
        "  own: {type: blob, container: raw}\n"
    ),
    "computes": (
        "workspace: {description: 'Texts with a quote '' and ${x}'}\n"
        "compute:\n"
        "  worker: {kind: cluster, size: Standard_D2_v3, max_nodes: 2, min_nodes: 1, identity: false,\n"
        f"    ssh: {{user: me-too, public_key: {KEY}}}}}\n"
        "  mine: {kind: instance, size: Standard_D2_v3, owner: me}\n"
        "  hers: {kind: instance, size: Standard_D2_v3, owner: 3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90, idle: 3d}\n"
        f"  nobody: {{kind: instance, size: Standard_D2_v3, purpose: tests, ssh: {{public_key: {KEY}}}}}\n"
    ),
    "roles everywhere": "workspace: {}\nrbac:\n"
    + "".join(
        f"  on-{scope.replace('_', '-')}: {{who: {{{who}}}, role: {role}, scope: {scope}}}\n"
        for scope, who, role in (
            ("group", "user: me", "Reader"),
            ("workspace", "group: 3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90", "AzureML Data Scientist"),
            ("storage", "app: 71c9d2e4-5f36-4b8a-8e1c-0a9b3d4f6e27", "Storage Blob Data Reader"),
            ("key_vault", "user: 71c9d2e4-5f36-4b8a-8e1c-0a9b3d4f6e27", "Key Vault Reader"),
            ("registry", "group: 71c9d2e4-5f36-4b8a-8e1c-0a9b3d4f6e27", "AcrPush"),
        )
    ),
    "a stack of logs": "tier: prod\nlogs: {}\ninsights: {}\n",
    "outbound": (
        "workspace: {}\nstorage: {public_access: false}\n"
        "compute: {cpu: {kind: cluster, size: Standard_D2ds_v5, tier: spot, max_nodes: 1}}\n"
        "network:\n  isolation: approved_outbound\n  python_index: packages.example.com\n  firewall_sku: Basic\n"
        "  outbound:\n    conda: {preset: conda}\n    git: {fqdn: git.example.com}\n"
        "    monitor: {service_tag: AzureMonitor, ports: '443, 1886'}\n"
        "    sql: {private_endpoint: /subscriptions/3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90/resourceGroups/rg/providers/"
        "Microsoft.Sql/servers/s, target: sqlServer}\n"
    ),
    "instances of others": (
        "workspace: {}\ncompute:\n"
        "  mine: {kind: instance, size: Standard_D2ds_v5, owner: me, ssh: {public_key: ssh-ed25519 "
        + "A"
        * 68
        + "}}\n  other: {kind: instance, size: Standard_D2ds_v5, owner: 3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90, ssh: {},"
        " schedule: {start: '08:00', stop: '17:30', days: [monday, sunday], timezone: Korea Standard Time}}\n"
    ),
    "a class with everything": (
        "workspace: {}\nstorage: {public_access: false}\ndiagnostics: true\n"
        "network: {isolation: approved_outbound, outbound: {conda: {preset: conda}}}\n"
        "compute:\n  cpu: {kind: cluster, size: Standard_D2ds_v5, max_nodes: 1}\n"
        "  note: {kind: instance, size: Standard_D2ds_v5, ssh: {}, schedule: {stop: '17:30'}}\n"
        "class: {people: {ada: {object_id: 3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90}}}\n"
    ),
    "a class": (
        "workspace: {}\nexpires: '2027-01-31'\n"
        "compute: {note: {kind: instance, size: Standard_D2_v3, purpose: work}}\n"
        "rbac: {trainer: {who: {user: me}, role: Contributor, scope: group, why: helps}}\n"
        "class: {people: {ada: {object_id: 3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90}}}\n"
    ),
    "a class without registry": (
        "workspace: {}\nregistry: {absent: true}\ndiagnostics: true\n"
        "class: {people: {ada: {object_id: 3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90}}}\n"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_compiles_clean_and_in_the_official_layout(shape: str, tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "dev.yaml").write_text(BASE + SHAPES[shape], encoding="utf-8")
    environment = load(tmp_path, "dev")
    rendered = render(environment, TEMPLATES)
    found = compile(MemoryFiles({file.path: file.text.encode() for file in rendered.files}), "main.bicep")
    assert found.findings == ()
    assert [file.path for file in rendered.files if format(file.text) != file.text] == []


def test_a_class_reads_its_people_from_a_roster(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "people.csv").write_text(
        "name,object_id\nada,3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90\nbao,71C9D2E4-5F36-4B8A-8E1C-0A9B3D4F6E27\n",
        encoding="utf-8",
    )
    text = BASE + "workspace: {}\nclass: {roster: people.csv}\n"
    (tmp_path / "environments" / "dev.yaml").write_text(text, encoding="utf-8")
    environment = load(tmp_path, "dev")
    assert list(environment.people) == ["ada", "bao"]
    assert environment.person_names["bao"]["resource_group"].text == "rg-mlplat-dev-bao"
    assert "'71c9d2e4-5f36-4b8a-8e1c-0a9b3d4f6e27'" in render(environment, TEMPLATES).text("main.bicep")
