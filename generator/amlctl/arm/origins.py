"""Which places of the root template gave a leaf of a resource: followed through parameters, variables and modules.

Nothing is recorded while a template is evaluated. When somebody asks for a leaf, its expression is walked backwards:
a property access narrows what is looked for, `parameters` leads to where the parent template passed the value,
`variables` to their definition, `reference` of a module to its output; a known condition leads to the branch taken.
An expression that computes (`format`, `toLower`…) gives the origins of its arguments, or its own place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from amlctl.arm.copies import is_copy
from amlctl.arm.engine import Environment, Undecided, evaluate, find_function, find_key, uncover
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.parser import is_expression, parse_expression
from amlctl.arm.tree import Access, Call, Expression, Text
from amlctl.arm.values import Secret, Unknown
from amlctl.diagnostics import JsonPath
from amlctl.records import NamedTuple

if TYPE_CHECKING:
    from amlctl.arm.frame import Frame
    from amlctl.arm.instances import Instance

Found: TypeAlias = dict[JsonPath, None]
Keys: TypeAlias = tuple[Any, ...]
_MOST_STEPS = 5_000


class Origins(Mapping[JsonPath, tuple[JsonPath, ...]]):
    """The origins of a resource's leaves, by their path in the body; worked out when asked for."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def __getitem__(self, path: JsonPath) -> tuple[JsonPath, ...]:
        """Give the paths in the root template that a leaf (or a whole part) of the body came from."""
        own = (*self.instance.path, *path)
        budget = self.instance.frame.run.budget
        budget.quiet += 1
        try:
            place = Place(self.instance.path, self.instance.env, {}, [_MOST_STEPS])
            return tuple(_in_json(self.instance.definition, place, tuple(path))) or (own,)
        except (EvaluationFailed, Undecided, RecursionError):
            return (own,)
        finally:
            budget.quiet -= 1

    def __iter__(self) -> Iterator[JsonPath]:
        """Give the path of every leaf of the body."""
        return _leaves({} if self.instance.existing else self.instance.body(), ())

    def __len__(self) -> int:
        """Count the leaves."""
        return sum(1 for _ in self)


def _leaves(value: Any, path: JsonPath) -> Iterator[JsonPath]:
    if type(value) in (dict, list) and value:
        for key, item in value.items() if type(value) is dict else enumerate(value):
            yield from _leaves(item, (*path, key))
    else:
        yield path


class Place(NamedTuple):
    """Where the walk stands: a path of the root template, its environment, lambda variables, steps left."""

    path: JsonPath
    env: Environment
    bound: Mapping[str, Callable[[Keys], Found]]
    steps: list[int]

    def at(self, *keys: Any) -> Place:
        """The same place, deeper in the document."""
        return self._replace(path=(*self.path, *keys))


def _in_json(value: Any, place: Place, keys: Keys) -> Found:
    """Follow keys into JSON until an expression or the end."""
    for at, key in enumerate(keys):
        if is_expression(value):
            return _in_tree(parse_expression(value[1:-1]), place, keys[at:])
        found = _step(value, key, place)
        if found is None:
            return _in_loop(value, place, keys[at:]) or {place.path: None}
        value, place = found
    if is_expression(value):
        return _in_tree(parse_expression(value[1:-1]), place, ())
    return {place.path: None}


def _step(value: Any, key: Any, place: Place) -> tuple[Any, Place] | None:
    if type(value) is dict and type(key) is str:
        name = find_key(value, key)
        return None if name is None else (value[name], place.at(name))
    if type(value) is list and type(key) is int and 0 <= key < len(value):
        return value[key], place.at(key)
    return None


def _in_loop(value: Any, place: Place, keys: Keys) -> Found:
    """Follow a property that a `copy` of the object makes, at its index."""
    loops = value.get("copy") if type(value) is dict else None
    for at, loop in enumerate(loops if is_copy(loops) and loops else ()):
        if loop["name"].lower() == str(keys[0]).lower():
            inside = place.at("copy", at, "input")
            if len(keys) > 1 and type(keys[1]) is int:
                inside = inside._replace(env=place.env.inside(loop["name"], keys[1]))
                return _in_json(loop["input"], inside, keys[2:])
            return {inside.path: None}
    return {}


def _in_tree(node: Expression, place: Place, keys: Keys) -> Found:
    place.steps[0] -= 1
    if place.steps[0] < 0:
        return {place.path: None}
    if type(node) is Access:
        key = node.key.value if type(node.key) is Text else _value(node.key, place)
        return _in_tree(node.base, place, (key, *keys))
    if type(node) is not Call:
        return {place.path: None}
    rule = _RULES.get(node.name.lower())
    if rule is not None:
        function = find_function(node.name)
        complete = function is not None and len(node.arguments) >= function.least
        return rule(node, place, keys) if complete else {place.path: None}
    return _all(node.arguments, place)


def _value(node: Expression, place: Place) -> Any:
    value = evaluate(node, place.env)
    return uncover(value) if type(value) is Secret else value


