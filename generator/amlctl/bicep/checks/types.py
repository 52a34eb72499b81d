"""The types that expressions and declarations have, and what is computed with them: unions, nullability, names.

Values are immutable; parts that may be recursive or costly are ``Lazy`` and are given by ``force``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from amlctl.records import NamedTuple

LOOSE, SECURE, WARN, WARN_PROPERTY, WRITTEN = 1, 2, 4, 8, 16
"""Flags of a type: takes any literal of its kind, is secret, mismatches are warnings (of the value, of its members),
is an object type written in braces, whose other members are doubtful."""

REQUIRED, CONSTANT, READ_ONLY, WRITE_ONLY = 1, 2, 4, 8
DEPLOY_TIME, NO_ANY, READABLE, VARIANT = 16, 32, 64, 128
IMPLICIT_NULL, FALLBACK, SYSTEM = 256, 512, 1024
"""Flags of a property (TypePropertyFlags of the official compiler)."""

Type: TypeAlias = Any
"""Any of the classes below; they are told apart by ``type(value)``."""


class Lazy:
    """A type that is computed when it is first asked for."""

    __slots__ = ("compute", "value")

    def __init__(self, compute: Callable[[], Type]) -> None:
        self.compute: Callable[[], Type] | None = compute
        self.value: Type = ANY


def force(reference: Type) -> Type:
    """Give the type behind a reference; a type that needs itself to be computed is ANY meanwhile."""
    while type(reference) is Lazy:
        compute, reference.compute = reference.compute, None
        if compute is not None:
            reference.value = compute()
        reference = reference.value
    return reference


class Simple(NamedTuple):
    """A type without parts: any, null, never, error. ``tag`` keeps it apart from the text of the same name."""

    name: str
    flags: int = 0
    tag: str = "simple"


class Str(NamedTuple):
    """string; limits of its length, a pattern."""

    minimum: int | None = None
    maximum: int | None = None
    flags: int = 0
    pattern: str | None = None


class StrLit(NamedTuple):
    """One text."""

    value: str
    flags: int = 0


class Integer(NamedTuple):
    """int; limits of its value."""

    minimum: int | None = None
    maximum: int | None = None
    flags: int = 0


class IntLit(NamedTuple):
    """One whole number."""

    value: int
    flags: int = 0


class Boolean(NamedTuple):
    """bool."""

    flags: int = 0


class BoolLit(NamedTuple):
    """true or false. ``tag`` keeps it apart from 1 and 0."""

    value: bool
    flags: int = 0
    tag: str = "bool"


class Arr(NamedTuple):
    """An array of items of one type (``item`` may be Lazy)."""

    item: Type
    minimum: int | None = None
    maximum: int | None = None
    flags: int = 0


class Tup(NamedTuple):
    """An array whose items are known one by one (each may be Lazy). ``tag`` keeps it apart from a union of them."""

    items: tuple[Type, ...]
    flags: int = 0
    tag: str = "tuple"


class Prop(NamedTuple):
    """A property: its type (may be Lazy) and flags."""

    type: Type
    flags: int = 0


class Obj(NamedTuple):
    """An object: properties by name, the type of all others (None: there are none), methods by name."""

    name: str
    props: dict[str, Prop]
    extra: Prop | None = None
    flags: int = 0
    methods: tuple[Any, ...] = ()


class Disc(NamedTuple):
    """A tagged union: one object a value of the property ``key``."""

    name: str
    key: str
    branches: dict[str, Type]
    flags: int = 0


class Union(NamedTuple):
    """One of several types, none of them a union."""

    members: tuple[Type, ...]
    flags: int = 0


class Func(NamedTuple):
    """A lambda: types of its parameters, how many must be there, what it gives."""

    parameters: tuple[Type, ...]
    least: int
    result: Type
    flags: int = 0


class Res(NamedTuple):
    """A resource: type name, API version, body (an Obj or Disc), scopes as bits, known to the catalogue."""

    name: str
    version: str
    body: Type
    scopes: int = 31
    read_only_scopes: int = 0
    known: bool = True
    flags: int = 0


class Mod(NamedTuple):
    """A module: its body and target scope as a bit."""

    body: Type
    scope: int
    flags: int = 0


class ScopeRef(NamedTuple):
    """What ``resourceGroup()`` and its siblings give: the scope as a bit, arguments, the object to read."""

    scope: int
    arguments: tuple[Any, ...]
    body: Obj
    flags: int = 0


class ScopeTarget(NamedTuple):
    """What ``scope`` takes: scopes as bits."""

    scopes: int
    flags: int = 0


class Parent(NamedTuple):
    """What ``parent`` takes: a resource of the type above this one."""

    child: str
    flags: int = 0


class Depends(NamedTuple):
    """An item of ``dependsOn``: a resource, a module or a collection of them."""

    flags: int = 0


class Namespace(NamedTuple):
    """``sys``, ``az`` or what a wildcard import brings: an object with functions and types."""

    name: str
    props: dict[str, Prop]
    functions: dict[str, Any]
    types: dict[str, Type]
    flags: int = 0


class TypeType(NamedTuple):
    """A type as a value, as an imported name has it."""

    inner: Type
    flags: int = 0


ANY, NULL, NEVER, ERROR = Simple("any"), Simple("null"), Simple("never"), Simple("error")
STRING, INT, BOOL = Str(), Integer(), Boolean()
LOOSE_STRING, LOOSE_INT, LOOSE_BOOL = Str(flags=LOOSE), Integer(flags=LOOSE), Boolean(LOOSE)
SECURE_STRING = Str(flags=SECURE)
TRUE, FALSE = BoolLit(True), BoolLit(False)
ARRAY = Arr(ANY)
OBJECT = Obj("object", {}, Prop(ANY, FALLBACK))
STRINGS = Arr(STRING)


def flags_of(value: Type) -> int:
    """Give the flags of a type; a union has those of all its members."""
    if type(value) is Union:
        flags = 0
        for member in value.members:
            flags |= flags_of(member)
        return flags
    flags = value.flags
    return flags if isinstance(flags, int) else 0


def flatten(members: Iterable[Type]) -> list[Type]:
    """Give the members with unions taken apart and references followed."""
    flat: list[Type] = []
    for member in members:
        found = force(member)
        if type(found) is Union:
            flat.extend(found.members)
        elif found is not NEVER:
            flat.append(found)
    return flat


def union(members: Iterable[Type]) -> Type:
    """Make a union: equal members once, ANY where a member is ANY, the member itself where it is the only one."""
    distinct: list[Type] = []
    seen: set[Any] = set()
    for member in flatten(members):
        if member is ANY:
            return ANY
        key = member if type(member) in _HASHED else id(member)
        key = (type(member), key)
        if key not in seen:
            seen.add(key)
            distinct.append(member)
    if not distinct:
        return NEVER
    return distinct[0] if len(distinct) == 1 else Union(tuple(distinct))


_HASHED = frozenset((Simple, Str, StrLit, Integer, IntLit, Boolean, BoolLit))


MAX_REMEMBERED = 10_000
_nullable: dict[int, tuple[Type, Type]] = {}


def without_null(value: Type) -> Type | None:
    """Give a nullable type without null; None where it is not nullable."""
    if type(value) is not Union:
        return None
    rest = tuple(member for member in value.members if member is not NULL)
    if len(rest) == len(value.members):
        return None
    return rest[0] if len(rest) == 1 else Union(rest)


def nullable(value: Type) -> Type:
    """Give the type or null."""
    value = force(value)
    known = _nullable.get(id(value))
    if known is None or known[0] is not value:
        if len(_nullable) > MAX_REMEMBERED:
            _nullable.clear()
        known = _nullable[id(value)] = value, union((value, NULL))
    return known[1]


def collapse(value: Type) -> Type | None:
    """Give one simpler type for a union of one kind (strings, numbers, booleans, arrays, objects), else None."""
    if type(value) is not Union:
        return value
    known = _collapsed.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    found = _collapse(value)
    if all(type(member) in _HASHED for member in value.members):  # others may have parts that are being computed
        if len(_collapsed) > MAX_REMEMBERED:
            _collapsed.clear()
        _collapsed[id(value)] = value, found
    return found


_collapsed: dict[int, tuple[Union, Type | None]] = {}
"""What unions of plain types collapse to, by identity: those of resource types are asked for again and again."""


def _collapse(value: Union) -> Type | None:
    rest = without_null(value)
    if rest is not None and type(rest) is not Union:
        return value
    members = value.members if rest is None else flatten((rest,))
    merged = _merge(members)
    if merged is None:
        return None
    return merged if rest is None else nullable(merged)


def _merge(members: tuple[Type, ...] | list[Type]) -> Type | None:
    if len(members) == 1:
        return members[0]
    kinds = {type(member) for member in members}
    for group, merge in _MERGERS:
        if kinds <= group:
            return merge(members)
    return None


def _merge_strings(members: Iterable[Type]) -> Type:
    texts = [member for member in members if type(member) is Str]
    if not texts:
        return union(members)
    lows = [member.minimum for member in texts]
    highs = [member.maximum for member in texts]
    low, high = _least(lows), _greatest(highs)
    literals = [m for m in members if type(m) is StrLit and not (low or 0) <= len(m.value) <= _top(high)]
    flags = 0
    for member in texts:
        flags |= member.flags
    return union([*literals, Str(low, high, flags)])


def _least(limits: list[int | None]) -> int | None:
    known = [limit for limit in limits if limit is not None]
    return min(known) if len(known) == len(limits) else None


def _greatest(limits: list[int | None]) -> int | None:
    known = [limit for limit in limits if limit is not None]
    return max(known) if len(known) == len(limits) else None


def _top(limit: int | None) -> int:
    return 1 << 63 if limit is None else limit


def _merge_ints(members: Iterable[Type]) -> Type:
    lows = [m.value if type(m) is IntLit else m.minimum for m in members]
    highs = [m.value if type(m) is IntLit else m.maximum for m in members]
    flags = 0
    for member in members:
        flags |= member.flags
    if all(type(m) is IntLit for m in members) and max(lows) - min(lows) >= len(set(lows)):
        return union(members)
    low, high = (None if None in lows else min(lows)), (None if None in highs else max(highs))
    return IntLit(low, flags) if low is not None and low == high else Integer(low, high, flags)


def _merge_bools(members: Iterable[Type]) -> Type:
    values = {m.value for m in members if type(m) is BoolLit}
    if len(values) == 1 and all(type(m) is BoolLit for m in members):
        return BoolLit(values.pop())
    return Boolean(max(m.flags for m in members))


def _merge_arrays(members: Iterable[Type]) -> Type:
    """Join the lengths of arrays of one item type; others stay side by side (TypeCollapser.ArrayCollapse)."""
    tuples: list[Type] = []
    spans: list[tuple[Type, int, int | None, int]] = []
    for member in members:
        items = [force(item) for item in member.items] if type(member) is Tup else [force(member.item)]
        if not items or any(not _same(item, items[0]) for item in items):
            tuples.append(member)
        else:
            low, high = length_limits(member)
            _add_span(spans, (items[0], low or 0, high, member.flags))
    if any(low == 0 for _, low, _, _ in spans):
        tuples = [member for member in tuples if member.items]
    return union([*tuples, *(Arr(item, low or None, high, flags) for item, low, high, flags in spans)])


def _add_span(spans: list[tuple[Type, int, int | None, int]], new: tuple[Type, int, int | None, int]) -> None:
    item, low, high, flags = new
    for at, (other, least, most, own) in enumerate(spans):
        if own == flags and _same(item, other) and low <= _top(most) + 1 and least <= _top(high) + 1:
            del spans[at]
            joined = None if high is None or most is None else max(high, most)
            _add_span(spans, (item, min(low, least), joined, flags))
            return
    spans.append(new)


def _same(one: Type, other: Type) -> bool:
    return one is other or (type(one) is type(other) and type(one) in _HASHED and one == other)


def _merge_objects(members: Iterable[Type]) -> Type | None:
    members = list(members)
    if any(type(member) is Disc for member in members):
        return None
    names = {name for member in members for name in member.props}
    props = {name: _merge_property(name, members) for name in names}
    extras = [member.extra for member in members]
    known = [extra for extra in extras if extra is not None]
    extra = Prop(union(extra.type for extra in known), known[0].flags) if known else None
    flags = 0
    for member in members:
        flags |= member.flags
    return Obj("object", props, extra, flags)


def _merge_property(name: str, members: list[Type]) -> Prop:
    found = [member.props.get(name) or member.extra for member in members]
    there = [one for one in found if one is not None]
    kinds = [one.type for one in there]
    flags = REQUIRED
    for one in there:
        flags = flags & one.flags | (one.flags & ~REQUIRED & ~FALLBACK)
    return Prop(Lazy(lambda: union(kinds if len(there) == len(members) else [*kinds, NULL])), flags)


_MERGERS: list[tuple[set[type], Callable[[Any], Type | None]]] = [
    ({Str, StrLit}, _merge_strings),
    ({Integer, IntLit}, _merge_ints),
    ({Boolean, BoolLit}, _merge_bools),
    ({Arr, Tup}, _merge_arrays),
    ({Obj, Disc}, _merge_objects),
]


def collapse_or_union(members: Iterable[Type]) -> Type:
    """Give the union, as one simpler type where there is one."""
    made = union(members)
    return collapse(made) or made


def item_of(value: Type) -> Type:
    """Give the type of any item of an array."""
    if type(value) is Arr:
        return force(value.item)
    return union(value.items) if value.items else ANY


def length_limits(value: Type) -> tuple[int | None, int | None]:
    """Give the least and the greatest number of items of an array."""
    return (len(value.items), len(value.items)) if type(value) is Tup else (value.minimum, value.maximum)


def is_literal(value: Type) -> bool:
    """Tell whether a type has exactly one value."""
    kind = type(value)
    if kind in (StrLit, IntLit, BoolLit) or value is NULL:
        return True
    if kind is Tup:
        return all(is_literal(force(item)) for item in value.items)
    if kind is Obj:
        known = value.extra is None or value.extra.flags & FALLBACK
        return bool(known) and all(
            prop.flags & REQUIRED and is_literal(force(prop.type)) for prop in value.props.values()
        )
    return False


def kind_name(value: Type) -> str | None:
    """Give the ARM kind of a type (string, int, bool, array, object); None where it is not one of them."""
    kind = type(value)
    if kind is Union:
        rest = without_null(value)
        kinds = {kind_name(member) for member in (flatten((rest,)) if rest is not None else value.members)}
        return kinds.pop() if len(kinds) == 1 else None
    return _KINDS.get(kind)


_KINDS: dict[type, str] = {
    Str: "string", StrLit: "string", Integer: "int", IntLit: "int", Boolean: "bool", BoolLit: "bool",
    Arr: "array", Tup: "array", Obj: "object", Disc: "object",
}  # fmt: skip
