"""What templates see: frozen views whose leaves know which value of the environment they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from amlctl.diagnostics import JsonPath
from amlctl.render.faults import TemplateFault


class Leaf:
    """One value with its path in the environment. It has no methods that a template could call."""

    __slots__ = ("_path", "_value")

    def __init__(self, value: str | int | bool, path: JsonPath) -> None:
        self._value = value
        self._path = path

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return bool(self._value == (other._value if isinstance(other, Leaf) else other))

    def __hash__(self) -> int:
        return hash(self._value)

    def __str__(self) -> str:
        return text_of(self._value)

    def __repr__(self) -> str:
        return f"Leaf({self._value!r}, {self._path!r})"


class View:
    """Named values for a template: attributes only, no keys, no methods."""

    __slots__ = ("_values",)

    def __init__(self, **values: Any) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __str__(self) -> str:
        raise TemplateFault("AML157", "a group of values cannot be part of a text", "name one of its values")

    def __iter__(self) -> Iterator[Any]:
        raise TemplateFault("AML157", "a group of values is no list", "name one of its values")


def value_of(leaf: object) -> object:
    """Give the value of a leaf; anything else is its own value."""
    return leaf._value if isinstance(leaf, Leaf) else leaf


def path_of(leaf: object) -> JsonPath | None:
    """Give the path of a leaf, or None for a value that no environment wrote."""
    return leaf._path if isinstance(leaf, Leaf) else None


def text_of(value: object) -> str:
    """Give the text of a value that is joined into a larger text. Raises TemplateFault for what has no text."""
    value = value_of(value)
    if isinstance(value, bool):
        raise TemplateFault("AML157", "a bool cannot be part of a text", "print it on its own (`true`, never `True`)")
    if value is None:
        raise TemplateFault("AML157", "is empty", "test it first: `{% if value is not none %}`")
    if not isinstance(value, str | int):
        raise TemplateFault("AML157", f"a {type(value).__name__} cannot be part of a text", "join texts only")
    return str(value)


def wrap(value: Any, path: JsonPath) -> Any:
    """Turn a value of the environment's model into what a template may see."""
    if value is None:
        return None
    if isinstance(value, str | int):
        return Leaf(value, path)
    if isinstance(value, tuple):
        return [wrap(item, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return [View(key=Leaf(key, (*path, key)), value=wrap(item, (*path, key))) for key, item in value.items()]
    fields = type(value).model_fields
    return View(**{name: wrap(getattr(value, name), (*path, field.alias or name)) for name, field in fields.items()})
