"""The interpreter of expression trees: calls, accesses, unknowns that stay, secrets that stick, a bound on all work.

A built-in function is a plain Python function of values (functions/). Here is what all of them share: arguments are
evaluated first, an argument that is unknown leaves the call standing with everything around it reduced, a secret
argument makes a secret result, and every step is counted, so that no template can hang or grow without bound.
"""

from __future__ import annotations

from typing import Any, Protocol

from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.parser import is_expression, parse_expression
from amlctl.arm.partial import decide, known_item
from amlctl.arm.tree import Access, Call, Expression, Integer, Text
from amlctl.arm.values import Secret, Unknown
from amlctl.records import NamedTuple

MAX_TEXT = 4 * 1024 * 1024
MAX_ITEMS = 1_000_000
MAX_STEPS = 10_000_000
MAX_DEPTH = 1_000
MAX_LEVELS = 500
MAX_NODES = 10_000
"""Of what is left of an expression; a text counts one for every 100 letters more."""


class Undecided(Exception):
    """A function met an unknown leaf that decides its result: the call stays as an expression."""


class Budget:
    """What is left of the work that one evaluation may do; `quiet` counts the tries whose failures are no faults."""

    __slots__ = ("depth", "quiet", "steps")

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps
        self.depth = 0
        self.quiet = 0

    def spend(self, count: int) -> None:
        """Take steps off what is left. Raises EvaluationFailed when nothing is."""
        self.steps -= count
        if self.steps < 0:
            message = "The template evaluation exceeds the limit of steps."
            raise EvaluationFailed(message)


class Host(Protocol):
    """What an expression may ask of the template (or parameters file) that it stands in."""

    def parameter(self, name: str, env: Environment) -> Any:
        """The value of a parameter."""
        ...

    def variable(self, name: str, env: Environment) -> Any:
        """The value of a variable."""
        ...

    def call(self, node: Call, env: Environment) -> Any:
        """The value of a call that no built-in function answers: user functions, `list*`, scopes, resources."""
        ...

    def ask(self, name: str, node: Call, env: Environment) -> Any:
        """The value of a call that needs the template around it: `resourceGroup`, `reference`, `utcNow`…"""
        ...


NOT_HERE: list[tuple[str, str]] = []
"""The `references` of a place that may not ask for running resources: variables and parameters' defaults."""


class Environment:
    """Where an expression is evaluated: its host, the copy loops and lambdas around it, who collects references."""

    __slots__ = ("budget", "copies", "copy", "host", "lambdas", "references")

    def __init__(
        self,
        host: Host,
        budget: Budget,
        copies: dict[str, Any] | None = None,
        copy: str = "",
        lambdas: dict[str, Any] | None = None,
        references: list[tuple[str, str]] | None = None,
    ) -> None:
        self.host = host
        self.budget = budget
        self.copies = copies or {}
        self.copy = copy
        self.lambdas = lambdas or {}
        self.references = references

    def looping(self, name: str, index: Any) -> Environment:
        """The same place inside the loop of a resource or an output, at this index."""
        copies = {**self.copies, name.lower(): index}
        return Environment(self.host, self.budget, copies, name.lower(), self.lambdas, self.references)

    def inside(self, name: str, index: Any) -> Environment:
        """The same place inside a property loop: `copyIndex()` without a name goes on to mean the resource's loop."""
        copies = {**self.copies, name.lower(): index}
        return Environment(self.host, self.budget, copies, self.copy or name.lower(), self.lambdas, self.references)

    def binding(self, names: tuple[str, ...], values: tuple[Any, ...]) -> Environment:
        """The same place inside a lambda whose variables have these values."""
        lambdas = {**self.lambdas, **dict(zip(names, values, strict=False))}
        return Environment(self.host, self.budget, self.copies, self.copy, lambdas, self.references)


