"""``build``, ``build-params``, ``lint``, ``format`` and ``restore``: arguments in, exit code out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from amlctl.standin import compiling, paths, reports, usage
from amlctl.standin.compiling import Compiled
from amlctl.standin.faults import CommandFailed

Values = dict[str, Any]
_SEPARATORS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def out(text: str) -> None:
    """Write to stdout as UTF-8, line ends as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


def err(text: str) -> None:
    """Write to stderr."""
    sys.stderr.write(text)
    sys.stderr.flush()


def _report(result: Compiled, values: Values, sarif: Callable[[str], None] = err) -> bool:
    """Show the findings in the wanted form; True: there are no errors."""
    if values.get("--diagnostics-format") == "SARIF":
        sarif(reports.sarif(result.findings))
    elif result.findings:
        err(reports.lines(result.findings))
    return not compiling.failed(result)


def build(values: Values) -> int:
    """Compile .bicep files; a failed one writes nothing."""
    usage.check_outputs(values)
    pairs = paths.inputs_and_outputs(values, ".json")
    failed = False
    for path, target in pairs:
        paths.require_extension(path, paths.BICEP)
        result = compiling.compile_template(path)
        if not _report(result, values):
            failed = True
        elif values.get("--stdout") and len(pairs) == 1:
            out(result.text)
        else:
            paths.write(target, result.text)
    return int(failed)


def build_params(values: Values) -> int:
    """Build .bicepparam files; a failed one writes nothing."""
    usage.check_outputs(values)
    if values.get("--pattern") and values.get("--bicep-file"):
        raise CommandFailed("The --bicep-file parameter cannot be used with the --pattern parameter")
    pairs = paths.inputs_and_outputs(values, ".json")
    one = len(pairs) == 1
    overrides = compiling.overrides_of_environment() if one else {}
    failed = False
    for path, target in pairs:
        paths.require_extension(path, paths.PARAMETERS)
        result = compiling.compile_parameters(path, overrides)
        _check_template(values.get("--bicep-file"), result)
        if not _report(result, values):
            failed = True
        elif values.get("--stdout") and one:
            out(_both(result))
        else:
            paths.write(target, result.text)
    return int(failed)


def _check_template(wanted: str | None, result: Compiled) -> None:
    """Refuse a parameters file that uses another template than the one that was named."""
    if wanted is None:
        return
    path = paths.absolute(wanted)
    paths.require_extension(path, paths.BICEP)
    used = result.template_path
    if used is not None and os.path.abspath(used) != path:
        raise CommandFailed(
            f"Bicep file {path} provided with --bicep-file option doesn't match the Bicep file "
            f'{os.path.basename(used)} referenced by the "using" declaration in the parameters file.'
        )


def _both(result: Compiled) -> str:
    """Give parameters and template in the one line of JSON that az reads."""
    document = {
        "parametersJson": result.text,
        "templateJson": result.template_text,
        "templateSpecId": result.template_spec_id,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(_SEPARATORS)


def lint(values: Values) -> int:
    """Show the findings of files; SARIF goes to stdout."""
    failed = False
    for path in paths.inputs(values):
        paths.require_extension(path, paths.BICEP, paths.PARAMETERS)
        failed |= not _report(compiling.compile_any(path), values, out)
    return int(failed)


def format_files(values: Values) -> int:
    """Lay out files in place, or to where the options say."""
    if values.get("--pattern") is not None and values.get("--outdir") is not None:
        raise CommandFailed("The --outdir parameter cannot be used with the --pattern parameter")
    usage.check_outputs(values)
    for path, target in paths.inputs_and_outputs(values, None):
        paths.require_extension(path, paths.BICEP, paths.PARAMETERS)
        options = compiling.format_options(path)
        chosen = {
            field: values[option]
            for option, field in (
                ("--newline-kind", "newline_kind"),
                ("--indent-kind", "indent_kind"),
                ("--indent-size", "indent_size"),
                ("--insert-final-newline", "insert_final_newline"),
            )
            if option in values
        }
        text = compiling.formatted(path, options._replace(**chosen))
        if values.get("--stdout"):
            out(text)
        else:
            paths.write(target, text)
    return 0


def restore(values: Values) -> int:
    """Say which external modules the module cache lacks; nothing is ever fetched."""
    failed = False
    for path in paths.inputs(values):
        paths.require_extension(path, paths.BICEP, paths.PARAMETERS)
        findings = compiling.missing_artifacts(path)
        err(reports.lines(findings))
        failed |= bool(findings)
    return int(failed)


BY_NAME: dict[str, Callable[[Values], int]] = {
    "build": build,
    "build-params": build_params,
    "format": format_files,
    "lint": lint,
    "restore": restore,
}
"""Commands by their name."""
