"""Merged tree → settings, with pydantic's faults led back to file, line and column."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from amlctl.diagnostics import Finding, JsonPath, Place
from amlctl.environment.faults import fault
from amlctl.environment.models import Settings, Tier
from amlctl.environment.tree import Listing, Mapping, Node, Scalar, at, values


def validate(tree: Mapping, tier: Tier, file: str) -> tuple[Settings | None, list[Finding]]:
    """Make the typed settings of a merged tree; None where a fault forbids it."""
    try:
        return Settings.model_validate(values(tree)), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    return None, [_finding(tree, tier, file, detail) for detail in found]


def _finding(tree: Mapping, tier: Tier, file: str, detail: Any) -> Finding:
    path, place = locate(tree, detail["loc"], file)
    kind: str = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    name = f"`{dotted(path)}`" if path else "the file"
    if kind.startswith("AML"):
        return fault(kind, place, f"{name} {context['message']}", context["found"], context["instead"])
    if kind == "extra_forbidden":
        return fault("AML017", place, f"unknown key `{path[-1]}`", "", near_key(path))
    if kind in ("missing", "union_tag_not_found"):
        missing = path if kind == "missing" else (*path, "kind")
        return fault(
            "AML018", place, f"`{dotted(missing)}` is required for {tier}", "", f"add `{missing[-1]}:`{_below(missing)}"
        )
    if kind in ("literal_error", "union_tag_invalid"):
        return _not_a_word(tree, path, place, context, kind)
    wanted = {"tuple_type": "a list", "list_type": "a list"}.get(kind, "a map")
    found = at(tree, path)
    return fault("AML025", place, f"{name} must be {wanted}", _shape(found), f"write {wanted}")


def _not_a_word(tree: Mapping, path: JsonPath, place: Place, context: dict[str, Any], kind: str) -> Finding:
    expected = context.get("expected") or context.get("expected_tags") or ""
    words = [word.strip("'\" ") for word in str(expected).replace(" or ", ",").split(",") if word.strip()]
    where = path if kind == "literal_error" else (*path, "kind")
    node = at(tree, where)
    if node is None:  # a key of a map that has a closed list of keys
        return fault("AML017", place, f"unknown key `{path[-1]}`", "", f"one of {', '.join(words)}")
    found = f"`{node.text}`" if isinstance(node, Scalar) else _shape(node)
    near = difflib.get_close_matches(node.text, words, 1) if isinstance(node, Scalar) else []
    instead = f"did you mean `{near[0]}`?" if near else f"write one of {', '.join(words)}"
    return fault("AML026", node.place, f"`{dotted(where)}` has a value that is not allowed", found, instead)


def locate(tree: Mapping, steps: tuple[str | int, ...], file: str) -> tuple[JsonPath, Place]:
    """Follow pydantic's location through the tree; names of union members are no keys and are left out."""
    node: Node = tree
    path: JsonPath = ()
    place = Place(file)
    for index, step in enumerate(steps):
        child = at(node, (step,))
        if child is not None:
            place = node.keys.get(str(step), child.place) if isinstance(node, Mapping) else child.place
            node, path = child, (*path, step)
        elif step == "[key]":
            break
        elif index == len(steps) - 1:
            path = (*path, step)
    value = at(tree, path)
    return path, value.place if isinstance(value, Scalar) and path and not _is_unknown(path) else place


def _is_unknown(path: JsonPath) -> bool:
    """Tell whether the last step of a path is a key that the model does not have."""
    allowed = _fields(path[:-1])
    return bool(allowed) and path[-1] not in allowed


def near_key(path: JsonPath) -> str:
    """Say which key was probably meant."""
    allowed = sorted(_fields(path[:-1]))
    near = difflib.get_close_matches(str(path[-1]), allowed, 1, 0.6)
    return f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(allowed)}"


def _fields(path: JsonPath) -> set[str]:
    """Give the keys that may stand at a path."""
    models: list[Any] = [Settings]
    for step in path:
        models = [found for model in models for found in _step(model, step)]
    return {field.alias or name for model in models if _is_model(model) for name, field in model.model_fields.items()}


def _step(annotation: Any, step: str | int) -> list[Any]:
    if _is_model(annotation):
        for name, field in annotation.model_fields.items():
            if step in (name, field.alias):
                return _members(field.annotation)
        return []
    inner = get_args(annotation)
    return _members(inner[-1]) if len(inner) == 2 and str(getattr(annotation, "__name__", "")) == "dict" else []


def _members(annotation: Any) -> list[Any]:
    """Take unions and annotations apart, down to models and maps."""
    if _is_model(annotation) or getattr(annotation, "__origin__", None) is dict:
        return [annotation]
    return [found for inner in get_args(annotation) for found in _members(inner)]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def dotted(path: JsonPath) -> str:
    """Write a path as people name a key: ``compute.cpu.size``."""
    return ".".join(str(step) for step in path)


def _below(path: JsonPath) -> str:
    return f" below `{dotted(path[:-1])}:`" if len(path) > 1 else ""


def _shape(node: Node | None) -> str:
    if isinstance(node, Scalar):
        return "`" + node.text[:60] + "`"
    return "a list" if isinstance(node, Listing) else "a map"
