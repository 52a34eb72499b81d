"""The signature table: what each built-in function is called, which arguments it takes and of which types.

A signature is one word an argument: `s` text, `i` integer, `b` boolean, `a` array, `o` object, `f` lambda, `n` null,
`x` anything, joined by `|`; a trailing `?` makes it optional, `*` lets it repeat from none, `+` from one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.arm.engine import Lambda
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.values import Secret, Unknown
from amlctl.records import NamedTuple

_LETTERS: dict[str, tuple[type, ...]] = {
    "s": (str,),
    "i": (int,),
    "d": (int, float),
    "b": (bool,),
    "a": (list,),
    "o": (dict,),
    "f": (Lambda,),
    "n": (type(None),),
}
NAMES = {
    str: "String",
    int: "Integer",
    bool: "Boolean",
    float: "Float",
    list: "Array",
    dict: "Object",
    type(None): "Null",
    Lambda: "Lambda",
    Unknown: "Unknown",
    Secret: "String",
}
_MANY = 1 << 30
_ANYTHING = frozenset((str, int, bool, list, dict))


class Function(NamedTuple):
    """A built-in function.

    `form` functions get the call itself and its environment and evaluate what they need; others get values. `shallow`
    ones may be given containers with unknown leaves, `open` ones unknown and secret arguments too. `least`, `most`:
    how many arguments. `types`: what each may be, the last one repeating; None for anything.
    """

    name: str
    run: Callable[..., Any]
    least: int
    most: int
    types: tuple[frozenset[type] | None, ...]
    shallow: bool
    form: bool
    open: bool = False

    def check(self, name: str, values: list[Any]) -> None:
        """Compare the values with the signature. Raises EvaluationFailed."""
        types = self.types
        last = len(types) - 1
        for at, value in enumerate(values):
            allowed = types[min(last, at)]
            kind = type(value)
            if (kind not in allowed) if allowed is not None else kind is Lambda:
                raise _wrong_type(name, at, value, allowed or _ANYTHING)


def _wrong_type(name: str, at: int, value: Any, allowed: frozenset[type]) -> EvaluationFailed:
    wanted = " or ".join(sorted({NAMES[kind] for kind in allowed}))
    found = NAMES.get(type(value), "Unknown")
    message = (
        f"The template language function '{name}' expects its parameter number '{at + 1}' to be of type '{wanted}'. "
    )
    return EvaluationFailed(
        f"{message}The provided value is of type '{found}'. Please see https://aka.ms/arm-functions for usage details."
    )


REGISTRY: dict[str, Function] = {}


def built_in(
    name: str, signature: str = "", *, shallow: bool = False, form: bool = False, opened: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function into the table under its name."""
    least, most, types = _read(signature)

    def enter(run: Callable[..., Any]) -> Callable[..., Any]:
        REGISTRY[name.lower()] = Function(name, run, least, most, types, shallow, form, opened)
        return run

    return enter


def _read(signature: str) -> tuple[int, int, tuple[frozenset[type] | None, ...]]:
    least = most = 0
    types: list[frozenset[type] | None] = []
    for word in signature.split():
        letters = word.rstrip("?*+")
        ending = word[len(letters) :]
        least += ending in ("", "+")
        most = _MANY if ending in ("*", "+") else most + 1
        types.append(
            None if "x" in letters else frozenset(t for letter in letters.split("|") for t in _LETTERS[letter])
        )
    return least, most, tuple(types) or (None,)
