"""Text to a syntax tree: the statements of .bicep and .bicepparam files (Parsing/Parser.cs, ParamsParser.cs).

The parser never fails: every statement that can be read is in the tree, and the findings say what could not be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from amlctl.bicep import syntax
from amlctl.bicep.collector import uncollected
from amlctl.bicep.expressions_parser import (
    COMPLEX,
    LINE_END,
    MAX_DEPTH,
    RESOURCES,
    TooDeep,
    is_empty,
)
from amlctl.bicep.lexer import END, LEFT, NAME, NEWLINE, STRING, lex
from amlctl.bicep.literals import Expected
from amlctl.bicep.types_parser import TypeParser
from amlctl.diagnostics import Finding

Node = syntax.Node
Decorators = tuple[syntax.Decorator, ...]

_NAME_END = frozenset(("=", NEWLINE))
_TYPE_END = frozenset(("=", "{", NEWLINE))
_TYPED_NAME_END = frozenset((NAME, NEWLINE))
_STRING_NAME_END = frozenset((STRING, LEFT, NEWLINE))
_BODY_END = frozenset(("{", NEWLINE))
_ALIAS_END = frozenset((",", NEWLINE))
_LAMBDA_END = frozenset((NEWLINE, ")"))
_TYPED_LOCAL_END = frozenset((NEWLINE, ",", ")"))
NO_NEWLINE_BEFORE = frozenset(("assert", "import", "metadata", "param", "var", "resource", "output", "module", "type"))


class Parser(TypeParser):
    """Reads the statements of a file."""

    __slots__ = ("parameters",)

    def program(self, parameters: bool) -> tuple[Node, ...]:
        """Read a whole file."""
        self.parameters = parameters
        words = _PARAMETERS_WORDS if parameters else _WORDS
        kinds = self.kinds
        statements: list[Node] = []
        while kinds[self.i] != END:
            if kinds[self.i] == NEWLINE:
                self.i += 1
                continue
            statement = self._statement(words)
            statements.append(statement)
            kind = kinds[self.i]
            if kind == NEWLINE:
                self.i += 1
            elif kind != END and type(statement) not in (syntax.Skipped, syntax.MissingDeclaration):
                self.line_end()
        return tuple(statements)

    def _statement(self, words: Mapping[str, Callable[[Parser, int, Decorators], Node]]) -> Node:
        start = self.i
        self.depth = 0
        try:
            return self._declaration(words)
        except Expected as error:
            return self.recover(start, error, LINE_END)
        except TooDeep:
            return self.recover(start, Expected("AML301", MAX_DEPTH), LINE_END)

    def _declaration(self, words: Mapping[str, Callable[[Parser, int, Decorators], Node]]) -> Node:
        start = self.i
        decorators = self.decorators()
        read = words.get(self.texts[self.i]) if self.kinds[self.i] == NAME else None
        if read is not None:
            self.i += 1
            return read(self, start, decorators)
        if decorators and not self.parameters:
            return syntax.MissingDeclaration(start, self.i, decorators)
        raise Expected("BCP337" if self.parameters else "BCP007")

    def nested_declaration(self) -> Node:
        """Read a resource inside a resource body."""
        depth = self.depth
        start = self.i
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep
        try:
            return self._declaration(_NESTED_WORDS)
        except Expected as error:
            return self.recover(start, error, LINE_END)
        finally:
            self.depth = depth

    # --- parts of declarations ---

    def _name(self, code: str, terminators: frozenset[str]) -> tuple[syntax.Name, bool]:
        """Read the declared name; True: it is missing and nothing was passed over, so say no more about this line."""
        i = self.i
        if self.kinds[i] == NAME:
            self.i = i + 1
            return syntax.Name(i, self.texts[i]), False
        skipped = self.recover(i, Expected(code), terminators)
        return syntax.Name(i, ""), is_empty(skipped)

    def _assignment(self, suppress: bool, terminators: frozenset[str] = LINE_END) -> Node:
        """Pass over ``=``; the node is None where it is there."""
        start = self.i
        if self.kinds[start] == "=":
            self.i = start + 1
            return None
        return self.recover(start, Expected("BCP018", "="), terminators, suppress)

    def _value(self, suppress: bool) -> Node:
        start = self.i
        try:
            return self.expression(COMPLEX)
        except Expected as error:
            return self.recover(start, error, LINE_END, suppress)

    def _type(self, suppress: bool, terminators: frozenset[str], optional_resource: bool = False) -> Node:
        start = self.i
        try:
            return self.declared_type(optional_resource)
        except Expected as error:
            self.depth = 0
            return self.recover(start, error, terminators, suppress)

    def _path(self, code: str, suppress: bool, terminators: frozenset[str] = _NAME_END) -> Node:
        start = self.i
        try:
            return self.interpolated_or(code)
        except Expected as error:
            return self.recover(start, error, terminators, suppress)

    # --- declarations ---

    def _target_scope(self, start: int, decorators: Decorators) -> Node:
        self._assignment(suppress=False)
        value = self._value(suppress=False)
        return syntax.TargetScope(start, self.i, decorators, value)

    def _metadata(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP266", _NAME_END)
        value = self._value(is_empty(self._assignment(empty)))
        return syntax.Metadata(start, self.i, decorators, name, value)

    def _assert(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP344", _NAME_END)
        value = self._value(is_empty(self._assignment(empty)))
        return syntax.Assert(start, self.i, decorators, name, value)

    def _parameter(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP013", _TYPED_NAME_END)
        type_node = self._type(empty, _TYPE_END)
        default: Node = None
        kind = self.kinds[self.i]
        if kind == "=":
            self.i += 1
            default = self._value(suppress=False)
        elif kind not in (NEWLINE, END):
            default = self.recover(self.i, Expected("BCP008"), LINE_END, is_empty(type_node))
        return syntax.Parameter(start, self.i, decorators, name, type_node, default)

    def _variable(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP015", _TYPED_NAME_END)
        type_node: Node = None
        if self.kinds[self.i] not in ("=", NEWLINE, END):
            type_node = self._type(empty, _NAME_END)
            empty = is_empty(type_node)
        value = self._value(is_empty(self._assignment(empty)))
        return syntax.VariableDeclaration(start, self.i, decorators, name, type_node, value)

    def _type_declaration(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP325", _NAME_END)
        self._assignment(empty)
        value = self._type(empty, _TYPE_END)
        return syntax.TypeDeclaration(start, self.i, decorators, name, value)

    def _function(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP015", _NAME_END)
        at = self.i
        try:
            items = self.parens_list(self._typed_local, 0, multiline=True)
        except Expected as error:
            body = self.recover(at, error, LINE_END, empty)
            return syntax.Function(start, self.i, decorators, name, (), body, body)
        returns = self._type(False, _LAMBDA_END)
        at = self.i
        arrow = None
        try:
            self.expect("=>")
        except Expected as error:
            arrow = self.recover(at, error, _LAMBDA_END)
        at = self.i
        if arrow is None:
            self.newlines()
            if self.texts[self.i] in NO_NEWLINE_BEFORE:
                self.i = at
        body = self.attempt(self.expression, COMPLEX, _LAMBDA_END)
        parameters = tuple(item for item in items if type(item) is syntax.TypedName)
        return syntax.Function(start, self.i, decorators, name, parameters, returns, body)

    def _typed_local(self, _: int) -> Node:
        start = self.i
        name = syntax.Name(start, "")
        if self.kinds[start] == NAME:
            self.i += 1
            name = syntax.Name(start, self.texts[start])
        else:
            self.skip_empty("BCP015")
        type_node = self._type(False, _TYPED_LOCAL_END)
        return syntax.TypedName(start, self.i, name, type_node)

    def _resource(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP017", _STRING_NAME_END)
        type_node = self._path("BCP068", empty)
        existing = self.at_word("existing")
        if existing:
            self.i += 1
        value = self._body(is_empty(type_node), COMPLEX | RESOURCES)
        return syntax.Resource(start, self.i, decorators, name, type_node, existing, value)

    def _module(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP096", _STRING_NAME_END)
        path = self._path("BCP097", empty)
        value = self._body(is_empty(path), COMPLEX)
        return syntax.Module(start, self.i, decorators, name, path, value)

    def _test(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP346", _STRING_NAME_END)
        path = self._path("BCP347", empty)
        suppress = is_empty(self._assignment(is_empty(path), _BODY_END))
        value = self.attempt(self.object, COMPLEX, LINE_END, suppress)
        return syntax.Test(start, self.i, decorators, name, path, value)

    def _body(self, suppress: bool, flags: int) -> Node:
        """Read ``= {}``, ``= if (c) {}`` or ``= [for …]`` of a resource or a module."""
        assignment = self._assignment(suppress, _BODY_END)
        if assignment is None and self.kinds[self.i] == NEWLINE and self.texts[self.i + 1] == "if":
            self.i += 1
        return self.attempt(self._body_value, flags, LINE_END, is_empty(assignment))

    def _body_value(self, flags: int) -> Node:
        kind = self.kinds[self.i]
        if kind == "{":
            return self.object(flags)
        if kind == "[":
            return self.loop(flags, declaration=True)
        if kind == NAME and self.texts[self.i] == "if":
            return self.condition(flags, in_loop=False)
        raise Expected("BCP118")

    def _output(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP016", _TYPED_NAME_END)
        type_node = self._type(empty, _NAME_END, optional_resource=True)
        value = self._value(is_empty(self._assignment(is_empty(type_node))))
        return syntax.Output(start, self.i, decorators, name, type_node, value)

    # --- imports and extensions ---

    def _import(self, start: int, decorators: Decorators) -> Node:
        kind = self.kinds[self.i]
        if kind in (STRING, LEFT) and not self.parameters:
            return self._extension(start, decorators)
        items: tuple[Node, ...] = ()
        wildcard: syntax.Name | None = None
        if kind == "{":
            self.i += 1
            if self.kinds[self.i] != "}":
                items = self.elements("}", 0, self._import_item)
            self.expect("}")
        elif kind == "*":
            wildcard = self._wildcard()
        elif kind in (END, NEWLINE, NAME):
            self.skip_empty("BCP354")
        else:
            self.report(self.i, self.i + 1, "BCP354")
            self.i += 1
        path = self._import_path()
        return syntax.Import(start, self.i, decorators, items, wildcard, path)

    def _wildcard(self) -> syntax.Name | None:
        start = self.i
        try:
            self.i += 1
            self.expect_word("as")
            if self.kinds[self.i] != NAME:
                raise Expected("BCP356")
        except Expected as error:
            self.recover(start, error, LINE_END)
            return None
        self.i += 1
        return syntax.Name(self.i - 1, self.texts[self.i - 1])

    def _import_path(self) -> Node:
        start = self.i
        try:
            self.expect_word("from")
        except Expected as error:
            return self.recover(start, error, LINE_END)
        return self._path("BCP097", False, LINE_END)

    def _import_item(self, _: int) -> Node:
        start, kind = self.i, self.kinds[self.i]
        name = ""
        if kind == NAME:
            self.i += 1
            name = self.texts[start]
        elif kind == STRING:
            node = self.interpolated()
            name = node.value if type(node) is syntax.String else ""
        elif kind == LEFT:
            self.interpolated()
            self.report(start, self.i, "BCP032")
        else:
            self.i += 1
            self.report(start, self.i, "BCP355")
        end = self.i
        if self.at_word("as"):
            self.i += 1
            alias, _ = self._name("BCP325", _ALIAS_END)
        elif kind == STRING:
            self.report(start, end, "BCP375")
            return syntax.Skipped(start, end)
        else:
            alias = syntax.Name(start, name)
        return syntax.ImportItem(start, self.i, name, alias)

    def _extension(self, start: int, decorators: Decorators) -> Node:
        specification: Node
        if self.kinds[self.i] == NAME:
            specification = syntax.Name(self.i, self.texts[self.i])
            self.i += 1
        else:
            specification = self._path("BCP201", False, LINE_END)
        config: Node = None
        alias: syntax.Name | None = None
        suppress = is_empty(specification)
        if self.kinds[self.i] not in (END, NEWLINE) and not self.at_word("as"):
            config = self._with_clause("BCP305", suppress)
            suppress = is_empty(config)
        if self.kinds[self.i] not in (END, NEWLINE):
            at = self.i
            try:
                self.expect_word("as", "BCP305")
                alias, _ = self._name("BCP202", LINE_END)
            except Expected as error:
                self.recover(at, error, LINE_END, suppress)
        return syntax.Extension(start, self.i, decorators, specification, config, alias)

    def _with_clause(self, code: str, suppress: bool) -> Node:
        start = self.i
        try:
            self.expect_word("with", code)
        except Expected as error:
            return self.recover(start, error, LINE_END, suppress)
        return self.attempt(self.object, COMPLEX, LINE_END)

    # --- parameters files ---

    def _using(self, start: int, decorators: Decorators) -> Node:
        kind = self.kinds[self.i]
        path: Node = None
        if kind == NAME:
            self.expect_word("none")
        elif kind == STRING:
            path = self.interpolated_or("BCP257")
        else:
            path = self.skip_empty("BCP354")
        config: Node = None
        if self.kinds[self.i] not in (END, NEWLINE):
            config = self._with_clause("BCP436", is_empty(path))
        return syntax.Using(start, self.i, decorators, path, config)

    def _extends(self, start: int, decorators: Decorators) -> Node:
        path = self._path("BCP404", False, LINE_END)
        return syntax.Extends(start, self.i, decorators, path)

    def _parameter_value(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP013", _TYPED_NAME_END)
        value = self._value(is_empty(self._assignment(empty)))
        return syntax.Assignment(start, self.i, decorators, name, value)

    def _extension_config(self, start: int, decorators: Decorators) -> Node:
        name, empty = self._name("BCP202", _TYPED_NAME_END)
        config = self._with_clause("BCP012", empty)
        return syntax.ExtensionConfig(start, self.i, decorators, name, config)


_WORDS: dict[str, Callable[[Parser, int, Decorators], Node]] = {
    "targetScope": Parser._target_scope,
    "metadata": Parser._metadata,
    "type": Parser._type_declaration,
    "param": Parser._parameter,
    "var": Parser._variable,
    "func": Parser._function,
    "resource": Parser._resource,
    "output": Parser._output,
    "module": Parser._module,
    "test": Parser._test,
    "import": Parser._import,
    "extension": Parser._extension,
    "assert": Parser._assert,
}
_NESTED_WORDS = {"resource": Parser._resource}
_PARAMETERS_WORDS: dict[str, Callable[[Parser, int, Decorators], Node]] = {
    "using": Parser._using,
    "extends": Parser._extends,
    "param": Parser._parameter_value,
    "var": Parser._variable,
    "import": Parser._import,
    "extensionConfig": Parser._extension_config,
    "extension": Parser._extension,
    "type": Parser._type_declaration,
}


@uncollected
def parse(text: str, file: str = "main.bicep") -> syntax.ParseResult:
    """Parse a file; ``.bicepparam`` files by their name.

    The tree is always there; findings carry BCP codes and places. A byte order mark is passed over.
    """
    tokens = lex(text.removeprefix("\ufeff"))
    parser = Parser(tokens)
    statements = parser.program(file.endswith(".bicepparam"))
    tree = syntax.Tree(file, tokens, statements)
    if not parser.findings and not tokens.faults:
        return syntax.ParseResult(tree, ())
    found = [(fault.start, fault.end, fault.code, fault.message) for fault in tokens.faults]
    found += [(*tokens.span(at, end), code, message) for at, end, code, message, _ in parser.findings]
    findings = [
        Finding("error", code, message, tree.place_of(start, end)) for start, end, code, message in sorted(found)
    ]
    return syntax.ParseResult(tree, tuple(findings))