def _merged(parts: Iterable[Found]) -> Found:
    found: Found = {}
    for part in parts:
        found.update(part)
    return found


def _all(nodes: Iterable[Expression], place: Place) -> Found:
    """The origins of the arguments of a computation: those that lead elsewhere, or the place itself."""
    found = _merged(_in_tree(node, place, ()) for node in nodes)
    elsewhere = {path: None for path in found if path != place.path}
    return elsewhere or {place.path: None}


# ---- rules by function ------------------------------------------------------------------------------------------


def _frame(place: Place) -> Frame | None:
    host: Any = place.env.host
    return getattr(host, "words", None)


def _parameters(node: Call, place: Place, keys: Keys) -> Found:
    name = str(_value(node.arguments[0], place))
    frame = _frame(place)
    if frame is None or name.lower() not in frame.parameters:
        return {place.path: None}
    spelled, definition = frame.parameters[name.lower()]
    own = Place((*frame.path, "parameters", spelled), Environment(frame, place.env.budget), {}, place.steps)
    if frame.given.get(name.lower()) is not None and frame._given(spelled) is not None:
        return _passed(frame, spelled, own, keys)
    if isinstance(definition, dict) and "defaultValue" in definition:
        return _in_json(definition["defaultValue"], own.at("defaultValue"), keys)
    return {own.path: None}


def _passed(frame: Frame, name: str, own: Place, keys: Keys) -> Found:
    """A value that the parent template passed; the root's parameters have no place in the template but their own."""
    instance = frame.instance
    if instance is None:
        return {own.path: None}
    given = instance.definition.get("properties", {}).get("parameters")
    place = Place((*instance.path, "properties", "parameters"), instance.env, {}, own.steps)
    return _in_json(given, place, (frame.given[name.lower()][0], "value", *keys))


def _variables(node: Call, place: Place, keys: Keys) -> Found:
    name = str(_value(node.arguments[0], place))
    frame = _frame(place)
    section = frame.template.get("variables") if frame else None
    if frame is None or not isinstance(section, dict):
        return {place.path: None}
    own = Place((*frame.path, "variables"), Environment(frame, place.env.budget), {}, place.steps)
    return _in_json(section, own, (name, *keys))


def _lambda_variables(node: Call, place: Place, keys: Keys) -> Found:
    bound = place.bound.get(str(_value(node.arguments[0], place)).lower())
    return bound(keys) if bound else {place.path: None}


def _if(node: Call, place: Place, keys: Keys) -> Found:
    condition = _value(node.arguments[0], place)
    if type(condition) is bool:
        return _in_tree(node.arguments[1 if condition else 2], place, keys)
    return _merged(_in_tree(argument, place, keys) for argument in node.arguments[1:])


def _coalesce(node: Call, place: Place, keys: Keys) -> Found:
    found: Found = {}
    for argument in node.arguments:
        value = _value(argument, place)
        if value is None:
            continue
        found.update(_in_tree(argument, place, keys))
        if type(value) is not Unknown:
            break
    return found or {place.path: None}


def _create_object(node: Call, place: Place, keys: Keys) -> Found:
    if not keys:
        return _all(node.arguments[1::2], place)
    for name, value in zip(node.arguments[::2], node.arguments[1::2], strict=False):
        if str(_value(name, place)).lower() == str(keys[0]).lower():
            return _in_tree(value, place, keys[1:])
    return {place.path: None}


def _create_array(node: Call, place: Place, keys: Keys) -> Found:
    if keys and type(keys[0]) is int and keys[0] < len(node.arguments):
        return _in_tree(node.arguments[keys[0]], place, keys[1:])
    return _all(node.arguments, place)


def _union(node: Call, place: Place, keys: Keys) -> Found:
    return _last_holder([(argument, _value(argument, place)) for argument in node.arguments], place, keys, deep=True)


def _shallow_merge(node: Call, place: Place, keys: Keys) -> Found:
    parts = node.arguments[0]
    if type(parts) is not Call or parts.name.lower() != "createarray":
        return _in_tree(parts, place, ())
    return _last_holder([(part, _value(part, place)) for part in parts.arguments], place, keys, deep=False)


def _last_holder(parts: list[tuple[Expression, Any]], place: Place, keys: Keys, *, deep: bool) -> Found:
    """The last object that has the key wins; objects in objects are merged where `deep`."""
    if not keys:
        return _all([part for part, _ in parts], place)
    found: Found = {}
    for part, value in reversed(parts):
        if type(value) is Unknown:
            found.update(_in_tree(part, place, keys))
        elif type(value) is dict and (name := find_key(value, str(keys[0]))) is not None:
            if not deep or type(value[name]) is not dict or len(keys) == 1 or _holds(value[name], keys[1:]):
                found.update(_in_tree(part, place, keys))
                break
        elif type(value) is list:
            found.update(_in_tree(part, place, ()))
    return found or {place.path: None}


def _holds(value: Any, keys: Keys) -> bool:
    for key in keys:
        if type(value) is dict and (name := find_key(value, str(key))) is not None:
            value = value[name]
        elif type(value) is list and type(key) is int and key < len(value):
            value = value[key]
        else:
            return False
    return True


