"""The words of the catalogue: kinds of types, flags of properties and scopes of resources.

A type's parts are numbers of nodes of its provider; ``Provider.node(number)`` gives the node. Types may be recursive.
"""

from __future__ import annotations

from typing import Any, TypeAlias, Union

from amlctl.records import NamedTuple


class Flag:
    """Bits of a property."""

    REQUIRED = 1
    READ_ONLY = 2
    WRITE_ONLY = 4
    DEPLOY_TIME_CONSTANT = 8
    IDENTIFIER = 16


class Scope:
    """Bits of the scopes at which a resource may stand; EXTENSION is another resource."""

    TENANT = 1
    MANAGEMENT_GROUP = 2
    SUBSCRIPTION = 4
    RESOURCE_GROUP = 8
    EXTENSION = 16


EVERY_SCOPE = 31


class String(NamedTuple):
    """Any text; limits are in characters, ``pattern`` is a regular expression, ``secret`` marks a secret."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    secret: bool = False


class Int(NamedTuple):
    """A whole number."""

    minimum: int | None = None
    maximum: int | None = None


class Bool(NamedTuple):
    """True or false."""


class Any_(NamedTuple):  # noqa: N801  (any is a built-in)
    """No statement about the value."""


class Null(NamedTuple):
    """Null alone."""


class Const(NamedTuple):
    """One text."""

    value: str


class Enum(NamedTuple):
    """One of some texts; an open one takes any other text too."""

    open: bool
    values: tuple[str, ...]


class Array(NamedTuple):
    """A list; ``item`` is the number of its items' type."""

    item: int
    minimum: int | None = None
    maximum: int | None = None


class Union_(NamedTuple):  # noqa: N801  (Union is a name of typing)
    """Any one of some types, by their numbers."""

    members: tuple[int, ...]


class Property(NamedTuple):
    """One property: number of its type, and its ``Flag`` bits."""

    type: int
    flags: int

    @property
    def required(self) -> bool:
        """Tell whether a body must have it."""
        return bool(self.flags & Flag.REQUIRED)

    @property
    def read_only(self) -> bool:
        """Tell whether only the service writes it."""
        return bool(self.flags & Flag.READ_ONLY)


class Object(NamedTuple):
    """Named properties; ``additional`` is the number of the type of all others, None where there may be none."""

    name: str
    properties: dict[str, Property]
    additional: int | None = None
    secret: bool = False


class Discriminated(NamedTuple):
    """An object whose further properties depend on the text of one of them; branches are numbers of objects."""

    name: str
    discriminator: str
    base: dict[str, Property]
    branches: dict[str, int]


Node: TypeAlias = Union[  # noqa: UP007  (assigned at run time)
    String, Int, Bool, Any_, Null, Const, Enum, Array, Union_, Object, Discriminated
]


def parse_node(row: list[Any]) -> Node:
    """Turn one line of a packed file into a node."""
    node: Node = _PARSERS[row[0]](row)
    return node


def _properties(packed: dict[str, int]) -> dict[str, Property]:
    return {name: Property(value >> 5, value & 31) for name, value in packed.items()}


_PARSERS: dict[str, Any] = {
    "string": lambda row: String(*row[1:]),
    "int": lambda row: Int(*row[1:]),
    "bool": lambda _: Bool(),
    "any": lambda _: Any_(),
    "null": lambda _: Null(),
    "const": lambda row: Const(row[1]),
    "enum": lambda row: Enum(row[1], tuple(row[2])),
    "array": lambda row: Array(*row[1:]),
    "union": lambda row: Union_(tuple(row[1])),
    "object": lambda row: Object(row[1], _properties(row[2]), *row[3:]),
    "disc": lambda row: Discriminated(row[1], row[2], _properties(row[3]), row[4]),
}
