"""JSONPath as ``loadJsonContent`` takes it (Newtonsoft's SelectTokens): names, indexes, slices, ``..`` and filters."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_NAME = re.compile(r"[^.\[\]\s]+")
_BRACKET = re.compile(r"\s*(?:(?P<star>\*)|(?P<filter>\?\()|(?P<rest>[^\]]*))")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_COMPARISON = re.compile(r"\s*(==|!=|<>|<=|>=|<|>|=~)\s*")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
Step = Callable[[Any], Iterator[Any]]


def select(value: Any, path: str) -> list[Any]:
    """Give the parts of a value that a path names; a ValueError where the path is not understood."""
    found = [value]
    for step in _steps(path.strip()):
        found = [part for each in found for part in step(each)]
    return found


def _steps(path: str) -> list[Step]:
    at = 1 if path.startswith("$") else 0
    steps: list[Step] = []
    while at < len(path):
        deep = path.startswith("..", at)
        if deep:
            steps.append(_descendants)
            at += 2
        elif path[at] == ".":
            at += 1
        if at < len(path) and path[at] == "[":
            step, at = _bracket(path, at + 1)
            steps.append(step)
            continue
        name = _NAME.match(path, at)
        if name is None:
            raise ValueError(f"unexpected end of the path: {path}")
        at = name.end()
        steps.append(_every if name.group(0) == "*" else _named(name.group(0)))
    return steps


def _bracket(path: str, at: int) -> tuple[Step, int]:
    match = _BRACKET.match(path, at)
    assert match is not None
    if match.group("filter"):
        end = _closing(path, match.end())
        return _filtered(path[match.end() : end]), _expect(path, end + 1)
    quoted = _QUOTED.match(path, at)
    if quoted:
        names = [(quoted.group(1) or quoted.group(2) or "").replace("\\'", "'")]
        at = quoted.end()
        while more := re.compile(r"\s*,\s*").match(path, at):
            quoted = _QUOTED.match(path, more.end())
            if quoted is None:
                raise ValueError(f"a quoted name is missing: {path}")
            names.append(quoted.group(1) or quoted.group(2) or "")
            at = quoted.end()
        return _named(*names), _expect(path, at)
    if match.group("star"):
        return _every, _expect(path, match.end())
    return _numbers(match.group("rest").strip()), _expect(path, match.end())


def _expect(path: str, at: int) -> int:
    while at < len(path) and path[at] == " ":
        at += 1
    if at >= len(path) or path[at] != "]":
        raise ValueError(f"a closing bracket is missing: {path}")
    return at + 1


def _closing(path: str, at: int) -> int:
    depth = 1
    while at < len(path):
        quoted = _QUOTED.match(path, at)
        if quoted:
            at = quoted.end()
            continue
        depth += (path[at] == "(") - (path[at] == ")")
        if depth == 0:
            return at
        at += 1
    raise ValueError(f"a closing parenthesis is missing: {path}")


def _named(*names: str) -> Step:
    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            yield from (value[name] for name in names if name in value)

    return step


def _numbers(text: str) -> Step:
    if ":" in text:
        slice_ = slice(*(int(part) if part.strip() else None for part in text.split(":")))
        return lambda value: iter(value[slice_] if isinstance(value, list) else ())
    numbers = [int(part) for part in text.split(",")]

    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, list):
            yield from (value[number] for number in numbers if -len(value) <= number < len(value))

    return step


def _every(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _descendants(value: Any) -> Iterator[Any]:
    yield value
    for part in _every(value):
        yield from _descendants(part)


def _filtered(text: str) -> Step:
    test = _condition(text.strip())

    def step(value: Any) -> Iterator[Any]:
        yield from (part for part in _every(value) if test(part))

    return step


def _condition(text: str) -> Callable[[Any], bool]:
    for mark, join in (("||", any), ("&&", all)):
        parts = _split(text, mark)
        if len(parts) > 1:
            return _joined([_condition(part) for part in parts], join)
    if text.startswith("(") and text.endswith(")"):
        return _condition(text[1:-1].strip())
    found = next((m for m in _COMPARISON.finditer(text) if not _in_quotes(text, m.start())), None)
    if found is None:
        steps = _steps(text.removeprefix("@"))
        return lambda value: bool(_walk(value, steps))
    left, right = _operand(text[: found.start()].strip()), _operand(text[found.end() :].strip())
    if found.group(1) == "=~":
        return lambda value: _matches(left(value), right(value))
    compare = _OPERATORS[found.group(1)]
    return lambda value: any(_compare(compare, a, b) for a in left(value) for b in right(value))


def _joined(tests: list[Callable[[Any], bool]], join: Callable[[Iterable[bool]], bool]) -> Callable[[Any], bool]:
    return lambda value: join(test(value) for test in tests)


def _compare(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if _family(left) != _family(right) and compare not in (operator.eq, operator.ne):
        return False
    return compare(left, right)


def _family(value: Any) -> str:
    """Numbers compare with numbers, texts with texts."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if is_number else type(value).__name__


def _matches(texts: list[Any], patterns: list[Any]) -> bool:
    return any(re.search(pattern, text) for text in texts for pattern in patterns if isinstance(text, str))


def _walk(value: Any, steps: list[Step]) -> list[Any]:
    found = [value]
    for step in steps:
        found = [part for each in found for part in step(each)]
    return found


def _operand(text: str) -> Callable[[Any], list[Any]]:
    if text.startswith("@"):
        steps = _steps(text[1:])
        return lambda value: _walk(value, steps)
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        constant: Any = quoted.group(1) or quoted.group(2) or ""
    elif text.startswith("/"):
        body, _, flags = text[1:].rpartition("/")
        constant = ("(?i)" if "i" in flags else "") + body
    elif text in ("true", "false", "null"):
        constant = {"true": True, "false": False, "null": None}[text]
    else:
        constant = float(text) if "." in text else int(text)
    return lambda _: [constant]


def _split(text: str, mark: str) -> list[str]:
    parts, start, depth, at = [], 0, 0, 0
    while at < len(text):
        quoted = _QUOTED.match(text, at)
        if quoted:
            at = quoted.end()
            continue
        depth += (text[at] in "([") - (text[at] in ")]")
        if depth == 0 and text.startswith(mark, at):
            parts.append(text[start:at].strip())
            at = start = at + len(mark)
            continue
        at += 1
    parts.append(text[start:].strip())
    return parts


def _in_quotes(text: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in _QUOTED.finditer(text))