class Lambda(NamedTuple):
    """A lambda with the place it was written in."""

    names: tuple[str, ...]
    body: Expression
    env: Environment

    def __call__(self, *values: Any) -> Any:
        """Apply the lambda; more values than names are dropped (the index is optional)."""
        return evaluate(self.body, self.env.binding(self.names, values))


def evaluate(node: Expression, env: Environment) -> Any:
    """Give the value of an expression: JSON, an Unknown or a Secret. Raises EvaluationFailed."""
    kind = type(node)
    if kind is Text or kind is Integer:
        return node.value  # type: ignore[union-attr]
    budget = env.budget
    budget.steps -= 1
    budget.depth += 1
    if budget.steps < 0 or budget.depth > MAX_DEPTH:
        raise _exhausted(budget)
    try:
        return _call(node, env) if kind is Call else _access(node, env)  # type: ignore[arg-type]
    finally:
        budget.depth -= 1


def _exhausted(budget: Budget) -> EvaluationFailed:
    what = "steps" if budget.steps < 0 else "nesting"
    return EvaluationFailed(f"The template evaluation exceeds the limit of {what}.")


def _call(node: Call, env: Environment) -> Any:
    function = FUNCTIONS.get(node.name) or find_function(node.name)
    if function is None:
        return env.host.call(node, env)
    count = len(node.arguments)
    if not function.least <= count <= function.most:
        raise wrong_count(node.name, function.least, function.most, count)
    if function.form:
        return function.run(node, env)
    return _apply(node, function, [evaluate(argument, env) for argument in node.arguments], env)


def _apply(node: Call, function: Any, arguments: list[Any], env: Environment) -> Any:
    unknown = secret = False
    if function.open:
        return _settled(node, function, arguments, False, env)
    for value in arguments:
        kind = type(value)
        if kind is str or kind is int:
            continue
        if kind is Unknown:
            unknown = True
        elif kind is Secret:
            secret = True
        elif (kind is dict or kind is list) and not function.shallow:
            leaves = survey(value, env.budget)
            unknown, secret = unknown or bool(leaves & 1), secret or bool(leaves & 2)
    if unknown:
        certain = decide(node.name, arguments)
        return residual(node.name, arguments) if certain is None else certain
    try:
        return _settled(node, function, arguments, secret, env)
    except Undecided:
        return residual(node.name, arguments)


def _settled(node: Call, function: Any, arguments: list[Any], secret: bool, env: Environment) -> Any:
    values = [uncover(value) for value in arguments] if secret else arguments
    function.check(node.name, values)
    result = function.run(*values)
    kind = type(result)
    if kind is str:
        if len(result) > MAX_TEXT:
            raise _too_large(node.name)
    elif kind is list or kind is dict:
        env.budget.spend(len(result))
        if len(result) > MAX_ITEMS:
            raise _too_large(node.name)
    if secret and (kind is str or kind is list or kind is dict):
        return Secret(result, Call(node.name, tuple(to_tree(value) for value in arguments)))
    return result


def _too_large(name: str) -> EvaluationFailed:
    return EvaluationFailed(f"The template language function '{name}' gives a value over the size limit.")


def wrong_count(name: str, least: int, most: int, found: int) -> EvaluationFailed:
    """A call has too few or too many arguments."""
    wanted = str(least) if least == most else f"{least} or more" if most > 1000 else f"{least} to {most}"
    message = f"Unable to evaluate template language function '{name}': function requires '{wanted}' argument(s) "
    return EvaluationFailed(
        f"{message}while '{found}' were provided. Please see https://aka.ms/arm-functions for usage details."
    )


def survey(value: Any, budget: Budget) -> int:
    """Look for unknown (1) and secret (2) leaves of a value, counting every step. Raises EvaluationFailed."""
    found, level, level_number = 0, [value], 0
    while level:
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict or kind is list:
                budget.spend(len(item) + 1)
                below.extend(item.values() if kind is dict else item)
            elif kind is Unknown:
                found |= 1
            elif kind is Secret:
                found |= 2
        level, level_number = below, level_number + 1
        if level_number > MAX_LEVELS:
            raise EvaluationFailed(_TOO_NESTED)
    return found


