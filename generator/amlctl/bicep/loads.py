"""``loadTextContent``, ``loadFileAsBase64``, ``loadJsonContent``, ``loadYamlContent``, ``loadDirectoryFileInfo``.

Source: Semantics/Namespaces/SystemNamespaceType.cs (result builders of the load functions).
"""

from __future__ import annotations

import posixpath
from base64 import b64encode
from collections.abc import Callable
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from amlctl.bicep import jsonpath, jsontext, syntax
from amlctl.bicep.source import beside, relative_to
from amlctl.bicep.symbols import VARIABLE
from amlctl.bicep.values import Unsupported

if TYPE_CHECKING:
    from amlctl.bicep.unit import Unit

Node = syntax.Node

MAX_TEXT = 131_072
MAX_JSON = 1_048_576
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf-16": "utf-16-le",
    "utf-16be": "utf-16-be",
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def load(unit: Unit, node: Node) -> Any:
    """Give what a load function gives, as JSON data."""
    return _LOADERS[node.name](unit, node)


def constant_text(unit: Unit, node: Node) -> str:
    """Give a text that is known while compiling."""
    kind = type(node)
    if kind is syntax.String:
        return str(node.value)
    if kind in (syntax.Parens, syntax.NonNull):
        return constant_text(unit, node[2])
    if kind is syntax.Interpolated:
        values = [constant_text(unit, value) for value in node.values]
        return str(node.texts[0]) + "".join(value + text for value, text in zip(values, node.texts[1:], strict=True))
    if kind is syntax.Variable:
        symbol = unit.model.bound.get(node.at)
        if symbol is not None and symbol.kind == VARIABLE:
            return constant_text(unit, symbol.node.value)
    raise Unsupported(node, "The value must be a compile-time constant.", "BCP032")


def _path(unit: Unit, node: Node) -> str:
    if not node.arguments:
        raise Unsupported(node, "Expected 1 argument, but got 0.", "BCP071")
    argument = node.arguments[0]
    path = constant_text(unit, argument)
    if not path:
        raise Unsupported(argument, "The specified path is empty.", "BCP050")
    if path.startswith("/"):
        raise Unsupported(
            argument,
            "The specified path seems to reference an absolute path. Files must be referenced using relative paths.",
            "BCP051",
        )
    if "\\" in path:
        raise Unsupported(
            argument,
            'The specified file path contains a "\\" character. Use "/" instead as the directory separator character.',
            "BCP098",
        )
    return beside(unit.model.file, path)


def _read(unit: Unit, node: Node) -> bytes:
    path = _path(unit, node)
    try:
        return unit.compiler.read(path)
    except OSError as error:
        raise unreadable(node.arguments[0], path, error) from None


def unreadable(node: Node, path: str, error: OSError) -> Unsupported:
    """Make the finding about a file that cannot be read."""
    reason = f"Could not find file '{path}'" if isinstance(error, FileNotFoundError) else str(error)
    return Unsupported(node, f"An error occurred reading file. {reason}.", "BCP091")


def _text(unit: Unit, node: Node, encoding_at: int, limit: int) -> str:
    content = _read(unit, node)
    encoding = "utf-8"
    if len(node.arguments) > encoding_at:
        encoding = _ENCODINGS.get(constant_text(unit, node.arguments[encoding_at]).lower(), "utf-8")
    for mark, marked in _MARKS:
        if content.startswith(mark):
            content, encoding = content[len(mark) :], marked
            break
    text = content.decode(encoding, "replace")
    if len(text) > limit:
        raise Unsupported(
            node.arguments[0],
            f'Unable to load file. Maximum size of "{limit}" characters has been exceeded.',
            "BCP184",
        )
    return text


def _load_text(unit: Unit, node: Node) -> str:
    return _text(unit, node, 1, MAX_TEXT)


def _load_base64(unit: Unit, node: Node) -> str:
    content = _read(unit, node)
    if len(content) > MAX_TEXT // 4 * 3:
        raise Unsupported(
            node.arguments[0],
            f'Unable to load file. Maximum size of "{MAX_TEXT // 4 * 3}" bytes has been exceeded.',
            "BCP184",
        )
    return b64encode(content).decode("ascii")


def _load_json(unit: Unit, node: Node) -> Any:
    text = _text(unit, node, 2, MAX_JSON)
    try:
        value = jsontext.loads(text)
    except ValueError:
        raise Unsupported(
            node.arguments[0], "Unable to parse literal JSON value. Please ensure that it is well-formed.", "BCP186"
        ) from None
    return _selected(unit, node, value)


def _load_yaml(unit: Unit, node: Node) -> Any:
    text = _text(unit, node, 2, MAX_JSON)
    try:
        value = unit.compiler.files.load_yaml(text)
    except ValueError as error:
        raise Unsupported(node.arguments[0], f"Unable to parse literal YAML value: {error}.", "BCP340") from None
    return _selected(unit, node, value)


def _selected(unit: Unit, node: Node, value: Any) -> Any:
    if len(node.arguments) < 2:
        return value
    try:
        found = jsonpath.select(value, constant_text(unit, node.arguments[1]))
    except (ValueError, TypeError, KeyError):
        found = []
    if not found:
        raise Unsupported(
            node.arguments[1],
            "The specified JSONPath does not exist in the given file or is invalid.",
            "BCP235",
        )
    return found[0] if len(found) == 1 else found


def _load_directory(unit: Unit, node: Node) -> list[dict[str, str]]:
    folder = _path(unit, node)
    try:
        paths = unit.compiler.files.list_directory(folder)
    except OSError:
        raise Unsupported(
            node.arguments[0],
            f'Directory "{folder}" does not exist or additional permissions are necessary to access it.',
            "BCP430",
        ) from None
    pattern = constant_text(unit, node.arguments[1]) if len(node.arguments) > 1 else "*"
    entries = []
    for path in paths:
        name = posixpath.basename(path)
        if fnmatch(name, pattern or "*"):
            relative = relative_to(path, unit.model.file)
            entries.append({"relativePath": relative, "baseName": name, "extension": posixpath.splitext(name)[1]})
    return sorted(entries, key=lambda entry: entry["relativePath"].upper())


def _environment_variable(unit: Unit, node: Node) -> str:
    name = constant_text(unit, node.arguments[0])
    value = unit.compiler.files.environment_variable(name)
    if value is None and len(node.arguments) > 1:
        return constant_text(unit, node.arguments[1])
    if value is None:
        raise Unsupported(
            node.arguments[0],
            f'Failed to evaluate parameter: Environment variable "{name}" does not exist, and no default value set.',
            "BCP338",
        )
    return value


_LOADERS: dict[str, Callable[[Unit, Node], Any]] = {
    "loadTextContent": _load_text,
    "loadFileAsBase64": _load_base64,
    "loadJsonContent": _load_json,
    "loadYamlContent": _load_yaml,
    "loadDirectoryFileInfo": _load_directory,
    "readEnvironmentVariable": _environment_variable,
}
