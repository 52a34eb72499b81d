"""Other files: what a module takes and gives, what may be imported, what a load function reads.

A ``Session`` keeps what was read, so that a file is parsed once however often it is used.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from amlctl.bicep import syntax as s
from amlctl.bicep.cache import artifact, is_registry_reference
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.types import Type
from amlctl.bicep.jsontext import loads
from amlctl.records import NamedTuple

if TYPE_CHECKING:
    from amlctl.bicep.cache import Artifact
    from amlctl.bicep.checks import functions as f
    from amlctl.bicep.checks.bind import Symbol
    from amlctl.bicep.config import Configuration
    from amlctl.bicep.source import Files

Node = s.Node
_FORBIDDEN = frozenset('"*:<>?|\\')
_NAME = t.Str(1, 64, 0, r"^[-\w._()]+$")
_IDENTITY = t.Obj("identity", {
    "type": t.Prop(t.Union((t.StrLit("None"), t.StrLit("UserAssigned"))), t.REQUIRED | t.DEPLOY_TIME),
    "userAssignedIdentities": t.Prop(t.Obj("userAssignedIdentities", {}, t.Prop(t.OBJECT)), t.DEPLOY_TIME),
})  # fmt: skip
MAX_NESTING = 40


class Interface(NamedTuple):
    """What a file shows to others: target scope, parameters, outputs, exports, whether it has errors."""

    scope: int
    parameters: dict[str, t.Prop]
    outputs: dict[str, t.Prop]
    exports: dict[str, Type]
    has_errors: bool = False
    template: bool = False


class Session:
    """Files that were read for the checks of one compilation."""

    __slots__ = ("_checkers", "_configurations", "_cyclic", "_interfaces", "_open", "_parsed", "files", "loose")

    def __init__(
        self,
        files: Files,
        parsed: dict[str, s.ParseResult] | None = None,
        configurations: dict[str, Configuration] | None = None,
    ) -> None:
        self.files = files
        self._parsed: dict[str, s.ParseResult] = dict(parsed or ())
        self._checkers: dict[str, Checker] = {}
        self._interfaces: dict[str, Interface | None] = {}
        self._open: list[str] = []
        self._cyclic: set[str] = set()
        self._configurations: dict[str, Configuration] = {} if configurations is None else configurations

    # --- reading ---

    def parsed(self, path: str, text: str | None = None) -> s.ParseResult:
        """Parse a file once; an OSError where it cannot be read."""
        from amlctl.bicep.parser import parse

        found = self._parsed.get(path)
        if found is None:
            text = self.files.read(path).decode("utf-8-sig", "replace") if text is None else text
            found = self._parsed[path] = parse(text, path)
        return found

    def interface(self, path: str) -> Interface | None:
        """Give what a .bicep or .json file shows; None where it lies on a cycle of files. OSError: not there."""
        if path in self._open:
            self._cyclic.update(self._open[self._open.index(path) :])
            return None
        if len(self._open) > MAX_NESTING:
            return None
        if path not in self._interfaces:
            self._open.append(path)
            try:
                self._interfaces[path] = self._template(path) if _is_template(path) else self._bicep(path)
            finally:
                self._open.pop()
        return self._interfaces[path]

    def _bicep(self, path: str) -> Interface:
        from amlctl.bicep.checks import run

        result = self.parsed(path)
        c = run(result, self, path)
        if not self._cyclic:
            self._checkers[path] = c
        wrong = any(report.level == "error" for report in c.reports) or any(
            finding.level == "error" for finding in result.findings
        )
        return _of_checker(c, wrong)

    def _template(self, path: str) -> Interface:
        from amlctl.bicep.checks.armtypes import interface_of

        return interface_of(loads(self.files.read(path).decode("utf-8-sig", "replace")))

    def analyzers(self, path: str) -> dict[str, Any]:
        """Give the object ``analyzers.core`` of the bicepconfig.json that holds for a file."""
        found = self._configuration(path).get("analyzers", "core")
        return found if isinstance(found, dict) else {}

    def is_enabled(self, path: str, feature: str) -> bool:
        """Tell whether bicepconfig.json switches an experimental feature on."""
        return self._configuration(path).get("experimentalFeaturesEnabled", feature) is True

    def _configuration(self, path: str) -> Configuration:
        from amlctl.bicep.config import find_configuration

        return find_configuration(self.files, path, self._configurations)

    def begin(self, path: str, result: s.ParseResult) -> Checker | None:
        """Note the file that is being checked, so that a file that uses itself is found; its checks if they are done.

        They are done where another file that was checked before refers to this one.
        """
        self._open[:] = [posixpath.normpath(path)]
        found = self._checkers.get(path)
        return found if found is not None and found.tree is result.tree else None

    # --- names from elsewhere ---

    def imported(self, c: Checker, symbol: Symbol) -> Type:
        """Give what an imported name is: a type, a function, a value, or a namespace for ``* as``."""
        if symbol.kind == "extension":
            return t.ANY
        node = symbol.data if symbol.kind == "import" else symbol.node
        found = self._import_target(c, node, False)
        if found is None:
            remote = type(node.path) is s.String and is_registry_reference(node.path.value)
            return t.ANY if remote else t.ERROR
        if symbol.kind == "wildcard":
            return _namespace(symbol.name, found)
        return found.exports.get(symbol.node.name, t.ERROR)

    def _import_target(self, c: Checker, node: s.Import, report: bool) -> Interface | None:
        return self._target(c, node.path, report, "BCP358")

    def check_import(self, c: Checker, node: s.Import) -> None:
        """Report an import whose file is not there or that names what it does not show."""
        found = self._import_target(c, node, True)
        if found is None:
            return
        names = [item.name for item in _items_from(c, node.path.value)]
        for item in node.items:
            if type(item) is not s.ImportItem:
                continue
            if item.name and item.name not in found.exports:
                c.report("BCP360", item.at, item.at + 1, item.name)
            elif names.count(item.name) > 1:
                c.report("BCP362", item.at, item.end, item.name)

    def check_test(self, c: Checker, node: s.Test) -> None:
        """Report a test whose file is not there."""
        self._target(c, node.path, True, "BCP358")

    def check_extension(self, c: Checker, node: s.Extension) -> None:
        """Say that extensions are not supported here."""

    # --- paths ---

    def _target(self, c: Checker, path: Node, report: bool, missing: str) -> Interface | None:
        if type(path) is s.String and is_registry_reference(path.value):
            return self._remote(c, path, report)
        text = self.local_path(c, path, report, missing)
        if text is None:
            return None
        try:
            found = self.interface(text)
        except (OSError, ValueError) as error:
            if report:
                c.report(_reading_code(error, path.value, text), path.at, path.end, path.value)
            return None
        own = posixpath.normpath(c.file)
        if found is None or (text in self._cyclic and own in self._cyclic):
            if report:
                c.report("BCP094" if own == text else "BCP095", path.at, path.end, text)
            return None
        return found

    def _remote(self, c: Checker, path: s.String, report: bool) -> Interface | None:
        """Give what an artifact of the module cache shows; None where it is not there, which the compiler reports."""
        found = artifact(self.files, self._configuration(c.file), path.value)
        if found.fault:
            if report:
                c.report(found.code, path.at, path.end, path.value)
            return None
        if found.path not in self._interfaces:
            self._interfaces[found.path] = self._artifact(found)
        return self._interfaces[found.path]

    def _artifact(self, found: Artifact) -> Interface | None:
        from amlctl.bicep.checks.armtypes import interface_of

        try:
            template = loads(self.files.read(found.path).decode("utf-8-sig", "replace"))
            return interface_of(template["properties"]["mainTemplate"] if found.template_spec else template)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def local_path(self, c: Checker, path: Node, report: bool, missing: str) -> str | None:
        """Give the path of a file that a statement names; None where it is no local path, which is reported."""
        if type(path) is not s.String:
            if report and type(path) is s.Interpolated:
                c.report("BCP092", path.at, path.end)
            elif report and type(path) is s.Skipped:
                c.report(missing, path.at, path.end)
            return None
        text = path.value
        if is_registry_reference(text):
            return None
        code = "BCP189" if ":" in text else _wrong_path(text)
        if not code and missing == "BCP090" and text.lower().endswith(".bicepparam"):
            code = "BCP277"
        if code:
            if report:
                c.report(code, path.at, path.end, text)
            return None
        return posixpath.normpath(posixpath.join(posixpath.dirname(c.file), text))

    # --- load functions ---

    def loaded(self, c: Checker, node: Node, overload: f.Overload, kinds: list[Type]) -> Type:
        """Give the type of a load function's result; a file that is not there is reported."""
        argument = node.arguments[0]
        kind = kinds[0]
        if any(type(one) is not t.StrLit for one in kinds):
            for one, other in zip(node.arguments, kinds, strict=True):
                if type(other) is not t.StrLit:
                    c.report("BCP032", one.at, one.end)
            return overload.result
        code = _wrong_path(kind.value)
        if code:
            c.report(code, argument.at, argument.end, kind.value)
            return t.ERROR
        path = posixpath.normpath(posixpath.join(posixpath.dirname(c.file), kind.value))
        if overload.name == "loadDirectoryFileInfo":
            self._check_folder(c, argument, kind.value, path)
            return overload.result
        try:
            data = self.files.read(path)
        except (OSError, ValueError) as error:
            c.report(_reading_code(error, kind.value, path), argument.at, argument.end, kind.value)
            return t.ERROR
        if overload.name == "loadTextContent":
            return _loaded_text(c, argument, data)
        if overload.name == "loadFileAsBase64" and len(data) > MAX_TEXT // 4 * 3:
            return c.error("BCP184", argument, MAX_TEXT)
        return _loaded_json(c, node, kinds, data) if overload.name == "loadJsonContent" else overload.result

    def _check_folder(self, c: Checker, argument: Node, written: str, path: str) -> None:
        try:
            self.files.list_directory(path)
        except OSError:
            c.report("BCP430" if self.files.is_file(path) else "BCP428", argument.at, argument.end, written)


