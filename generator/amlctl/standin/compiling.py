"""The bicep room, asked for one file of this machine: compile, build parameters, format, list what was read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from amlctl.bicep.source import DiskFiles, Files, no_yaml
from amlctl.diagnostics import Finding, Place, has_errors
from amlctl.records import NamedTuple
from amlctl.standin.faults import CommandFailed

if TYPE_CHECKING:
    from amlctl.bicep.compiler import Compilation
    from amlctl.bicep.formatting import Options


class _Reader:
    """Holds the YAML reader that ``loadYamlContent`` needs; this room has none, whoever starts it brings one."""

    load: Callable[[str], Any] = staticmethod(no_yaml)


def bring_yaml_reader(load: Callable[[str], Any]) -> None:
    """Take a reader of YAML texts: it gives plain values, and raises ValueError for what is no YAML."""
    _Reader.load = staticmethod(load)


def _load_yaml(text: str) -> Any:
    return _Reader.load(text)


FILES: Files = DiskFiles(load_yaml=_load_yaml)
"""The files of this machine, by absolute path."""
OVERRIDES = "BICEP_PARAMETERS_OVERRIDES"
"""Environment variable with parameters as JSON, by which az hands over what its command line sets."""


class Compiled(NamedTuple):
    """A compiled file: its text (of main.json, or of the parameters file) and, for parameters, that of the template."""

    text: str
    findings: tuple[Finding, ...]
    template_text: str | None = None
    template_spec_id: str | None = None
    sources: tuple[str, ...] = ()
    template_path: str | None = None


def unreadable(path: str) -> Finding | None:
    """Say why a file cannot be read, None where it can."""
    try:
        with open(path, "rb"):
            return None
    except OSError as error:
        why = f"Could not find file '{path}'." if isinstance(error, FileNotFoundError) else f"{error.strerror}."
        return Finding("error", "BCP091", f"An error occurred reading file. {why}", Place(path, 1, 1, 1, 1))


def compile_any(path: str) -> Compiled:
    """Compile a .bicep file, or build a .bicepparam file."""
    return compile_parameters(path) if path.lower().endswith(".bicepparam") else compile_template(path)


def compile_template(path: str) -> Compiled:
    """Compile a .bicep file; the text is that of main.json, empty where there are errors."""
    fault = unreadable(path)
    if fault is not None:
        return Compiled("", (fault,))
    from amlctl.bicep.compiler import Options as CompileOptions
    from amlctl.bicep.compiler import compile as compile_bicep

    result: Compilation = compile_bicep(FILES, path, CompileOptions(check=True))
    return Compiled(result.text, result.findings, sources=tuple(result.sources))


def compile_parameters(path: str, overrides: Mapping[str, Any] | None = None) -> Compiled:
    """Build a .bicepparam file, the values of some parameters replaced."""
    fault = unreadable(path)
    if fault is not None:
        return Compiled("", (fault,))
    from amlctl.bicep.compiler import Options as CompileOptions
    from amlctl.bicep.params import build_params

    result = build_params(FILES, path, overrides=overrides, options=CompileOptions(check=True))
    return Compiled(
        result.text,
        result.findings,
        result.template_text or None,
        result.template_spec_id,
        tuple(result.sources),
        result.template.sources[0] if result.template is not None and result.template.sources else None,
    )


def overrides_of_environment() -> dict[str, Any]:
    """Give the parameters that the environment sets; raises CommandFailed where they are no JSON object."""
    text = os.environ.get(OVERRIDES, "")
    if not text:
        return {}
    try:
        values = json.loads(text)
    except ValueError as error:
        raise CommandFailed(f"The environment variable {OVERRIDES} holds no JSON: {error}") from error
    if not isinstance(values, dict):
        raise CommandFailed(f"The environment variable {OVERRIDES} must hold a JSON object.")
    return values


def format_options(path: str) -> Options:
    """Give the layout that the bicepconfig.json of a file asks for."""
    from amlctl.bicep.config import find_configuration
    from amlctl.bicep.formatting import options_of

    return options_of(find_configuration(FILES, path, {}).values)


def formatted(path: str, options: Options | None = None) -> str:
    """Lay out a file, as its bicepconfig.json asks for or as the options say."""
    from amlctl.bicep.formatting import format as format_bicep
    from amlctl.bicep.source import decode

    fault = unreadable(path)
    if fault is not None:
        raise CommandFailed(fault.message)
    return format_bicep(decode(FILES.read(path)), options or format_options(path), path)


def references(path: str) -> list[str]:
    """Give all files of a compilation: what was read, and what was looked for in vain."""
    from amlctl.bicep.references import file_references

    return file_references(FILES, path)


def failed(result: Compiled) -> bool:
    """Tell whether a compilation has errors."""
    return has_errors(result.findings)


def missing_artifacts(path: str) -> tuple[Finding, ...]:
    """Give the references of a file, and of all files that it leads to, that the module cache does not hold."""
    fault = unreadable(path)
    if fault is not None:
        return (fault,)
    from amlctl.bicep.references import missing_artifacts as missing

    return missing(FILES, path)
