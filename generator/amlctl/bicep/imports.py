"""Compile-time imports: everything that imported symbols refer to, and the names it all gets in the importing template.

Source: Emit/CompileTimeImports/ImportClosureInfo.cs, ArmReferenceCollector.cs. Declarations of compiled templates are
read by ``arm_imports``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from amlctl.bicep import decorators, types
from amlctl.bicep.arm_imports import ArmView
from amlctl.bicep.lowering import Lowering
from amlctl.bicep.modules import ArmSource, BicepSource, Source
from amlctl.bicep.ordering import culture_key
from amlctl.bicep.source import relative_to
from amlctl.bicep.symbols import FUNCTION, TYPE, VARIABLE, WILDCARD, ImportSymbol, Symbol, is_exported
from amlctl.bicep.syntax import For, Node
from amlctl.bicep.unit import OWN_FUNCTIONS, Migrated, Unit
from amlctl.bicep.values import InFile, Unsupported, literal_value
from amlctl.records import NamedTuple

Json = dict[str, Any]
Key = tuple[str, str]
"""Identity of a symbol: the source template and its name there."""
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Item(NamedTuple):
    """A symbol of the closure: a declaration, a loaded file (``call``) or a part of a compiled template (``kind``)."""

    source: Source
    symbol: Symbol | None = None
    call: Node = None
    kind: str = ""
    name: str = ""


class Closure:
    """What a file imports. Names stand in ``names`` by identity."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.items: dict[Key, Item] = {}
        self.names: dict[Key, str] = {}
        self._migrated: dict[str, Migrated] = {}
        self._views: dict[str, ArmView] = {}
        self._found: dict[tuple[int, str], tuple[Key, Item]] = {}
        self._collect()
        self._name()

    # --- collecting ---

    def identity(self, source: Source) -> str:
        """Give the identity of a source template: its reference, or its path as seen from the compiled file."""
        if isinstance(source, ArmSource) and source.reference:
            return source.reference
        return relative_to(source.path, self.unit.model.file)

    def _collect(self) -> None:
        queue: deque[tuple[Key, Item]] = deque()
        for symbol in (*self.unit.model.imports, *self.unit.model.wildcards):
            queue.extend(self._imported(self.unit, symbol))
        while queue:
            key, item = queue.popleft()
            if key in self.items:
                continue
            self.items[key] = item
            with _in_source(item.source):
                queue.extend(self._references(key[0], item))

    def _imported(self, unit: Unit, symbol: ImportSymbol) -> Iterator[tuple[Key, Item]]:
        source = unit.source(symbol.path)
        if symbol.kind == WILDCARD:
            for name in exported_names(source):
                yield self._exported(source, name, symbol.path)
        else:
            yield self._exported(source, symbol.original, symbol.path)

    def _exported(self, source: Source, name: str, node: Node) -> tuple[Key, Item]:
        """Find an export of a source; asked for at each use of an imported name."""
        known = self._found.get((id(source), name))
        if known is None:
            known = self._found[id(source), name] = self._find(source, name, node)
        return known

    def _find(self, source: Source, name: str, node: Node) -> tuple[Key, Item]:
        identity = self.identity(source)
        if isinstance(source, BicepSource):
            symbol = source.unit.model.by_name.get(name)
            if symbol is None or not is_exported(symbol):
                raise _not_exported(node, name)
            return (identity, name), Item(source, symbol)
        found = self.view(source).find(name)
        if found is None:
            raise _not_exported(node, name)
        return (identity, _original(*found)), Item(source, kind=found[0], name=found[1])

    def _references(self, identity: str, item: Item) -> Iterator[tuple[Key, Item]]:
        source = item.source
        if isinstance(source, ArmSource):
            for kind, name in self.view(source).references(item.kind, item.name):
                yield (identity, _original(kind, name)), Item(source, kind=kind, name=name)
            return
        if item.symbol is None:
            return
        node, model = item.symbol.node, source.unit.model
        for at in range(node.at, node.end):
            symbol = model.bound.get(at)
            if isinstance(symbol, ImportSymbol):
                yield from self._imported(source.unit, symbol)
            elif symbol is not None and symbol.kind in (TYPE, VARIABLE, FUNCTION):
                yield (identity, symbol.name), Item(source, symbol)
            call = model.load_calls.get(at)
            if call is not None:
                yield (identity, call[0]), Item(source, call=call[1])

    # --- naming ---

    def _name(self) -> None:
        for symbol in self.unit.model.imports:
            source = self.unit.source(symbol.path)
            key, _ = self._exported(source, symbol.original, symbol.path)
            self.names[key] = symbol.name
        counter = 1
        templates: dict[str, int] = {}
        for key in sorted(self.items, key=lambda key: culture_key(f"{key[0]}_{key[1]}")):
            if key in self.names:
                continue
            identity, original = key
            if identity not in templates:
                templates[identity] = counter
                counter += 1
            if not _IDENTIFIER.match(original):
                original = f"_{counter}"
                counter += 1
            self.names[key] = f"_{templates[identity]}.{original}"

    def name_of(self, unit: Unit, symbol: ImportSymbol, name: str) -> str:
        """Give the name in the template of an imported symbol, or of a member of a wildcard."""
        key, _ = self._exported(unit.source(symbol.path), name, symbol.path)
        return self.names[key]

    def target_of(self, unit: Unit, symbol: ImportSymbol, name: str) -> Any:
        """Find what is behind an import: ``((unit, symbol), None)`` in Bicep, ``(view, schema)`` in a template."""
        source = unit.source(symbol.path)
        _, item = self._exported(source, name, symbol.path)
        if isinstance(source, BicepSource):
            return ((self.migrated(source), item.symbol), None)
        view = self.view(source)
        return (view, view.schema(item.name) if item.kind == TYPE else None)

    def migrated(self, source: BicepSource) -> Migrated:
        """Give the unit that lowers a source's declarations under the closure's names."""
        identity = self.identity(source)
        found = self._migrated.get(identity)
        if found is None:
            found = self._migrated[identity] = Migrated(source.unit, self, identity)
        return found

    def view(self, source: ArmSource) -> ArmView:
        """Give the view of a compiled template under the closure's names."""
        identity = self.identity(source)
        found = self._views.get(identity)
        if found is None:
            found = self._views[identity] = ArmView(
                source, lambda kind, name: self.names[identity, _original(kind, name)]
            )
        return found

    # --- emitting ---

    def _sorted(self, *kinds: str) -> Iterator[tuple[str, Key, Item]]:
        found = [(self.names[key], key, item) for key, item in self.items.items() if _kind(item) in kinds]
        found.sort(key=lambda entry: culture_key(entry[0]))
        return iter(found)

    def definitions(self) -> Json:
        """The imported types as definitions."""
        made: Json = {}
        for name, (identity, original), item in self._sorted(TYPE):
            source = item.source
            if isinstance(source, ArmSource):
                schema = self.view(source).definition(item.name)
            else:
                assert item.symbol is not None
                unit, node = self.migrated(source), item.symbol.node
                with _in_source(source):
                    discriminator = types.discriminator_of(node.decorators)
                    schema = types.type_json(unit, node.value, discriminator)
                    schema = decorators.modified(unit, schema, node.decorators)
            origin: Json = {"sourceTemplate": identity}
            if not name.endswith(original):
                origin["originalIdentifier"] = original
            decorators.merge(schema, "metadata", {"__bicep_imported_from!": origin})
            made[name] = schema
        return made

    def variables(self) -> Iterator[tuple[str, Any, bool]]:
        """The imported variables: name, value (or copy entry), whether it is a loop."""
        for name, _, item in self._sorted(VARIABLE):
            source = item.source
            if isinstance(source, ArmSource):
                yield name, *self.view(source).variable(item.name)
            else:
                with _in_source(source):
                    made = self._variable(source, item, name)
                yield name, *made

    def _variable(self, source: BicepSource, item: Item, name: str) -> tuple[Any, bool]:
        if item.symbol is None:
            return literal_value(source.unit.load(item.call)), False
        unit = self.migrated(source)
        unit.current = name
        low, value = Lowering(unit), item.symbol.node.value
        made = (low.copy(name, value), True) if type(value) is For else (low.value(value), False)
        unit.current = None
        return made

    def functions(self) -> Iterator[tuple[str, str, Json]]:
        """The imported functions: namespace, name, declaration."""
        from amlctl.bicep.emitter import function_json

        # by their names without the namespace; namespaces come as their first function comes
        ordered = sorted(self._sorted(FUNCTION), key=lambda entry: culture_key(entry[0].rpartition(".")[2]))
        for full_name, (identity, original), item in ordered:
            namespace, _, name = full_name.rpartition(".")
            source = item.source
            if isinstance(source, ArmSource):
                made = self.view(source).function(item.name)
            else:
                assert item.symbol is not None
                with _in_source(source):
                    made = function_json(self.migrated(source), item.symbol, exported=False)
            origin: Json = {"sourceTemplate": identity}
            if name != original:
                origin["originalIdentifier"] = original
            made["metadata"] = {**made.get("metadata", {}), "__bicep_imported_from!": origin}
            yield namespace or OWN_FUNCTIONS, name, made


def _in_source(source: Source) -> InFile:
    return InFile(source.unit.model.tree if isinstance(source, BicepSource) else None)


def exported_names(source: Source) -> list[str]:
    """Give the names that a source exports."""
    if isinstance(source, ArmSource):
        return ArmView(source, _same_name).exports()
    model = source.unit.model
    return [symbol.name for symbol in (*model.types, *model.variables, *model.functions) if is_exported(symbol)]


def _same_name(_: str, name: str) -> str:
    return name


def _not_exported(node: Node, name: str) -> Unsupported:
    return Unsupported(
        node, f"The '{name}' symbol was not found in (or was not exported by) the imported template.", "BCP360"
    )


def _kind(item: Item) -> str:
    if item.kind:
        return item.kind
    return VARIABLE if item.symbol is None else item.symbol.kind


def _original(kind: str, name: str) -> str:
    """The name that identifies a part of a compiled template: plain where Bicep made it, else with its surroundings."""
    if kind == TYPE:
        return name if _IDENTIFIER.match(name) or name.startswith("#/") else f"#/definitions/{name}"
    if kind == FUNCTION:
        own = name.removeprefix(f"{OWN_FUNCTIONS}.")
        return own if own != name and _IDENTIFIER.match(own) else name
    return name