MAX_TEXT = 131072


def _loaded_text(c: Checker, argument: Node, data: bytes) -> Type:
    if len(data) > 4 * MAX_TEXT + 4:
        return c.error("BCP184", argument, MAX_TEXT)
    text = data.decode("utf-8-sig", "replace")
    return t.StrLit(text) if len(text) <= MAX_TEXT else c.error("BCP184", argument, MAX_TEXT)


def _loaded_json(c: Checker, node: Node, kinds: list[Type], data: bytes) -> Type:
    from amlctl.bicep.checks.jsonpaths import select

    try:
        value = loads(data.decode("utf-8-sig", "replace"))
    except ValueError:
        return t.ANY  # what the official reader refuses is not known here
    if len(kinds) < 2 or type(kinds[1]) is not t.StrLit:
        return literal_type(value) if len(kinds) < 2 else t.ANY
    found, chosen = select(value, kinds[1].value)
    if found is False:
        return c.error("BCP235", node.arguments[1])
    return literal_type(chosen) if found else t.ANY


def _items_from(c: Checker, path: str) -> list[s.ImportItem]:
    """Give what all statements together import from one file."""
    return [
        item
        for statement in c.tree.statements
        if type(statement) is s.Import and type(statement.path) is s.String and statement.path.value == path
        for item in statement.items
        if type(item) is s.ImportItem
    ]