def _try_get(node: Call, place: Place, keys: Keys) -> Found:
    inner = tuple(_value(argument, place) for argument in node.arguments[1:])
    return _in_tree(node.arguments[0], place, (*inner, *keys))


def _first(node: Call, place: Place, keys: Keys) -> Found:
    return _in_tree(node.arguments[0], place, (0, *keys))


def _last(node: Call, place: Place, keys: Keys) -> Found:
    value = _value(node.arguments[0], place)
    return _in_tree(node.arguments[0], place, (len(value) - 1, *keys) if type(value) is list and value else ())


def _array(node: Call, place: Place, keys: Keys) -> Found:
    value = _value(node.arguments[0], place)
    return _in_tree(node.arguments[0], place, keys if type(value) is list else keys[1:])


def _concat(node: Call, place: Place, keys: Keys) -> Found:
    if keys and type(keys[0]) is int:
        at = keys[0]
        for argument in node.arguments:
            value = _value(argument, place)
            if type(value) is not list:
                break
            if at < len(value):
                return _in_tree(argument, place, (at, *keys[1:]))
            at -= len(value)
    return _all(node.arguments, place)


def _items(node: Call, place: Place, keys: Keys) -> Found:
    from amlctl.arm.functions.objects import by_name

    value = _value(node.arguments[0], place)
    if len(keys) > 1 and type(value) is dict and type(keys[0]) is int and keys[0] < len(value):
        return _in_tree(node.arguments[0], place, (sorted(value, key=by_name)[keys[0]], *keys[2:]))
    return _in_tree(node.arguments[0], place, ())


def _map(node: Call, place: Place, keys: Keys) -> Found:
    source, function = node.arguments[0], node.arguments[1]
    value = _value(source, place)
    if not keys or type(value) is not list or type(keys[0]) is not int or keys[0] >= len(value):
        return _in_tree(source, place, ())
    return _inside(function, source, value, keys[0], place, keys[1:])


def _inside(function: Expression, source: Expression, value: list[Any], at: int, place: Place, keys: Keys) -> Found:
    """Walk into a lambda's body with its variable bound to one item of the source."""
    if type(function) is not Call or function.name.lower() != "lambda":
        return _in_tree(source, place, ())
    names = [str(_value(name, place)).lower() for name in function.arguments[:-1]]
    bound = {**place.bound, names[0]: lambda rest: _in_tree(source, place, (at, *rest))}
    inner = place._replace(env=place.env.binding(tuple(names), (value[at], at)), bound=bound)
    return _in_tree(function.arguments[-1], inner, keys)


def _filter(node: Call, place: Place, keys: Keys) -> Found:
    value, kept = _value(node.arguments[0], place), _value(node, place)
    if keys and type(keys[0]) is int and type(kept) is list and type(value) is list and keys[0] < len(kept):
        wanted = kept[keys[0]]
        at = next((at for at, item in enumerate(value) if item is wanted), -1)
        return _in_tree(node.arguments[0], place, (at, *keys[1:]) if at >= 0 else ())
    return _in_tree(node.arguments[0], place, ())


def _to_object(node: Call, place: Place, keys: Keys) -> Found:
    value = _value(node.arguments[0], place)
    key = _value(node.arguments[1], place)
    if keys and type(value) is list:
        for at, item in enumerate(value):
            if str(uncover(key(item))).lower() == str(keys[0]).lower():
                if len(node.arguments) > 2:
                    return _inside(node.arguments[2], node.arguments[0], value, at, place, keys[1:])
                return _in_tree(node.arguments[0], place, (at, *keys[1:]))
    return _in_tree(node.arguments[0], place, ())


def _reference(node: Call, place: Place, keys: Keys) -> Found:
    """An output of a module leads into the module; anything else of a resource stays here."""
    from amlctl.arm.questions import find
    from amlctl.arm.scopes import key_of

    frame = getattr(place.env.host, "run", None) and place.env.host
    wanted = _value(node.arguments[0], place)
    found = find(frame, key_of(wanted)) if frame is not None and type(wanted) in (str, Unknown) else []  # type: ignore[arg-type]
    child = found[0].child() if found else None
    if child is None or len(keys) < 2 or str(keys[0]).lower() != "outputs":
        return {place.path: None}
    section = child.template.get("outputs")
    own = Place((*child.path, "outputs"), child.environment(), {}, place.steps)
    return _in_json(section, own, keys[1:])


_RULES: dict[str, Callable[[Call, Place, Keys], Found]] = {
    "parameters": _parameters,
    "variables": _variables,
    "lambdavariables": _lambda_variables,
    "if": _if,
    "coalesce": _coalesce,
    "createobject": _create_object,
    "createarray": _create_array,
    "union": _union,
    "shallowmerge": _shallow_merge,
    "tryget": _try_get,
    "first": _first,
    "last": _last,
    "array": _array,
    "concat": _concat,
    "items": _items,
    "map": _map,
    "filter": _filter,
    "toobject": _to_object,
    "reference": _reference,
}
