"""The JSON Schema of an environment file, for editors: what may stand in one layer, so nothing is required in it."""

from __future__ import annotations

import json
from typing import Any

from amlctl.environment.models import Settings
from amlctl.environment.tiers import IDLE, TABLE, Row

_REMOVED = {
    "type": "object",
    "properties": {"absent": {"const": True}},
    "required": ["absent"],
    "additionalProperties": False,
}


def schema() -> dict[str, Any]:
    """Make the schema from the same models that check a file; faults are found by those, not by this."""
    whole = Settings.model_json_schema(by_alias=True)
    _loosen(whole)
    for row in TABLE:
        _tell_tiers(_property(whole, row.path), row)
    _tell_tiers(whole["$defs"]["Instance"]["properties"]["idle"], IDLE)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An environment of amlctl",
        **{key: value for key, value in whole.items() if key not in ("title", "$defs")},
        "$defs": whole["$defs"],
    }


def schema_text() -> str:
    """The bytes of ``schemas/environment.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _loosen(node: Any) -> None:
    """Take away what a layer does not have: required keys; let every named thing be removed."""
    if isinstance(node, list):
        for item in node:
            _loosen(item)
    if not isinstance(node, dict) or node is _REMOVED:
        return
    node.pop("required", None)
    if isinstance(node.get("title"), str):
        node.pop("title")
    members = node.get("anyOf")
    if members and {"type": "null"} in members:
        members.remove({"type": "null"})
        if node.get("default", 0) is None:
            node.pop("default")
        if "$ref" in members[0]:
            members.append(_REMOVED)
        elif len(members) == 1:
            node.pop("anyOf")
            node.update({**members[0], **node})
    for key, value in node.items():
        if key != "default":
            _loosen(value)
    if isinstance(node.get("additionalProperties"), dict):
        node["additionalProperties"] = {"anyOf": [node["additionalProperties"], _REMOVED]}


def _property(whole: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    node = whole["properties"][path[0]]
    for key in path[1:]:
        reference = node.get("$ref") or next(member["$ref"] for member in node["anyOf"] if "$ref" in member)
        node = whole["$defs"][reference.rsplit("/", 1)[1]]["properties"][key]
    found: dict[str, Any] = node
    return found


def _tell_tiers(node: dict[str, Any], row: Row) -> None:
    values = ", ".join(f"{tier} {getattr(row, tier) or 'none'}" for tier in ("dev", "test", "prod"))
    node["description"] = f"{node.get('description', '')}. Default: {values}".lstrip(". ")
