"""Turn the package's type files into nodes, and store equal nodes of many files once.

In: elements of a types.json. Out: nodes, each a head (what is said of the type itself) and children (numbers of nodes).
"""

from __future__ import annotations

from typing import Any, NamedTuple

FIXED = ("id", "type", "apiVersion")  # the same in every body (read-only, deploy-time constant): the reader adds them
READ_ONLY_CONSTANT = 10


class Node(NamedTuple):
    """A type: what is said of it itself, and the numbers of the types that it is made of."""

    head: tuple[Any, ...]
    children: tuple[int, ...]


def shape(element: dict[str, Any], elements: list[Any]) -> Node:
    """Turn one element of a types.json into a node whose children are element numbers of that file."""
    node: Node = SHAPES[element["$type"]](element, elements)
    return node


def _at(reference: dict[str, str]) -> int:
    return int(reference["$ref"][2:])


def _string(element: dict[str, Any], _: list[Any]) -> Node:
    limits = (
        element.get("minLength"),
        element.get("maxLength"),
        element.get("pattern"),
        bool(element.get("sensitive")),
    )
    return Node(("string", *limits), ())


def _integer(element: dict[str, Any], _: list[Any]) -> Node:
    return Node(("int", element.get("minValue"), element.get("maxValue")), ())


def _array(element: dict[str, Any], _: list[Any]) -> Node:
    return Node(("array", element.get("minLength"), element.get("maxLength")), (_at(element["itemType"]),))


def _union(element: dict[str, Any], elements: list[Any]) -> Node:
    members = [_at(reference) for reference in element["elements"]]
    kinds = [elements[member]["$type"] for member in members]
    literals = [elements[m]["value"] for m, kind in zip(members, kinds, strict=True) if kind == "StringLiteralType"]
    rest = [m for m, kind in zip(members, kinds, strict=True) if kind != "StringLiteralType"]
    if literals and not rest:
        return Node(("enum", False, tuple(literals)), ())
    if literals and all(elements[m]["$type"] == "StringType" for m in rest):
        return Node(("enum", True, tuple(literals)), ())
    return Node(("union",), tuple(members))


def _object(element: dict[str, Any], _: list[Any]) -> Node:
    properties = element["properties"]
    names, flags = tuple(properties), tuple(value.get("flags", 0) for value in properties.values())
    children = [_at(value["type"]) for value in properties.values()]
    extra = element.get("additionalProperties")
    head = ("object", element["name"], names, flags, extra is not None, bool(element.get("sensitive")))
    return Node(head, (*children, *([_at(extra)] if extra else ())))


def _discriminated(element: dict[str, Any], _: list[Any]) -> Node:
    base, branches = element["baseProperties"], element["elements"]
    head = ("disc", element["name"], element["discriminator"], tuple(base),
            tuple(value.get("flags", 0) for value in base.values()), tuple(branches))  # fmt: skip
    return Node(head, (*(_at(v["type"]) for v in base.values()), *(_at(v) for v in branches.values())))


SHAPES: dict[str, Any] = {
    "StringType": _string,
    "IntegerType": _integer,
    "BooleanType": lambda *_: Node(("bool",), ()),
    "AnyType": lambda *_: Node(("any",), ()),
    "NullType": lambda *_: Node(("null",), ()),
    "StringLiteralType": lambda element, _: Node(("const", element["value"]), ()),
    "ArrayType": _array,
    "UnionType": _union,
    "ObjectType": _object,
    "DiscriminatedObjectType": _discriminated,
}


def without_fixed(node: Node) -> Node:
    """Leave out id, type and apiVersion of a resource's body: they are the same in every type."""
    head = node.head
    at = {"object": 2, "disc": 3}.get(head[0])
    if at is None:
        return node
    names, flags = head[at], head[at + 1]
    gone = {n for n, (name, flag) in enumerate(zip(names, flags, strict=True))
            if name in FIXED and flag == READ_ONLY_CONSTANT}  # fmt: skip
    keep = [n for n in range(len(names)) if n not in gone]
    left = (*head[:at], tuple(names[n] for n in keep), tuple(flags[n] for n in keep), *head[at + 2 :])
    return Node(left, tuple(child for n, child in enumerate(node.children) if n not in gone))


class Merger:
    """Give equal types of many files one number: leaves first, what reaches a cycle by partition refinement."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[Node, int] = {}
        self._waiting: list[Node] = []  # a child is a node's number, or -1 - the place of another waiting node

    def number(self, node: Node) -> int:
        """Give the number of a node whose children are numbers already."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return found

    def add_file(self, elements: list[Any], bodies: set[int], others: set[int]) -> dict[int, int]:
        """Take what the roots of one file reach; give element number -> number (below 0: waiting for ``finish``)."""
        local: dict[int, Node] = {}
        users: dict[int, list[int]] = {}
        todo = [*bodies, *others]
        while todo:
            at = todo.pop()
            if at in local:
                continue
            node = shape(elements[at], elements)
            local[at] = without_fixed(node) if at in bodies else node
            for child in local[at].children:
                users.setdefault(child, []).append(at)
                todo.append(child)
        return self._wait(local, self._place(local, users))

    def _place(self, local: dict[int, Node], users: dict[int, list[int]]) -> dict[int, int]:
        missing = {at: len(node.children) for at, node in local.items()}
        ready = [at for at, count in missing.items() if not count]
        placed: dict[int, int] = {}
        while ready:
            at = ready.pop()
            placed[at] = self.number(Node(local[at].head, tuple(placed[child] for child in local[at].children)))
            for user in users.get(at, ()):
                missing[user] -= 1
                if not missing[user]:
                    ready.append(user)
        return placed

    def _wait(self, local: dict[int, Node], placed: dict[int, int]) -> dict[int, int]:
        cyclic = [at for at in local if at not in placed]
        first = len(self._waiting)
        placed.update({at: -1 - first - n for n, at in enumerate(cyclic)})
        self._waiting += [Node(local[at].head, tuple(placed[child] for child in local[at].children)) for at in cyclic]
        return placed

    def finish(self) -> dict[int, int]:
        """Merge the waiting ones; give waiting number (below 0) -> number."""
        classes, count = self._refine()
        start = len(self.nodes)
        chosen: dict[int, Node] = {}
        for node, group in zip(self._waiting, classes, strict=True):
            chosen.setdefault(group, node)
        for group in range(count):
            children = (start + classes[-1 - child] if child < 0 else child for child in chosen[group].children)
            self.nodes.append(Node(chosen[group].head, tuple(children)))
        return {-1 - n: start + group for n, group in enumerate(classes)}

    def _refine(self) -> tuple[list[int], int]:
        classes, count = [0] * len(self._waiting), 0
        while True:
            seen: dict[tuple[Any, ...], int] = {}
            classes = [
                seen.setdefault((head, tuple(-1 - classes[-1 - c] if c < 0 else c for c in children)), len(seen))
                for head, children in self._waiting
            ]
            if len(seen) == count:
                return classes, count
            count = len(seen)
