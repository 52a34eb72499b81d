"""What a real Azure takes and does, held against the evaluated resources of rendered environments.

Each test names the documented rule; tests/unit/environment holds the checks of the files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amlctl.app.build import Built, build
from amlctl.app.predict import scope
from amlctl.arm import Context, evaluate, guid
from amlctl.arm.values import Resource, Unknown
from amlctl.environment import load, name_lines
from amlctl.environment.naming import INSTANCE, breaks, derive_instance
from amlctl.render import read_templates
from amlctl.types.roles import BUILT_IN

PROJECT = Path(__file__).parents[3]
TEMPLATES = read_templates(PROJECT / "templates")
SHIPPED = ("dev", "test", "prod", "workshop")
ADA = "3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90"
BASE = "subscription: local\nlocation: westeurope\nnaming: {workload: mlplat}\n"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"


def rendered(text: str, root: Path, **stacks: str) -> Built:
    """Render and compile an environment of our own, ``dev``, beside some stacks."""
    folder = root / "environments"
    folder.mkdir()
    for name, body in {"dev": text, **stacks}.items():
        (folder / f"{name}.yaml").write_text(BASE + body, encoding="utf-8")
    return build(load(root, "dev"), TEMPLATES)


def resources(built: Built, **parameters: Any) -> tuple[Resource, ...]:
    """Evaluate what was built."""
    environment = built.environment
    context = Context(
        tenant_id=environment.tenant_id or "10ca1000-0000-4000-8000-0000000000aa",
        subscription_id=environment.subscription_id,
        resource_group=None if scope(environment).count("/") == 2 else scope(environment).rpartition("/")[2],
        location=environment.settings.location,
    )
    values = {name: {"value": value} for name, value in parameters.items()}
    state = evaluate(dict(built.template), values, context, None)
    assert state.faults == ()
    return tuple(state.resources)


@pytest.fixture(scope="module")
def shipped() -> dict[str, Built]:
    """The shipped environments, built."""
    return {name: build(load(PROJECT, name), TEMPLATES) for name in (*SHIPPED, "shared")}


def of_type(found: tuple[Resource, ...], kind: str) -> list[Resource]:
    """The resources of a type."""
    return [one for one in found if one.type.lower() == kind.lower()]


def workspace(found: tuple[Resource, ...]) -> dict[str, Any]:
    """The properties of the (first) workspace."""
    properties: dict[str, Any] = of_type(found, "Microsoft.MachineLearningServices/workspaces")[0].body["properties"]
    return properties


def computes(found: tuple[Resource, ...], kind: str) -> dict[str, dict[str, Any]]:
    """The inner properties of the computes of a kind, by name."""
    every = of_type(found, "Microsoft.MachineLearningServices/workspaces/computes")
    return {
        str(one.name).rpartition("/")[2]: one.body["properties"]["properties"]
        for one in every
        if one.body["properties"]["computeType"] == kind
    }


def rules(found: tuple[Resource, ...]) -> dict[str, Any]:
    """The outbound rules of the managed network."""
    listed: dict[str, Any] = workspace(found)["managedNetwork"].get("outboundRules") or {}
    return listed


def roles(found: tuple[Resource, ...], principal: str, at: str) -> set[str]:
    """The roles of a principal, or of the identity of that name, at scopes that hold a text."""
    given = set()
    for one in of_type(found, ASSIGNMENT):
        who = one.body["properties"]["principalId"]
        names = " ".join(one.rpartition("/")[2] for one in who.depends_on) if isinstance(who, Unknown) else str(who)
        place = one.id if isinstance(one.id, str) else one.scope
        if principal in names and at in place.lower():
            given.add(BUILT_IN[str(one.body["properties"]["roleDefinitionId"]).rpartition("/")[2]])
    return given


@pytest.mark.parametrize("name", SHIPPED)
def test_the_network_is_made_before_the_computes(name: str, shipped: dict[str, Built]) -> None:
    """how-to-managed-network, "Manually provision": computes that start together race for it (M3)."""
    found = resources(shipped[name])
    assert workspace(found)["provisionNetworkNow"] is True
    assert "allowPublicAccessWhenBehindVnet" not in workspace(found)  # the v1 double of publicNetworkAccess (M15)


@pytest.mark.parametrize("name", ["dev", "test", "prod"])
def test_the_first_compute_goes_alone(name: str, shipped: dict[str, Built]) -> None:
    modules = shipped[name].template["resources"]
    waits = {key: one.get("dependsOn", []) for key, one in modules.items() if key.endswith(("Cluster", "Instance"))}
    first = [key for key, needed in waits.items() if not set(needed) & set(waits)]
    assert first == ["cpuCluster"]
    assert all("cpuCluster" in needed for key, needed in waits.items() if key != "cpuCluster")


@pytest.mark.parametrize("name", SHIPPED)
def test_an_assignment_is_named_after_its_principal(name: str, shipped: dict[str, Built]) -> None:
    """An assignment of another principal under an old name is RoleAssignmentUpdateNotPermitted (Azure/bicep#5831)."""
    known = 0
    for one in of_type(resources(shipped[name]), ASSIGNMENT):
        properties = one.body["properties"]
        if isinstance(one.id, str):
            where = one.id.rpartition("/providers/")[0]
            role = str(properties["roleDefinitionId"]).rpartition("/")[2]
            assert str(one.name).rpartition("/")[2] == guid(where, properties["principalId"], role)
            known += 1
        else:
            assert isinstance(properties["principalId"], Unknown)  # so the name waits for the identity
    assert known > 0


def test_who_deploys_is_given_roles_without_a_type(tmp_path: Path) -> None:
    """A service principal under the type User is UnmatchedPrincipalType (azure-dev#2427, M17)."""
    text = "workspace: {}\nrbac: {me: {who: {user: me}, role: AzureML Data Scientist}}\n"
    text += "compute: {ci: {kind: instance, size: Standard_D2ds_v5, owner: me}}\n"
    mine = [
        one.body["properties"]
        for one in of_type(resources(rendered(text, tmp_path)), ASSIGNMENT)
        if isinstance(one.body["properties"]["principalId"], Unknown)
        and not one.body["properties"]["principalId"].depends_on
    ]
    assert len(mine) == 3
    assert all(properties.get("principalType") is None for properties in mine)


@pytest.mark.parametrize("name", SHIPPED)
def test_jobs_have_what_batch_and_mounts_need(name: str, shipped: dict[str, Built]) -> None:
    """how-to-disable-local-auth-storage: ParallelRunStep and batch need queues and tables, mounts the shares (M16)."""
    assert roles(resources(shipped[name]), "id-jobs-mlplat-", "/storageaccounts/st") >= {
        "Storage Blob Data Contributor",
        "Storage File Data Privileged Contributor",
        "Storage Queue Data Contributor",
        "Storage Table Data Contributor",
    }


@pytest.mark.parametrize("name", ["test", "prod"])
def test_a_closed_platform_reaches_what_it_needs(name: str, shipped: dict[str, Built]) -> None:
    """how-to-managed-network: hosts of package indexes, queue and table of the storage, the account for data (B7)."""
    found = rules(resources(shipped[name]))
    endpoints = {
        key: rule["destination"]["subresourceTarget"] for key, rule in found.items() if "Private" in rule["type"]
    }
    assert endpoints == {"storage-queue": "queue", "storage-table": "table", "data-blob": "blob"}
    hosts = {rule["destination"] for rule in found.values() if rule["type"] == "FQDN"}
    assert hosts == {"anaconda.com", "*.anaconda.com", "*.anaconda.org", "packages.example.com"}
    assert workspace(resources(shipped[name]))["managedNetwork"]["firewallSku"] == "Standard"


def test_dev_is_open_to_the_studio_and_its_computes_reach_the_vault(shipped: dict[str, Built]) -> None:
    """A vault that is open to addresses alone admits no compute (how-to-secure-workspace-vnet, "Key Vault")."""
    found = resources(shipped["dev"])
    [account] = of_type(found, "Microsoft.Storage/storageAccounts")
    properties = account.body["properties"]
    assert properties["publicNetworkAccess"] == "Enabled"
    assert properties["networkAcls"]["defaultAction"] == "Allow"
    assert properties["networkAcls"].get("ipRules") == []
    [vault] = of_type(found, "Microsoft.KeyVault/vaults")
    assert vault.body["properties"]["networkAcls"]["defaultAction"] == "Deny"
    assert vault.body["properties"]["networkAcls"]["bypass"] == "AzureServices"
    destination = rules(found)["key-vault"]["destination"]
    assert destination == {"serviceResourceId": vault.id, "subresourceTarget": "vault", "sparkEnabled": False}
    assert set(rules(found)) == {"data-blob", "key-vault"}


OPEN = "workspace: {}\nnetwork: {isolation: %s}\nuses: {data: hub.data, logs: hub.logs}\n"


@pytest.mark.parametrize(
    ("isolation", "names"),
    [("internet_outbound", {"key-vault"}), ("approved_outbound", {"storage-queue", "storage-table", "data-blob"})],
)
def test_approved_outbound_needs_endpoints_to_open_accounts_too(
    isolation: str, names: set[str], tmp_path: Path
) -> None:
    """No FQDN rule leads to a storage account (how-to-managed-network, Limitations), however open it is."""
    built = rendered(OPEN % isolation, tmp_path, hub="tier: dev\ndata: {}\nlogs: {}\n")
    assert set(rules(resources(built))) == names


@pytest.mark.parametrize(
    ("isolation", "names"),
    [
        ("internet_outbound", {"key-vault"}),
        ("approved_outbound", {"storage-queue", "storage-table"}),
    ],
)
def test_each_person_of_a_class_gets_the_same_endpoints(isolation: str, names: set[str], tmp_path: Path) -> None:
    text = f"workspace: {{}}\nnetwork: {{isolation: {isolation}}}\nclass: {{people: {{ada: {{object_id: {ADA}}}}}}}\n"
    found = resources(rendered(text, tmp_path))
    assert set(rules(found)) == names
    targets = {rule["destination"]["serviceResourceId"] for rule in rules(found).values()}
    assert targets <= {one.id for one in found}


def test_data_is_read_by_roles_on_the_container_alone(shipped: dict[str, Built]) -> None:
    """dev and prod share data, and nobody gets a role on the whole account (M9)."""
    found = resources(shipped["dev"])
    container = "/blobservices/default/containers/training-data"
    for who in ("id-mlplat-dev", "id-jobs-mlplat-dev", "3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90"):
        assert roles(found, who, container) == {"Storage Blob Data Reader"}
    on_account = [
        one
        for one in of_type(found, ASSIGNMENT)
        if "/storageaccounts/stdata" in (one.id if isinstance(one.id, str) else one.scope).lower()
        and container not in (one.id if isinstance(one.id, str) else one.scope).lower()
    ]
    given = {BUILT_IN[str(one.body["properties"]["roleDefinitionId"]).rpartition("/")[2]] for one in on_account}
    assert given == {"Azure AI Enterprise Network Connection Approver"}


def test_a_datastore_that_is_written_gives_contributor(tmp_path: Path) -> None:
    text = "workspace: {}\nuses: {data: hub.data, logs: hub.logs}\n"
    text += "datastores: {out: {type: blob, in: data, container: results, write: true}}\n"
    text += "compute: {cpu: {kind: cluster, size: Standard_D2ds_v5, max_nodes: 1}}\n"
    built = rendered(text, tmp_path, hub="tier: dev\ndata: {containers: [results]}\nlogs: {}\n")
    assert roles(resources(built), "id-jobs-", "/containers/results") == {"Storage Blob Data Contributor"}


def test_a_datastore_names_the_subscription_of_its_account(tmp_path: Path) -> None:
    text = "workspace: {}\nuses: {data: hub.data, logs: hub.logs}\n"
    text += "datastores: {raw: {type: blob, in: data, container: raw}}\n"
    other = "9d1f7a52-0c3e-4b6d-8f25-7e1a4c9b3d60"
    hub = "tier: dev\ndata: {containers: [raw]}\nlogs: {}\n"
    built = rendered(text, tmp_path, hub=hub)
    (tmp_path / "environments" / "hub.yaml").write_text(
        BASE.replace("local\n", f"{other}\n", 1) + hub, encoding="utf-8"
    )
    own = str(built.environment.subscription_id)
    for wanted, project in ((own, built), (other, build(load(tmp_path, "dev"), TEMPLATES))):
        [store] = of_type(resources(project), "Microsoft.MachineLearningServices/workspaces/datastores")
        assert store.body["properties"]["subscriptionId"] == wanted


def test_what_is_left_out_is_not_deployed(shipped: dict[str, Built]) -> None:
    """``deploy --skip-unavailable`` sends names; the others, and every output, stay (B3)."""
    every = resources(shipped["dev"])
    assert set(computes(every, "AmlCompute")) == {"cpu-cluster", "gpu-cluster", "spare-cluster"}
    left = resources(shipped["dev"], unavailable=["cpu-cluster", "gpu-cluster"])
    assert set(computes(left, "AmlCompute")) == {"spare-cluster"}
    assert set(computes(left, "ComputeInstance")) == set(computes(every, "ComputeInstance"))
    assert "unavailable" not in shipped["shared"].template.get("parameters", {})
    for one in shipped["dev"].template["outputs"].values():
        assert "Cluster" not in str(one)


def test_a_class_leaves_computes_out_for_everybody(shipped: dict[str, Built]) -> None:
    instances = sorted(computes(resources(shipped["workshop"]), "ComputeInstance"))
    left = resources(shipped["workshop"], unavailable=["gpucluster", instances[0]])
    names = [str(one.name) for one in of_type(left, "Microsoft.MachineLearningServices/workspaces/computes")]
    assert not any("gpucluster" in name for name in names)
    assert sum("/cpucluster" in name for name in names) == 5
    assert sorted(computes(left, "ComputeInstance")) == instances[1:]


def test_a_schedule_is_part_of_the_creation(shipped: dict[str, Built]) -> None:
    """Azure takes schedules at creation only (quickstart-templates#11830, B8)."""
    ada = next(body for name, body in computes(resources(shipped["dev"]), "ComputeInstance").items() if "ada" in name)
    entries = {one["action"]: one["cron"] for one in ada["schedules"]["computeStartStop"]}
    zone = "W. Europe Standard Time"
    assert entries == {
        "Start": {"expression": "30 8 * * 1,2,3,4,5", "timeZone": zone},
        "Stop": {"expression": "0 18 * * 1,2,3,4,5", "timeZone": zone},
    }


def test_names_of_instances_are_unique_over_all_customers() -> None:
    """how-to-create-compute-instance: unique in the region (M7); the same YAML in another subscription differs."""
    environment = load(PROJECT, "workshop")
    texts = {name.text for name in environment.instances.values()}
    assert len(texts) == 5
    assert all(breaks(INSTANCE, text) is None for text in texts)
    assert texts <= {line.name for line in name_lines(environment)}
    salt = environment.names["storage"].text[-5:]
    assert all(text.endswith(f"-{salt}") for text in texts)


@pytest.mark.parametrize("letters", ["k3x7q", "123", "12345678", "abc"])
@pytest.mark.parametrize("person", ["", "ada", "chika1234567"])
@pytest.mark.parametrize("key", ["ci", "notebook", "a-name-of-24-characters-", "x" * 24, "ci-12345"])
def test_a_name_of_an_instance_is_legal_by_construction(key: str, person: str, letters: str) -> None:
    assert breaks(INSTANCE, derive_instance(key, letters, person)) is None


def test_cut_names_of_instances_stay_apart() -> None:
    people = [f"person{number:06}"[:12] for number in range(300)]
    assert len({derive_instance("a-long-name-of-a-notebook", "k3x7q", person) for person in people}) == 300


def test_single_sign_on_is_asked_for_only_where_azure_takes_it(tmp_path: Path) -> None:
    """how-to-create-compute-instance, "Create on behalf of": off with a setup script or for another person (M1)."""
    size = "kind: instance, size: Standard_D2ds_v5"
    text = f"workspace: {{}}\ncompute:\n  mine: {{{size}, owner: me}}\n  hers: {{{size}, owner: {ADA}, ssh: {{}}}}\n"
    built = rendered(text, tmp_path)
    found = {name.partition("-")[0]: body for name, body in computes(resources(built), "ComputeInstance").items()}
    assert found["mine"]["enableSSO"] is True
    assert found["hers"].get("enableSSO") is None
    assert found["hers"]["sshSettings"]["sshPublicAccess"] == "Enabled"
    assert found["hers"]["sshSettings"].get("adminPublicKey") is None  # azure-docs#109642 (M8)


def test_people_of_a_class_may_not_make_or_delete_computes(shipped: dict[str, Built]) -> None:
    """AzureML Data Scientist starts and stops computes by ``*/action``; Compute Operator would add more (m4)."""
    found = resources(shipped["workshop"])
    ada = shipped["workshop"].environment.people["ada"]
    assert roles(found, ada, "/workspaces/") == {"AzureML Data Scientist"}
    assert roles(found, "id-mlplat-workshop-ada", "/registries/") == {
        "Contributor",
        "Azure AI Enterprise Network Connection Approver",  # or a closed registry gets no endpoint (m10)
    }


@pytest.mark.parametrize("name", ["shared", "workshop"])
def test_registries_take_tokens_made_for_arm(name: str, shipped: dict[str, Built]) -> None:
    """Switched off they break pulls elsewhere (azure-ai-docs#759), and no page says that Azure ML is fine (M10)."""
    for one in of_type(resources(shipped[name]), "Microsoft.ContainerRegistry/registries"):
        assert one.body["properties"]["policies"]["azureADAuthenticationAsArmPolicy"]["status"] == "enabled"


def test_keys_are_on_where_instances_are(shipped: dict[str, Built]) -> None:
    """how-to-create-compute-instance asks for keys; keyless is a preview (B4, m9)."""
    keys = {}
    for name in SHIPPED:
        for one in of_type(resources(shipped[name]), "Microsoft.Storage/storageAccounts"):
            keys[name] = one.body["properties"]["allowSharedKeyAccess"]
    assert keys == {"dev": True, "test": False, "prod": False, "workshop": True}
    [data] = of_type(resources(shipped["shared"]), "Microsoft.Storage/storageAccounts")
    assert data.body["properties"]["allowSharedKeyAccess"] is False


@pytest.mark.parametrize("name", [*SHIPPED, "shared"])
def test_a_file_says_where_it_comes_from(name: str, shipped: dict[str, Built]) -> None:
    first = (PROJECT / "infra" / name / "main.bicep").read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith(f"// Rendered by amlctl from 'environments/{name}.yaml'")
