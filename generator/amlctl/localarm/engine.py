"""The deployment engine: evaluates, writes what is ready, tells the evaluator, and goes on until nothing is left."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from amlctl.localarm import callers, groups, listings, records, resources
from amlctl.localarm.answers import Live
from amlctl.localarm.ids import GROUP, parse
from amlctl.localarm.records import Record
from amlctl.localarm.refusals import Refused
from amlctl.localarm.tokens import OBJECT_ID, TENANT_ID, USER_NAME
from amlctl.localarm.wire import Caller
from amlctl.localarm.world import World

if TYPE_CHECKING:
    from amlctl.arm.values import Deployment, DesiredState, Resource

_NESTED = "microsoft.resources/deployments"
_GROUP = "microsoft.resources/resourcegroups"
_OWNER = Caller(OBJECT_ID, TENANT_ID, "", USER_NAME)
_STATUS_NAMES = {400: "BadRequest", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 429: "TooManyRequests"}
MAX_WAVES = 5000


class Cancelled(Exception):
    """Somebody cancelled the deployment, or the endpoint is closing."""


class _Node:
    """One deployment of a run: its record, and what of it is done."""

    def __init__(self, record: Record, parent: _Node | None, key: str = "") -> None:
        self.record = record
        self.parent = parent
        self.key = key
        self.done: set[str] = set()
        self.errors: list[tuple[str, Record]] = []
        self.started = 0


class Run:
    """One root deployment on its way. `parameters` are as sent, secrets included: they live in memory only."""

    def __init__(self, world: World, record: Record, parameters: dict[str, Any], caller: Caller) -> None:
        self.world = world
        self.record = record
        self.parameters = parameters
        self.caller = caller
        self.context = records.context(world, record, caller)
        self.answers = Live(world)
        self.nodes: dict[str, _Node] = {record["id"].lower(): _Node(record, None)}
        self.finished: set[str] = set()
        """Ids (lower case) of resources and nested deployments that are done."""
        self.failed: set[str] = set()
        self.running: dict[str, tuple[str, _Node, float]] = {}
        self.endings: dict[str, Refused] = {}
        """The errors with which running work will end, by id (lower case)."""
        self.made: dict[str, str] = {}
        """Ids by lower case of every resource that was written."""

    def carry_out(self) -> None:
        """Run to the end; the record says how it went."""
        world, root = self.world, self.nodes[self.record["id"].lower()]
        records.move(world, self.record, "Running")
        try:
            for _ in range(MAX_WAVES):
                if self._wave(root):
                    break
        except Cancelled:
            if not world.closing.is_set():
                self._close_all("Canceled", None)
        except Refused as refused:
            self._close_all("Failed", refused.error())

    def _wave(self, root: _Node) -> bool:
        """Do one round: evaluate, finish what is over, start what is ready; True when the root is final."""
        self._check_cancelled()
        self.answers.absent.clear()
        desired = self._evaluate()
        self._settle_running()
        tree = {node.id.lower(): node for node in _tree(desired.root)}
        self.answers.pending = _targets(tree) - self.finished
        started = self._start_ready(tree)
        ended = self._end_ready(tree)
        if root.record["state"] in records.FINAL:
            return True
        if not started and not ended and not self.running:
            self._stalled(desired)
            return True
        if self.running:
            self.world.sleep(max(0.0, max(until for _, _, until in self.running.values()) - self.world.clock()))
            self._settle_running()
        return False

    def _evaluate(self) -> DesiredState:
        from amlctl.arm import evaluate

        if not self.answers.pending and not self.finished:
            first = evaluate(self.record["template"], self.parameters, self.context)
            self.answers.pending = _targets({node.id.lower(): node for node in _tree(first.root)})
        self.answers.pending -= self.finished
        return evaluate(self.record["template"], self.parameters, self.context, self.answers)

    def _check_cancelled(self) -> None:
        if self.world.closing.is_set() or self.record["id"].lower() in self.world.cancelled:
            raise Cancelled

    # ---- starting -------------------------------------------------------------------------------------------------

    def _start_ready(self, tree: dict[str, Deployment]) -> int:
        started = 0
        for key, desired in tree.items():
            node = self.nodes.get(key)
            if node is None or node.record["state"] in records.FINAL:
                continue
            # A group is there at once, so what is in it finds it without naming a dependency.
            ordered = sorted(desired.resources, key=lambda one: one.type.lower() != _GROUP)
            for resource in ordered:
                if self._is_ready(resource, node, tree):
                    self._start(resource, node, tree)
                    started += 1
        return started

    def _is_ready(self, resource: Resource, node: _Node, tree: dict[str, Deployment]) -> bool:
        from amlctl.arm.values import unknowns

        id = resource.id  # noqa: A001
        if not isinstance(id, str) or not isinstance(resource.name, str) or resource.condition is not True:
            return False
        if id.lower() in self.finished or id.lower() in self.running or id.lower() in self.nodes:
            return False
        if any(one.lower() in self.answers.pending for one in (*resource.depends_on, *_referenced(resource))):
            return False
        if resource.type.lower() == _NESTED:
            child = tree.get(id.lower())
            return child is not None and not any(unknowns(one.value) for one in child.parameters)
        return not unknowns(resource.body)

    def _start(self, resource: Resource, node: _Node, tree: dict[str, Deployment]) -> None:
        assert isinstance(resource.id, str)
        key = records.begin_operation(self.world, node.record, resource, node.started)
        node.started += 1
        if resource.type.lower() == _NESTED:
            self._start_nested(resource.id, node, key, tree[resource.id.lower()])
            return
        try:
            until = self._write(resource)
        except Refused as refused:
            self._fail(resource.id, node, key, refused.status, refused.error())
            return
        self.made[resource.id.lower()] = resource.id
        self.running[resource.id.lower()] = (key, node, max(until, self.world.clock() + self.world.pace / 3))

    def _start_nested(self, id: str, node: _Node, key: str, desired: Deployment) -> None:  # noqa: A002
        scope = id.rpartition("/providers/")[0]
        record = records.new(
            self.world, scope, desired.name, desired, correlation=self.record["correlation"], root=self.record["id"]
        )
        if GROUP.fullmatch(scope) and self.world.store.get("group", scope.lower()) is None:
            name = records.group_of(scope)
            self._fail(
                id,
                node,
                key,
                404,
                {"code": "ResourceGroupNotFound", "message": f"Resource group '{name}' could not be found."},
            )
            return
        records.forget(self.world, record["id"])
        records.move(self.world, record, "Running")
        self.nodes[id.lower()] = _Node(record, node, key)

    def _write(self, resource: Resource) -> float:
        """Write one resource; give when its work is done."""
        assert isinstance(resource.id, str)
        body = records.bare(resource.body, secrets=True)
        match = GROUP.fullmatch(resource.id)
        if match:
            callers.check(
                self.world, self.caller, "Microsoft.Resources/subscriptions/resourceGroups/write", resource.id
            )
            groups.write(self.world, match.group(1), match.group(2), body)
            return self.world.clock()
        if resource.type.lower() == "microsoft.resources/tags":
            scope = resource.id.rpartition("/providers/")[0]
            listings.set_tags(self.world, scope, (body.get("properties") or {}).get("tags") or {})
            return self.world.clock()
        id = parse(resource.id)  # noqa: A001
        if id is None:
            raise Refused(400, "InvalidTemplate", f"The resource id '{resource.id}' is not valid.")
        callers.check_write(self.world, self.caller, id)
        written = resources.write(self.world, id, body, resource.api_version, self.caller)
        if written.error is not None:
            self.endings[resource.id.lower()] = written.error
        return written.until

    # ---- ending ---------------------------------------------------------------------------------------------------

    def _settle_running(self) -> None:
        for id, (key, node, until) in list(self.running.items()):  # noqa: A001
            if self.world.clock() >= until:
                del self.running[id]
                if id in self.endings:
                    self._fail(id, node, key, 409, _terminal(id, self.endings.pop(id)))
                    continue
                self.finished.add(id)
                node.done.add(id)
                records.end_operation(self.world, key, "Succeeded", "Created")

    def _fail(self, id: str, node: _Node, key: str, status: int, error: Record) -> None:  # noqa: A002
        name = _STATUS_NAMES.get(status, "InternalServerError")
        records.end_operation(self.world, key, "Failed", name, {"status": "Failed", "error": error})
        node.errors.append((name, error))
        self.failed.add(id.lower())
        self.finished.discard(id.lower())

    def _end_ready(self, tree: dict[str, Deployment]) -> int:
        """End the deployments that have nothing left to do, the innermost first."""
        ended = 0
        for key in reversed(list(tree)):
            node = self.nodes.get(key)
            if node is not None and node.record["state"] not in records.FINAL and self._is_over(node, tree[key]):
                ended += self._end(node, tree[key])
        return ended

    def _is_over(self, node: _Node, desired: Deployment) -> bool:
        waiting = [one for one in desired.resources if self._waits(one)]
        if not waiting:
            return True
        blocked = self._blocked(desired)
        return bool(node.errors) and all(str(one.id).lower() in blocked for one in waiting)

    def _waits(self, resource: Resource) -> bool:
        if not isinstance(resource.id, str):
            return True
        return resource.id.lower() not in self.finished and resource.id.lower() not in self.failed

    def _blocked(self, desired: Deployment) -> set[str]:
        """Give the resources that can never start because something they need failed."""
        blocked = set(self.failed)
        for _ in desired.resources:
            before = len(blocked)
            for one in desired.resources:
                needs = (*one.depends_on, *_referenced(one))
                if (
                    self._waits(one)
                    and str(one.id).lower() not in self.running
                    and str(one.id).lower() not in self.nodes
                    and any(need.lower() in blocked for need in needs)
                ):
                    blocked.add(str(one.id).lower())
            if len(blocked) == before:
                break
        return blocked - self.failed

    def _end(self, node: _Node, desired: Deployment) -> int:
        from amlctl.arm.values import unknowns

        if node.errors:
            self._end_failed(node)
            return 1
        if any(unknowns(output.value) for output in desired.outputs):
            return 0
        self._end_well(node, desired)
        return 1

    def _end_well(self, node: _Node, desired: Deployment) -> None:
        record, world = node.record, self.world
        outputs = [
            [o.name, o.type, o.secure, None if o.secure else records.bare(o.value, secrets=False)]
            for o in desired.outputs
        ]
        has_outputs = bool(desired.outputs) or "outputs" in desired.template
        inside = sorted(self._inside(desired), key=str.lower)
        if desired.outputs:
            records.output_operation(world, record)
        if node.parent is None and record["mode"] == "Complete":
            self._delete_others(record["scope"])
        more = {"outputs": outputs if has_outputs or not desired.resources else None, "outputResources": inside}
        described = {**records.described(desired), "mode": record["mode"], "template": record["template"]}
        records.move(world, record, "Succeeded", **more, **described)
        id = record["id"].lower()  # noqa: A001
        shown = {o.name: {"type": o.type, "value": records.bare(o.value, secrets=True)} for o in desired.outputs}
        self.answers.outputs[id] = {**records.shown(record)["properties"], "outputs": shown}
        self.finished.add(id)
        if node.key:
            records.end_operation(world, node.key, "Succeeded", "OK")

    def _delete_others(self, scope: str) -> None:
        """Delete what a complete deployment does not name: the group's other resources, children with their parents."""
        kept = {*self.made, *self.finished}
        for key, record in self.world.store.scan("resource", scope.lower() + "/"):
            id = parse(key)  # noqa: A001
            if key not in kept and id is not None and len(id.types) == 1 and resources.is_listed(record):
                resources.remove(self.world, id, {})

    def _inside(self, desired: Deployment) -> list[str]:
        found = [
            str(one.id)
            for one in desired.resources
            if one.type.lower() != _NESTED and not one.existing and str(one.id).lower() in self.finished
        ]
        for child in desired.children:
            found += self._inside(child)
        return found

    def _end_failed(self, node: _Node) -> None:
        error = records.failure(node.record["id"], node.errors)
        records.move(self.world, node.record, "Failed", error=error)
        if node.parent is not None:
            self._fail(node.record["id"], node.parent, node.key, 409, error)

    def _stalled(self, desired: DesiredState) -> None:
        """Nothing runs and nothing can start: say why, and fail."""
        errors = [error for node in self.nodes.values() for error in node.errors]
        if errors:
            self._close_all("Failed", records.failure(self.record["id"], errors))
            return
        if desired.faults:
            fault = desired.faults[0]
            error: Record = {"code": fault.code, "message": fault.message}
        else:
            error = _unresolved(desired, self.answers)
        self._close_all("Failed", records.failure(self.record["id"], [("BadRequest", error)]))

    def _close_all(self, state: str, error: Record | None) -> None:
        for node in reversed(list(self.nodes.values())):
            if node.record["state"] not in records.FINAL:
                more = {"error": error} if error else {}
                records.move(self.world, node.record, state, **more)
                if node.key:
                    message = {"status": state, "error": error} if error else None
                    records.end_operation(self.world, node.key, state, "Conflict", message)