def _is_template(path: str) -> bool:
    return path.lower().endswith((".json", ".jsonc", ".arm"))


def _reading_code(error: Exception, written: str, path: str) -> str:
    if isinstance(error, IsADirectoryError) or written.endswith("/"):
        return "BCP275"
    return "BCP188" if isinstance(error, ValueError) and _is_template(path) else "BCP091"


def literal_type(value: Any) -> Type:
    """Give the type of a JSON value."""
    if value is None:
        return t.NULL
    if isinstance(value, bool):
        return t.BoolLit(value)
    if isinstance(value, int):
        return t.IntLit(value)
    if isinstance(value, str):
        return t.StrLit(value)
    if isinstance(value, list):
        return t.Tup(tuple(t.Lazy(lambda item=item: literal_type(item)) for item in value))  # type: ignore[misc]
    if isinstance(value, dict):
        props = {key: t.Prop(t.Lazy(lambda one=one: literal_type(one)), t.REQUIRED) for key, one in value.items()}  # type: ignore[misc]
        return t.Obj("object", props)
    return t.ANY


def _wrong_path(text: str) -> str:
    if not text:
        return "BCP050"
    if text.startswith("/") or (text[1:2] == ":" and text[2:3] in ("\\", "/")):
        return "BCP051"
    if "\\" in text:
        return "BCP098"
    if any(ord(char) < 32 for char in text):
        return "BCP111"
    if any(char in _FORBIDDEN for char in text):
        return "BCP085"
    return "BCP086" if text[-1] in " ." else ""