_TOO_NESTED = "The template evaluation exceeds the limit of nesting."


def uncover(value: Any) -> Any:
    """Take secrets' wrapping off, at any depth."""
    kind = type(value)
    if kind is Secret:
        return uncover(value.value)
    if kind is dict:
        return {key: uncover(item) for key, item in value.items()}
    if kind is list:
        return [uncover(item) for item in value]
    return value


# ---- residual expressions ----------------------------------------------------------------------------------


def to_tree(value: Any) -> Expression:
    """Write a value as an expression; an unknown as what is left of it, a secret as where it came from."""
    tree: Expression = _TREES[type(value)](value)
    return tree


def _object_tree(value: dict[str, Any]) -> Expression:
    return Call("createObject", tuple([part for key, item in value.items() for part in (Text(key), to_tree(item))]))


def _lambda_tree(value: Lambda) -> Expression:
    from amlctl.arm.reduction import reduce_lambda

    return reduce_lambda(value)


_SOME_SECRET = Call("parameters", (Text("secret"),))
_TREES: dict[type, Any] = {
    str: Text,
    bool: lambda value: Call("true" if value else "false"),
    int: Integer,
    float: lambda value: Call("json", (Text(repr(value)),)),
    type(None): lambda value: Call("null"),  # noqa: ARG005
    list: lambda value: Call("createArray", tuple([to_tree(item) for item in value])),
    dict: _object_tree,
    Unknown: lambda value: value.tree,
    Secret: lambda value: value.tree or _SOME_SECRET,
    Lambda: _lambda_tree,
}


def residual(name: str, arguments: list[Any]) -> Unknown:
    """The call that stays because an argument is unknown; it keeps the first cause and every dependency."""
    return derived(Call(name, tuple([to_tree(value) for value in arguments])), arguments)


def derived(tree: Expression, sources: list[Any]) -> Unknown:
    """An unknown with this tree whose cause lies in the unknown leaves of the sources."""
    first: Unknown | None = None
    depends: dict[str, None] = {}
    secret = False
    for leaf in _leaves(sources):
        if type(leaf) is Secret:
            secret = True
            continue
        first = first or leaf
        depends.update(dict.fromkeys(leaf.depends_on))
        secret = secret or leaf.secret
    kind, reason = (first.kind, first.reason) if first else ("error", "")
    return Unknown(_bounded(tree), kind, reason, tuple(depends), secret)