def _terminal(id: str, ending: Refused) -> Record:  # noqa: A002
    """Word the end of accepted work as ARM does: its own code around the provider's error."""
    return {
        "code": "ResourceDeploymentFailure",
        "target": id,
        "message": "The resource write operation failed to complete successfully, because it reached terminal"
        " provisioning state 'Failed'.",
        "details": [ending.error()],
    }


def _referenced(resource: Resource) -> list[str]:
    return [id for id, _ in resource.references]  # noqa: A001


def _tree(root: Deployment) -> list[Deployment]:
    """Give a deployment and everything nested in it, parents first."""
    found = [root]
    for child in root.children:
        found += _tree(child)
    return found


def _targets(tree: dict[str, Deployment]) -> set[str]:
    return {str(one.id).lower() for node in tree.values() for one in node.resources if isinstance(one.id, str)}


def _unresolved(desired: DesiredState, answers: Live) -> Record:
    """Word what could not be resolved: a resource that is asked for and does not exist."""
    if answers.absent:
        absent = min(answers.absent)
        found = parse(absent)
        if found is not None:
            from amlctl.localarm.refusals import resource_not_found

            return resource_not_found(found).error()
        return {"code": "ResourceNotFound", "message": f"The Resource '{absent}' was not found."}
    from amlctl.arm.values import unknowns

    left = [leaf for one in desired.resources for leaf in unknowns(one.body)]
    left += [leaf for output in desired.outputs for leaf in unknowns(output.value)]
    text = left[0].text if left else "the template's dependencies"
    message = f"Unable to process template language expressions: '{text}' cannot be evaluated."
    return {"code": "InvalidTemplate", "message": message}