def _namespace(name: str, found: Interface) -> t.Namespace:
    from amlctl.bicep.checks.functions import Overload

    types = {key: kind.inner for key, kind in found.exports.items() if type(kind) is t.TypeType}
    functions = {key: kind for key, kind in found.exports.items() if type(kind) is Overload}
    values = {key: t.Prop(kind) for key, kind in found.exports.items() if key not in types and key not in functions}
    return t.Namespace(name, values, functions or {"": None}, types)


def _of_checker(c: Checker, wrong: bool) -> Interface:
    from amlctl.bicep.checks.exports import exports_of
    from amlctl.bicep.checks.infer import symbol_type

    parameters: dict[str, t.Prop] = {}
    outputs: dict[str, t.Prop] = {}
    for symbol in c.binding.file.declared:
        if symbol.kind == "param":
            kind = symbol_type(c, symbol)
            required = symbol.node.default is None and t.without_null(kind) is None
            kind = kind if required else t.nullable(kind)
            parameters.setdefault(symbol.name, t.Prop(t.ANY if kind is t.ERROR else kind, t.WRITE_ONLY | required))
        elif symbol.kind == "output":
            kind = symbol_type(c, symbol)
            outputs.setdefault(symbol.name, t.Prop(t.ANY if kind is t.ERROR else kind, t.READ_ONLY))
    return Interface(c.target, parameters, outputs, exports_of(c), wrong)


# ---- module declarations -------------------------------------------------------------------------------------------


def declared_module(c: Checker, node: s.Module) -> Type:
    """Give the type of a module declaration (of one item of a loop); the error type where it cannot be read."""
    key = id(node)
    if key not in c.type_memo:
        c.type_memo[key] = t.ERROR
        c.type_memo[key] = _declared(c, node)
    return c.type_memo[key]


def _declared(c: Checker, node: s.Module) -> Type:
    found = c.session._target(c, node.path, True, "BCP090")
    if found is None:
        remote = type(node.path) is s.String and is_registry_reference(node.path.value)
        return t.Mod(t.ANY, c.target) if remote else t.ERROR
    return module_type(found, c.target, any(type(one) is s.Extension for one in c.tree.statements))


def module_type(found: Interface, target: int, extended: bool = False) -> t.Mod:
    """Give the type of a module from what its file shows."""
    scope = t.WRITE_ONLY | t.DEPLOY_TIME | t.READABLE | t.NO_ANY | t.VARIANT
    needed = t.REQUIRED if any(prop.flags & t.REQUIRED for prop in found.parameters.values()) else 0
    body = t.Obj(
        "module",
        {
            "name": t.Prop(_NAME, t.DEPLOY_TIME | t.READABLE | t.VARIANT),
            "scope": t.Prop(t.ScopeTarget(found.scope), scope | (t.REQUIRED if found.scope != target else 0)),
            "params": t.Prop(t.Obj("params", found.parameters), needed | t.WRITE_ONLY),
            "outputs": t.Prop(t.Obj("outputs", found.outputs), t.READ_ONLY),
            "dependsOn": t.Prop(t.Arr(t.Depends()), t.WRITE_ONLY | t.NO_ANY),
            "identity": t.Prop(_IDENTITY, t.DEPLOY_TIME),
        },
    )
    if extended:
        body.props["extensionConfigs"] = t.Prop(t.ANY)
    return t.Mod(body, found.scope)


def check_module_path(c: Checker, node: s.Module) -> None:
    """Report a module whose own file has errors."""
    path = c.session.local_path(c, node.path, False, "BCP090")
    if path is None:
        return
    found = c.session._interfaces.get(path)
    if found is not None and found.has_errors:
        c.report("BCP104", node.path.at, node.path.end)