def _bounded(tree: Expression) -> Expression:
    """Keep a residual expression printable: trees share branches, so a few variables can stand for no end of text."""
    left, todo = MAX_NODES, [tree]
    while todo:
        node = todo.pop()
        kind = type(node)
        left -= 1 + (len(node.value) // 100 if type(node) is Text else 0)
        if left < 0:
            name = tree.name if type(tree) is Call else "json"
            return Call(name, (Text("…"),))
        if kind is Call:
            todo.extend(node.arguments)  # type: ignore[union-attr]
        elif kind is Access:
            todo += (node.base, node.key)  # type: ignore[union-attr]
    return tree


def _leaves(sources: list[Any]) -> list[Any]:
    found: list[Any] = []
    todo = list(reversed(sources))
    while todo and len(found) < 10_000:
        item = todo.pop()
        kind = type(item)
        if kind is dict:
            todo.extend(reversed(item.values()))
        elif kind is list:
            todo.extend(reversed(item))
        elif kind is Unknown or kind is Secret:
            found.append(item)
        elif kind is Lambda:
            todo.append(_lambda_unknown(item))
    return found


def _lambda_unknown(value: Lambda) -> Unknown | None:
    from amlctl.arm.reduction import lambda_cause

    return lambda_cause(value)


# ---- properties and indexes --------------------------------------------------------------------------------


def _access(node: Access, env: Environment) -> Any:
    keys: list[Expression] = []
    base: Expression = node
    while type(base) is Access:
        keys.append(base.key)
        base = base.base
    value = evaluate(base, env)
    for key in reversed(keys):
        value = select(value, key.value if type(key) is Text else evaluate(key, env))
    return value


def select(value: Any, key: Any) -> Any:
    """Give a property or an item of a value; of an unknown, the longer unknown. Raises EvaluationFailed."""
    kind = type(value)
    if kind is dict and type(key) is str:
        if key in value:
            return value[key]
        return _property_without_case(value, key)
    if kind is Unknown or type(key) is Unknown:
        item = known_item(value, key) if kind is Unknown else None
        if item is not None:
            return item
        return derived(Access(to_tree(value), to_tree(key)), [value, key])
    if kind is Secret or type(key) is Secret:
        inner = select(uncover(value), uncover(key))
        tree = Access(to_tree(value), to_tree(key))
        return Secret(inner, tree) if type(inner) in (str, dict, list) else inner
    if kind is list and type(key) is int:
        if 0 <= key < len(value):
            return value[key]
        message = f"The language expression property array index '{key}' is out of bounds."
        raise EvaluationFailed(message)
    message = f"The language expression property '{key}' can't be evaluated."
    raise EvaluationFailed(message)


def _property_without_case(value: dict[str, Any], key: str) -> Any:
    found = find_key(value, key)
    if found is not None:
        return value[found]
    names = ", ".join(value)[:1000]
    message = f"The language expression property '{key}' doesn't exist, available properties are '{names}'."
    raise EvaluationFailed(message)


def find_key(value: dict[str, Any], key: str) -> str | None:
    """Find a key of an object without regard to case; the exact spelling wins."""
    if key in value:
        return key
    wanted = key.lower()
    return next((name for name in value if name.lower() == wanted), None)


# ---- JSON with expressions in it ---------------------------------------------------------------------------


def evaluate_text(text: str, env: Environment) -> Any:
    """Give the value of a template's string: an expression, an escaped text or the text itself."""
    if text[:1] != "[" or text[-1:] != "]":
        return text
    if text[1:2] == "[":
        return text[1:]
    value = evaluate(parse_expression(text[1:-1]), env)
    if type(value) is Lambda:
        message = "The template function 'lambda' is not expected at this location."
        raise EvaluationFailed(message)
    return value


def evaluate_json(value: Any, env: Environment) -> Any:
    """Evaluate every expression inside a JSON value (keys of objects too)."""
    kind = type(value)
    if kind is str:
        return evaluate_text(value, env)
    if kind is dict:
        env.budget.spend(len(value))
        return {_key(key, env): evaluate_json(item, env) for key, item in value.items()}
    if kind is list:
        env.budget.spend(len(value))
        return [evaluate_json(item, env) for item in value]
    return value


def _key(key: str, env: Environment) -> str:
    if not key.startswith("["):
        return key
    value = evaluate_text(key, env)
    if type(value) is Unknown:
        return value.text
    value = uncover(value)
    return value if type(value) is str else key


def has_expression(value: Any) -> bool:
    """Tell whether a JSON value holds any expression."""
    kind = type(value)
    if kind is str:
        return is_expression(value) or value[:2] == "[["
    if kind is dict:
        return any(has_expression(item) or is_expression(key) for key, item in value.items())
    return kind is list and any(has_expression(item) for item in value)


FUNCTIONS: dict[str, Any] = {}


def find_function(name: str) -> Any | None:
    """Find a built-in function without regard to case and remember the spelling; None where there is none."""
    if not FUNCTIONS:
        from amlctl.arm.functions import load

        FUNCTIONS.update(load())
    function = FUNCTIONS.get(name.lower())
    if function is not None and len(FUNCTIONS) < 5_000:
        FUNCTIONS[name] = function
    return function
