"""A world without sockets for the tests of the endpoint: state in memory, a clock that only moves when told."""

from __future__ import annotations

import json
import time
from typing import Any

from amlctl.localarm import pipeline
from amlctl.localarm.ids import normalise
from amlctl.localarm.store import Store
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

BASE = "https://127.0.0.1:4443"
SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
GROUP = f"{SUB}/resourceGroups/rg1"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
WORKSPACES = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces"
VERSION = "2025-12-01"


class Clock:
    """Seconds since 1970 that move by hand; sleeping moves them too."""

    def __init__(self) -> None:
        self.now = 1_775_755_626.070906

    def __call__(self) -> float:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.now += seconds


class Lab:
    """An endpoint that is called directly."""

    def __init__(self, store: Store | None = None) -> None:
        self.clock = Clock()
        self.world = World(store or Store(":memory:"), "seed", clock=self.clock, sleep=self.clock.sleep, pace=1.0)
        self.token = self.world.tokens.of_start(BASE, self.clock())

    def call(self, method: str, path: str, body: Any = None, *, version: str = VERSION, **more: str) -> Response:
        """One request with a good token; ``more`` are query parameters."""
        query = {
            "api-version": version,
            **{key.replace("_", "$", 1) if key.startswith("_") else key: v for key, v in more.items()},
        }
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"host": "127.0.0.1:4443", "authorization": f"Bearer {self.token}"}
        return pipeline.answer(self.world, Request(method, normalise(path), query, headers, data, BASE))

    def group(self, name: str = "rg1") -> None:
        """Make a resource group."""
        assert self.call("PUT", f"{SUB}/resourceGroups/{name}", {"location": "westeurope"}).status == 201

    def settled(self) -> None:
        """Let every operation come to its end."""
        self.clock.now += 10

    def slow(self) -> None:
        """Let waiting take real time, so that a deployment can be met while it runs; the test's end cuts it short."""

        def wait(_: float) -> None:
            self.world.closing.wait(0.05)

        self.world.sleep = wait

    def deployed(self, path: str, *, seconds: float = 10) -> dict[str, Any]:
        """Wait (really) for a deployment's thread and give the deployment."""
        end = time.monotonic() + seconds
        while self.world.busy and time.monotonic() < end:
            time.sleep(0.002)
        body = self.call("GET", path).body
        assert isinstance(body, dict)
        return body


def storage(**properties: Any) -> dict[str, Any]:
    """A storage account as a template sends it."""
    return {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": properties}


def workspace(account: str = f"{STORAGE}/st1", **properties: Any) -> dict[str, Any]:
    """A workspace as a template sends it."""
    return {
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {"storageAccount": account, **properties},
    }


def template(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A deployment's body with an old-style template."""
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    parameters = more.pop("values", {})
    body = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": list(resources), **more}
    return {"properties": {"mode": "Incremental", "template": body, "parameters": parameters}}