# ---- threads ------------------------------------------------------------------------------------------------------


def launch(world: World, record: Record, parameters: dict[str, Any], caller: Caller) -> None:
    """Carry out a deployment on a thread of its own."""
    key = record["id"].lower()
    world.busy.add(key)

    def work() -> None:
        try:
            Run(world, record, parameters, caller).carry_out()
        except Exception as fault:  # noqa: BLE001  (the deployment must end, whatever is wrong with us)
            _broken(world, record, fault)
        finally:
            world.busy.discard(key)
            world.cancelled.discard(key)

    threading.Thread(target=work, name=f"deployment {record['name']}", daemon=True).start()


def _broken(world: World, record: Record, fault: Exception) -> None:
    import traceback

    last = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{last.filename.rpartition('amlctl')[2]}:{last.lineno}"
    error = {
        "code": "InternalServerError",
        "message": f"The local endpoint failed: {type(fault).__name__} {fault} at {place}.",
    }
    if not world.closing.is_set():
        records.move(world, record, "Failed", error=error)


def resume(world: World) -> None:
    """Take up the deployments that ran when an earlier process ended.

    One with secure parameters cannot go on: their values were in that process's memory only, so it fails and says so.
    """
    running = [record for _, record in world.store.scan("deployment") if record["state"] not in records.FINAL]
    for record in running:
        if record.get("root"):
            records.forget(world, record["id"])
    for record in running:
        if not record.get("root"):
            _resume_one(world, record)


def _resume_one(world: World, record: Record) -> None:
    if record.get("secret"):
        message = (
            "The local endpoint was ended while this deployment ran; its secure parameters were not kept. Deploy again."
        )
        records.move(world, record, "Failed", error={"code": "DeploymentInterrupted", "message": message})
        return
    for key in world.store.keys("deployed", record["id"].lower() + "/"):
        world.store.delete("deployed", key)
    launch(world, record, record.get("sent") or {}, _OWNER)
