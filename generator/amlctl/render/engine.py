"""The template engine: Jinja, strict and fenced in, printing literals of the file's dialect only.

``{{ value }}`` becomes a literal; raw text passes only through the filter ``identifier``, a property key through
``key``. There is no ``default`` filter, an undefined name is a fault, and nothing can be called, imported or looped
without end.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from amlctl.diagnostics import Finding, Place
from amlctl.errors import ConfigurationInvalid
from amlctl.render.faults import TemplateFault, fault
from amlctl.render.leaves import Leaf, View, path_of, text_of, value_of
from amlctl.render.literals import DOTTED, bicep_key, dialect_of
from amlctl.render.marks import Marks
from amlctl.render.rendered import RenderedFile

MAX_SECONDS = 10.0
MAX_CHARACTERS = 64 << 20
_CHECK_EVERY = 1024
_SYNTAX = re.compile(r"\{[{%#]")


class Raw(str):
    """Text that has been checked and is printed as it stands."""

    __slots__ = ()


class _Budget:
    """Stops a template that runs too long or writes too much."""

    def __init__(self) -> None:
        self.until = time.monotonic() + MAX_SECONDS
        self.characters = 0
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps % _CHECK_EVERY == 0 and time.monotonic() > self.until:
            raise TemplateFault("AML159", f"the template runs longer than {MAX_SECONDS:.0f} s", "write it simpler")

    def write(self, piece: str) -> None:
        self.step()
        self.characters += len(piece)
        if self.characters > MAX_CHARACTERS:
            raise TemplateFault("AML159", "the template writes more than 64 MB", "write less")


class _Jinja(ImmutableSandboxedEnvironment):
    """Jinja with concatenation, arithmetic and loops under our rules."""

    intercepted_binops = frozenset({"%", "*", "**", "+"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        left, right = value_of(left), value_of(right)
        numbers = type(left) is int and type(right) is int
        if operator == "+" and (numbers or (isinstance(left, list) and isinstance(right, list))):
            return left + right
        if operator in "*%" and numbers and abs(left) < 1 << 31 and abs(right) < 1 << 31:
            return super().call_binop(context, operator, left, right)
        raise TemplateFault("AML159", f"`{operator}` works on whole numbers only", "join texts with `~`")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Let templates look into views and at the state of a loop, and into nothing else."""
        return isinstance(obj, View | LoopContext) and not attr.startswith("_")

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call nothing but what the engine itself put there; the odd names are Jinja's."""
        if not getattr(__obj, "for_templates", False):
            raise TemplateFault("AML159", "templates call no functions", "prepare the value in generator/amlctl/render")
        return super().call(__context, __obj, *args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return _Rules().visit(tree)  # type: ignore[no-any-return]


class _Rules(jinja2.visitor.NodeTransformer):
    """Rewrites the two places where Jinja would turn any value into text, or loop without our seeing it."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        texts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(texts, "joined", [], [], None, None, lineno=node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return node


class Engine:
    """Renders the templates of one set; compiled once, used for every file."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates
        self.modules: dict[str, tuple[RenderedFile, list[str]]] = {}
        self._budget = _Budget()
        self._marks = Marks()
        self._dialect: Callable[[Any], str] = str
        self._jinja = self._make()

    def _make(self) -> _Jinja:
        jinja = _Jinja(
            loader=jinja2.FunctionLoader(self._source),
            undefined=jinja2.StrictUndefined,
            finalize=self._print,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            optimized=False,
            cache_size=-1,
        )
        jinja.globals = {}
        jinja.filters = {"identifier": identifier, "key": self._key, "joined": _joined, "counted": self._counted}
        known = jinja.tests
        jinja.tests = {name: known[name] for name in ("defined", "none", "eq", "ne", "sameas") if name in known}
        return jinja

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        if name not in self.templates:
            return None
        return self.templates[name], name, lambda: True

    def render(self, template: str, path: str, context: Mapping[str, Any]) -> tuple[str, Marks]:
        """Render one template to the file ``path``; the text still holds the marks of its literals.

        Raises ConfigurationInvalid with the template's line.
        """
        self._budget, self._marks, self._dialect = _Budget(), Marks(), dialect_of(path)
        plain = self.templates.get(template, "{{")
        if not _SYNTAX.search(plain):  # a module that is Bicep and nothing else needs no Jinja
            return plain, self._marks
        pieces: list[str] = []
        try:
            for piece in self._jinja.get_template(template).generate(context):
                self._budget.write(piece)
                pieces.append(piece)
        except (TemplateFault, jinja2.TemplateError, RecursionError, TypeError, ValueError, OverflowError) as error:
            finding = _finding(error, template, self.templates)
            raise ConfigurationInvalid(f"{template} cannot be rendered", finding) from error
        return "".join(pieces), self._marks

    def _print(self, value: Any) -> str:
        """Jinja's finalize: every printed value passes here and becomes a literal."""
        if isinstance(value, Raw):
            return value
        bare = value_of(value)
        if isinstance(bare, jinja2.Undefined):
            return str(bare)  # raises
        if bare is None:
            raise TemplateFault("AML157", "is empty", "test it first: `{% if value is not none %}`")
        if not isinstance(bare, str | int):
            message = f"a {type(bare).__name__} cannot be printed"
            raise TemplateFault("AML157", message, "loop over it and print each value")
        try:
            literal = self._dialect(bare)
        except ValueError as error:
            raise TemplateFault("AML156", "cannot stand in a pipeline", "change the value", str(error)) from None
        path = path_of(value)
        return literal if path is None else self._marks.mark(literal, path)

    def _key(self, value: Any) -> Raw:
        path = path_of(value)
        literal = bicep_key(text_of(value))
        return Raw(literal if path is None else self._marks.mark(literal, path))

    def _counted(self, values: Any) -> Iterator[Any]:
        if not isinstance(values, list | tuple):
            # Undefined raises its own fault here.
            what = "a text" if isinstance(values, str | Leaf) else "this"
            raise TemplateFault("AML159", f"{what} is no list", "loop over a list")
        for value in values:
            self._budget.step()
            yield value


def identifier(value: Any) -> Raw:
    """Jinja filter: print a text raw, which must be an identifier or identifiers joined with periods."""
    text = text_of(value)
    if not DOTTED.fullmatch(text):
        message = "raw text must be an identifier"
        raise TemplateFault("AML156", message, "print the value itself and it becomes a literal", f"`{text[:40]}`")
    return Raw(text)


def _joined(parts: list[Any]) -> Leaf | str:
    text = "".join(text_of(part) for part in parts)
    path = next((path for path in map(path_of, parts) if path is not None), None)
    return text if path is None else Leaf(text, path)


def _finding(error: Exception, template: str, templates: Mapping[str, str]) -> Finding:
    place = Place(*_where(error, template, templates))
    if isinstance(error, TemplateFault):
        return fault(error.code, place, error.message, error.found, error.instead)
    if isinstance(error, jinja2.TemplateNotFound):
        message = "is outside templates/, or not there"
        return fault("AML158", place, message, f"`{error.name}`", "name a file of templates/")
    if isinstance(error, jinja2.UndefinedError):
        return fault("AML155", place, str(error.message or error), "", "correct the name")
    if isinstance(error, SecurityError):
        return fault("AML159", place, "the sandbox refuses it", str(error)[:120], "use plain values")
    if isinstance(error, jinja2.TemplateSyntaxError):
        return fault("AML150", place, "the template cannot be read", str(error.message)[:200], "correct it")
    message = f"cannot be worked out ({type(error).__name__})"
    return fault("AML159", place, message, str(error)[:120], "write it simpler")


def _where(error: BaseException, template: str, templates: Mapping[str, str]) -> tuple[str, int]:
    """Find the template and the line where it happened: Jinja puts template lines into the traceback."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"templates/{error.name or template}", error.lineno
    found = (template, 1)
    step = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name in templates:
            found = (name, step.tb_lineno)
        step = step.tb_next
    return f"templates/{found[0]}", found[1]
