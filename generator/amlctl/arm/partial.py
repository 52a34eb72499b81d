"""What is certain about a text of which only the beginning is known: `format('/subscriptions/1/x/{0}', unknown)`.

The id of a resource with an unknown name is not empty, starts with its subscription, and its parts before the name
can be split off. Only what holds for every value of the unknown part is answered; None means: nothing is certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from amlctl.arm.tree import Access, Call, Expression, Text
from amlctl.arm.values import Unknown

_PIECE = re.compile(r"\{\{|\}\}|\{(\d+)\}|[{}]|[^{}]+")
_WORDS = """
format concat tolower toupper trim uniquestring guid string replace substring padleft base64 join utcnow newguid uri
datetimeadd datetimefromepoch resourceid subscriptionresourceid extensionresourceid tenantresourceid
"""
_TEXTS = frozenset(_WORDS.split())
"""Functions that never give null."""
_ALPHABETS = {
    "uniquestring": frozenset("abcdefghijklmnopqrstuvwxyz234567"),
    "guid": frozenset("0123456789abcdef-"),
    "newguid": frozenset("0123456789abcdef-"),
    "length": frozenset("0123456789"),
    "int": frozenset("0123456789-"),
}
"""Functions whose result has only these letters."""
_SAME_LETTERS = frozenset(("substring", "take", "skip", "trim", "first", "last"))
_NAMES = frozenset(("subscriptionid", "tenantid", "name"))


def is_never_null(tree: Expression) -> bool:
    """Tell whether an expression cannot be null."""
    return type(tree) is Text or (type(tree) is Call and tree.name.lower() in _TEXTS)


def beginning(tree: Expression) -> tuple[str, bool]:
    """Give the text that an expression surely starts with, and whether that is all of it."""
    if type(tree) is Text:
        return tree.value, True
    if type(tree) is not Call or not tree.arguments:
        return "", False
    name = tree.name.lower()
    if name == "format" and type(tree.arguments[0]) is Text:
        return _of_format(tree.arguments[0].value, tree.arguments[1:])
    return _of_parts(tree.arguments) if name == "concat" and type(tree.arguments[0]) is Text else ("", False)


def _of_format(text: str, values: tuple[Expression, ...]) -> tuple[str, bool]:
    parts: list[Expression] = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        if match[1] is not None and int(match[1][:6]) < len(values):
            parts.append(values[int(match[1][:6])])
        elif piece in ("{{", "}}"):
            parts.append(Text(piece[0]))
        elif piece[0] in "{}":
            return _of_parts(tuple(parts))[0], False
        else:
            parts.append(Text(piece))
    return _of_parts(tuple(parts))


def _of_parts(parts: tuple[Expression, ...]) -> tuple[str, bool]:
    found = ""
    for part in parts:
        text, whole = beginning(part)
        found += text
        if not whole:
            return found, False
    return found, True


def known_item(value: Unknown, index: Any) -> str | None:
    """Give an item of `split(text, '/')` that lies wholly in the known beginning of the text."""
    tree = value.tree
    if type(tree) is not Call or tree.name.lower() != "split" or type(index) is not int or len(tree.arguments) != 2:
        return None
    mark = tree.arguments[1]
    if type(mark) is not Text or not mark.value or index < 0:
        return None
    pieces = beginning(tree.arguments[0])[0].split(mark.value)
    return pieces[index] if index < len(pieces) - 1 else None


def lacks(tree: Expression, mark: str) -> bool:
    """Tell whether the text of an expression surely has no `mark` (one letter) in it."""
    if type(tree) is Text:
        return mark not in tree.value
    if type(tree) is Access:
        return mark == "/" and type(tree.key) is Text and tree.key.value.lower() in _NAMES and type(tree.base) is Call
    if type(tree) is not Call:
        return not mark.isdigit() and mark != "-"
    name = tree.name.lower()
    if name in _ALPHABETS:
        return mark not in _ALPHABETS[name]
    if name in _SAME_LETTERS:
        return lacks(tree.arguments[0], mark)
    if name in ("tolower", "toupper"):
        return mark.lower() == mark.upper() and lacks(tree.arguments[0], mark)
    return name in ("format", "concat", "replace") and all(lacks(part, mark) for part in tree.arguments)


def _flat(tree: Expression) -> list[Expression]:
    """Take `format` and `concat` apart into texts and what is unknown between them."""
    if type(tree) is not Call or not tree.arguments or type(tree.arguments[0]) is not Text:
        return [tree]
    if tree.name.lower() == "concat":
        return [part for argument in tree.arguments for part in _flat(argument)]
    if tree.name.lower() != "format":
        return [tree]
    parts: list[Expression] = []
    for match in _PIECE.finditer(tree.arguments[0].value):
        piece = match[0]
        if match[1] is not None and int(match[1][:6]) + 1 < len(tree.arguments):
            parts += _flat(tree.arguments[int(match[1][:6]) + 1])
        elif piece in ("{{", "}}") or piece[0] not in "{}":
            parts.append(Text(piece[0] if piece in ("{{", "}}") else piece))
        else:
            return [tree]
    return parts


def split_parts(whole: Unknown, mark: str) -> list[Any] | None:
    """Split a text at a mark that its unknown parts surely lack; the items may be unknown. None where that is open."""
    parts = _flat(whole.tree)
    if len(mark) != 1 or not all(type(part) is Text or lacks(part, mark) for part in parts):
        return None
    items: list[list[Expression]] = [[]]
    for part in parts:
        if type(part) is not Text:
            items[-1].append(part)
            continue
        first, *rest = part.value.split(mark)
        items[-1].append(Text(first))
        items += [[Text(piece)] for piece in rest]
    return [_item(item, whole) for item in items]


def _item(parts: list[Expression], whole: Unknown) -> Any:
    open_parts = [part for part in parts if type(part) is not Text]
    if not open_parts:
        return "".join(part.value for part in parts if type(part) is Text)
    text, number = "", 0
    for part in parts:
        if type(part) is Text:
            text += part.value.replace("{", "{{").replace("}", "}}")
        else:
            text += f"{{{number}}}"
            number += 1
    tree = open_parts[0] if text == "{0}" else Call("format", (Text(text), *open_parts))
    return whole._replace(tree=tree)


def decide(name: str, arguments: list[Any]) -> Any | None:
    """Give the result of a call with an unknown text where it is certain all the same; None where it is not."""
    rule = _RULES.get(name.lower())
    if rule is None or type(arguments[0]) is not Unknown:
        return None
    start = beginning(arguments[0].tree)[0]
    return rule(start, arguments) if start or rule is _split else None


def _empty(start: str, _arguments: list[Any]) -> bool | None:
    return False if start else None


def _contains(start: str, arguments: list[Any]) -> bool | None:
    return True if type(arguments[1]) is str and arguments[1] in start else None


def _starts_with(start: str, arguments: list[Any]) -> bool | None:
    wanted = arguments[1]
    if type(wanted) is not str:
        return None
    lower, low_wanted = start.lower(), wanted.lower()
    if lower.startswith(low_wanted):
        return True
    return None if low_wanted.startswith(lower) else False


def _equals(start: str, arguments: list[Any]) -> bool | None:
    other = arguments[1]
    if other is None:
        return False if is_never_null(arguments[0].tree) else None
    return False if type(other) is str and not other.startswith(start) else None


def _take(start: str, arguments: list[Any]) -> str | None:
    count = arguments[1]
    return start[:count] if type(count) is int and 0 <= count <= len(start) else None


def _substring(start: str, arguments: list[Any]) -> str | None:
    if len(arguments) != 3 or type(arguments[1]) is not int or type(arguments[2]) is not int:
        return None
    first, count = arguments[1], arguments[2]
    return start[first : first + count] if first >= 0 and count >= 0 and first + count <= len(start) else None


def _split(_start: str, arguments: list[Any]) -> list[Any] | None:
    return split_parts(arguments[0], arguments[1]) if type(arguments[1]) is str else None


_RULES: dict[str, Callable[[str, list[Any]], Any]] = {
    "empty": _empty,
    "contains": _contains,
    "startswith": _starts_with,
    "equals": _equals,
    "take": _take,
    "substring": _substring,
    "split": _split,
}
