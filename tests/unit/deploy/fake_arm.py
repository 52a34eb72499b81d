"""A fake of ARM for the deployer: deployments in a dictionary, states that move when they are read."""

from __future__ import annotations

from typing import Any

from amlctl.azure import Connection


class FakeArm:
    """The calls of ``amlctl.azure.Arm`` that the deployer makes."""

    def __init__(self, *existing: dict[str, Any], reads_until_done: int = 2) -> None:
        self.connection = Connection("https://arm.example", "11111111-1111-4111-8111-111111111111", ca_file="ca.pem")
        self.store = {deployment["name"]: deployment for deployment in existing}
        self.reads_until_done = reads_until_done
        self.sent: list[str] = []
        self.failing: dict[str, Any] | None = None

    def validate(self, scope: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Accept everything."""
        self.sent.append(f"validate {name}")
        return {}

    def begin_deployment(self, scope: str, name: str, body: dict[str, Any]) -> None:
        """Start a deployment that is done after a few reads."""
        self.sent.append(f"put {name}")
        stamp = f"2026-11-21T10:00:{len(self.store):02d}Z"
        properties = {"provisioningState": "Running", "timestamp": stamp, "duration": "PT0S", "outputs": {}}
        self.store[name] = {"name": name, "tags": body.get("tags"), "properties": properties, "reads": 0}

    def deployment(self, scope: str, name: str) -> dict[str, Any] | None:
        """Read a deployment; a few reads bring it to its end."""
        found = self.store.get(name)
        if found and found["properties"]["provisioningState"] == "Running":
            found["reads"] = found.get("reads", 0) + 1
            if found["reads"] >= self.reads_until_done:
                found["properties"]["provisioningState"] = "Failed" if self.failing else "Succeeded"
        return found

    def deployments(self, scope: str) -> list[dict[str, Any]]:
        """List them all."""
        return list(self.store.values())

    def deployed_template(self, scope: str, name: str) -> dict[str, Any] | None:
        """Every deployment was made from the same template."""
        return {"resources": []}

    def operations(self, scope: str, name: str) -> list[dict[str, Any]]:
        """One operation, in the deployment's own state."""
        state = self.store[name]["properties"]["provisioningState"]
        target = {"id": f"{scope}/providers/T/x/y", "resourceType": "T/x", "resourceName": "y"}
        return [
            {
                "properties": {
                    "provisioningOperation": "Create",
                    "provisioningState": state,
                    "duration": "PT1.5S",
                    "targetResource": target,
                    "statusMessage": {"error": self.failing} if self.failing else None,
                }
            }
        ]

    def delete_deployment(self, scope: str, name: str) -> None:
        """Forget a deployment."""
        self.sent.append(f"delete {name}")
        self.store.pop(name, None)


def run(name: str, state: str = "Succeeded", stamp: str = "2026-11-21T09:00:00Z", **tags: str) -> dict[str, Any]:
    """A deployment that is there already."""
    return {
        "name": name,
        "tags": tags,
        "properties": {"provisioningState": state, "timestamp": stamp, "duration": "PT0S"},
    }
