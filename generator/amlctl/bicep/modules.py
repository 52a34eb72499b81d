"""What a module's or an import's path leads to: a Bicep file, a compiled template, or a template spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlctl.bicep import cache, jsontext, syntax
from amlctl.bicep.config import find_configuration
from amlctl.bicep.source import beside, decode
from amlctl.bicep.values import Unsupported

if TYPE_CHECKING:
    from amlctl.bicep.compiler import Compiler
    from amlctl.bicep.unit import Unit

Node = syntax.Node
Json = dict[str, Any]


class BicepSource:
    """A Bicep file that another file refers to."""

    __slots__ = ("path", "unit")

    def __init__(self, path: str, unit: Unit) -> None:
        self.path, self.unit = path, unit


class ArmSource:
    """A compiled template that a Bicep file refers to. ``reference`` is its registry reference, empty for a file."""

    __slots__ = ("path", "reference", "spec_id", "template")

    def __init__(self, path: str, reference: str, template: Json, spec_id: str | None = None) -> None:
        self.path, self.reference, self.template, self.spec_id = path, reference, template, spec_id

    def section(self, name: str) -> Json:
        """Give a section of the template, empty where it has none."""
        found = self.template.get(name)
        return found if isinstance(found, dict) else {}

    def definition(self, pointer: str) -> Json:
        """Give what ``#/definitions/name`` names, empty where there is no such thing."""
        part: Any = self.template
        for segment in pointer.removeprefix("#/").split("/"):
            key = segment.replace("~1", "/").replace("~0", "~")
            if isinstance(part, list):
                part = part[int(key)] if key.isdigit() and int(key) < len(part) else None
            else:
                part = part.get(key) if isinstance(part, dict) else None
        return part if isinstance(part, dict) else {}

    def secure_outputs(self) -> frozenset[str]:
        """Names of the outputs that hold secrets."""
        return frozenset(
            name for name, schema in self.section("outputs").items() if self._is_secure(schema, frozenset())
        )

    def _is_secure(self, schema: Any, seen: frozenset[str]) -> bool:
        if not isinstance(schema, dict):
            return False
        if str(schema.get("type", "")).lower() in ("securestring", "secureobject"):
            return True
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return reference not in seen and self._is_secure(self.definition(reference), seen | {reference})
        parts = [*_members(schema, "properties"), *schema.get("prefixItems", ()), schema.get("items")]
        parts += [schema.get("additionalProperties"), *_members(schema.get("discriminator", {}), "mapping")]
        return any(self._is_secure(part, seen) for part in parts)


def _members(schema: Any, name: str) -> list[Any]:
    found = schema.get(name) if isinstance(schema, dict) else None
    return list(found.values()) if isinstance(found, dict) else []


Source = BicepSource | ArmSource


def find(compiler: Compiler, file: str, path: Node) -> Source:
    """Follow a path that stands in a file; an Unsupported with the official code where it leads nowhere."""
    if type(path) is not syntax.String:
        raise Unsupported(path, "Expected a module path string.", "BCP092")
    text = path.value
    if cache.is_registry_reference(text):
        return _from_cache(compiler, file, path)
    _check_path(path, text)
    return load(compiler, beside(file, text), path)


def _check_path(node: Node, text: str) -> None:
    """Refuse what is no relative path with ``/`` (SourceGraph/RelativePath.cs)."""
    if not text:
        raise Unsupported(node, "The specified path is empty.", "BCP050")
    if text.startswith("/"):
        raise Unsupported(
            node,
            "The specified path seems to reference an absolute path. Files must be referenced using relative paths.",
            "BCP051",
        )
    if "\\" in text:
        raise Unsupported(
            node,
            'The specified file path contains a "\\" character. Use "/" instead as the directory separator character.',
            "BCP098",
        )
    bad = next((character for character in text if character in '"*:<>?|'), None)
    if bad is not None:
        raise Unsupported(
            node, f'The specified file path contains one or more invalid path characters: "{bad}".', "BCP085"
        )
    if text[-1] in " .":
        raise Unsupported(node, f'The specified file path cannot end with "{text[-1]}".', "BCP086")


def load(compiler: Compiler, path: str, node: Node) -> Source:
    """Read a local file: a template by its name (.json, .jsonc, .arm) or content, else Bicep."""
    known = compiler.sources.get(path)
    if known is not None:
        return known
    try:
        content = compiler.read(path)
    except OSError as error:
        from amlctl.bicep.loads import unreadable

        raise unreadable(node, path, error) from None
    text = decode(content)
    source: Source
    if path.lower().endswith((".json", ".jsonc", ".arm")):
        source = ArmSource(path, "", _template(node, text))
    else:
        source = BicepSource(path, compiler.make_unit(path, text))
    compiler.sources[path] = source
    return source


def _template(node: Node, text: str) -> Json:
    try:
        template = jsontext.loads(text)
    except ValueError:
        template = None
    if not isinstance(template, dict) or "$schema" not in template:
        raise Unsupported(
            node, "The referenced file is not a deployment template. Only templates can be modules.", "BCP104"
        )
    return template


def _from_cache(compiler: Compiler, file: str, node: Node) -> Source:
    configuration = find_configuration(compiler.files, file, compiler.configurations)
    artifact = cache.artifact(compiler.files, configuration, node.value)
    if artifact.fault:
        raise Unsupported(node, artifact.fault, artifact.code)
    known = compiler.sources.get(artifact.path)
    if known is not None:
        return known
    try:
        text = decode(compiler.read(artifact.path))
    except OSError:
        raise Unsupported(
            node,
            f'The artifact with reference "{artifact.reference}" has not been restored.',
            "BCP190",
        ) from None
    template = jsontext.loads(text)
    spec_id = None
    if artifact.template_spec:
        spec_id = str(template.get("id", ""))
        template = template.get("properties", {}).get("mainTemplate", {})
    source = ArmSource(artifact.path, artifact.reference, template, spec_id)
    compiler.sources[artifact.path] = source
    return source
