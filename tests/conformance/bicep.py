"""Run the compiler over the official compiler's own samples: ``make conformance BICEP=DIR``.

DIR is a checkout or a bare git folder of Azure/bicep. Its samples are read as they are; nothing of them is kept.
Prints one line a feature, ``feature  n of m``, and the first differences; exit 1 where anything differs (diagnostics
have a share to reach instead).

What counts: key order (but for user_submitted, whose recorded order is not the compiler's, and snapshots); numbers as
written. What does not: version and templateHash of ``_generator``. Left out: samples that need an extension, a mock
registry, or an experimental feature.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.conformance.git_source import GitSource

from amlctl.arm import Context, evaluate
from amlctl.arm.snapshot import snapshot
from amlctl.bicep.compiler import Options
from amlctl.bicep.compiler import compile as compile_bicep
from amlctl.bicep.formatting import format as format_bicep
from amlctl.bicep.params import build_params
from amlctl.bicep.source import MemoryFiles, decode
from amlctl.diagnostics import has_errors
from amlctl.environment import load_plain as load_yaml

SAMPLES = "src/Bicep.Core.Samples/Files/"
FOLDERS = (
    SAMPLES + "baselines",
    SAMPLES + "baselines_bicepparam",
    SAMPLES + "user_submitted",
    "src/Bicep.Core.IntegrationTests/Files/SymbolicNameTests",
    "src/Bicep.Cli.E2eTests/src/examples",
    "src/Bicep.Cli.IntegrationTests/Files/BuildParamsCommandTests",
    "src/Bicep.Cli.IntegrationTests/Files/SnapshotCommandTests",
)
LEFT_OUT = re.compile(r"/(Extensions?(_\w+)?|Registry(_\w+)?|extensibility|TemplateSpec|Asserts_\w+|aks\.ff)/")
EXPERIMENTAL = (
    "extensib",
    "testFramework",
    "assertions",
    "moduleExtensionConfigs",
    "Asserts",
    "deployCommands",
    "Resource info",
)
ENVIRONMENT = {"stringEnvVariableName": "test", "intEnvVariableName": "100", "boolEnvironmentVariable": "true"}
"""What the official tests set for readEnvironmentVariable."""
HOME = "home"
CACHED = ("br/mockregistry.io/parameters$basic/v1$/main.json", "BuildParamsCommandTests/Extends/output.json")
"""The one published template that the samples of build-params use, and the record that holds it."""
MIN_DIAGNOSTICS = 0.85
FIGURES = ("build", "symbolic", "params", "format", "snapshot", "diagnostics")
_NOTE = re.compile(r"//@\[(\d+):(\d+)\) \[([\w-]+) \((\w+)\)\]")
_LOOP = re.compile(r"\[format\('([^'\[]+)\[\{0\}\]'")


class Case(NamedTuple):
    """One thing to check: a feature, the sample's source and the file with what is wanted."""

    feature: str
    source: str
    wanted: str


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def say(text: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(f"{text}\n")


def read_samples(source: GitSource) -> dict[str, bytes]:
    """Read all samples, and the cache entry that one of them needs."""
    files = {path: source.read(path) for folder in FOLDERS for path in source.files(folder)}
    for path, content in list(files.items()):
        if path.endswith(CACHED[1]):
            files[f"{HOME}/.bicep/{CACHED[0]}"] = json.loads(content)["templateJson"].encode()
    return files


def cases(files: dict[str, bytes]) -> Iterator[Case]:
    """Find the cases by the names of the files."""
    for path in sorted(files):
        folder, name = posixpath.split(path)
        stem, extension = posixpath.splitext(name)
        if LEFT_OUT.search(f"{folder}/") or extension not in (".bicep", ".bicepparam"):
            continue
        for feature, wanted in _wanted(folder, stem, extension):
            if f"{folder}/{wanted}" in files:
                case = Case(feature, path, f"{folder}/{wanted}")
                if feature not in ("build", "symbolic") or _is_compiled(files[case.wanted]):
                    yield case


def _wanted(folder: str, stem: str, extension: str) -> Iterator[tuple[str, str]]:
    """Features of a sample, with the name of the file that holds what is wanted."""
    baseline, invalid = "/baselines" in folder, "/Invalid" in folder
    if extension == ".bicepparam":
        if stem == "parameters" and not invalid:
            yield "params", "parameters.json"
        if stem == "main":
            yield "params", "output.json"
            yield "snapshot", "main.snapshot.json"
        return
    if not invalid and (stem == "main" or not baseline):
        yield "build", f"{stem}.json"
        yield "symbolic", f"{stem}.symbolicnames.json"
    if baseline and stem == "main":
        yield "diagnostics", "main.diagnostics.bicep"
        yield "format", "main.formatted.bicep"


def _is_compiled(content: bytes) -> bool:
    """Tell whether a file is a template of the compiler, without experimental features."""
    try:
        metadata = json.loads(decode(content)).get("metadata", {})
    except (ValueError, AttributeError):
        return False
    if not isinstance(metadata, dict) or "_generator" not in metadata:
        return False
    enabled = " ".join(metadata.get("_EXPERIMENTAL_FEATURES_ENABLED", []))
    return not any(word in enabled for word in EXPERIMENTAL)


# --- what the compiler gives -----------------------------------------------------------------------------------------


def _build(files: MemoryFiles, path: str, symbolic: bool) -> str:
    result = compile_bicep(files, path, Options(symbolic=symbolic, check=not symbolic))
    if has_errors(result.findings):
        raise ValueError("; ".join(map(str, result.findings[:3])))
    return result.text


def _params(files: MemoryFiles, case: Case) -> str:
    result = build_params(files, case.source)
    if has_errors(result.findings):
        raise ValueError("; ".join(map(str, result.findings[:3])))
    if not case.wanted.endswith("output.json"):
        return result.text
    both = {"parametersJson": result.text, "templateJson": result.template_text or None}
    return json.dumps({**both, "templateSpecId": result.template_spec_id})


def _snapshot(files: MemoryFiles, case: Case) -> str:
    result = build_params(files, case.source)
    if has_errors(result.findings):
        raise ValueError("; ".join(map(str, result.findings[:3])))
    where = Context(subscription_id="0".join(["0" * 7, "-0000-0000-0000-", "0" * 11]), resource_group="myRg")
    return snapshot(evaluate(json.loads(result.template_text), json.loads(result.text)["parameters"], where))


def _json(text: str | bytes) -> Any:
    document = json.loads(decode(text) if isinstance(text, bytes) else text, parse_int=Number, parse_float=Number)
    return _without_build(document)


def _without_build(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_build(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without_build(item) for key, item in value.items()}
    if isinstance(kept.get("_generator"), dict):
        kept["_generator"] = {k: v for k, v in kept["_generator"].items() if k not in ("version", "templateHash")}
    return kept


def differences(got: Any, want: Any, ordered: bool, path: str = "") -> Iterator[str]:
    """Name the places at which two JSON values differ."""
    if isinstance(got, dict) and isinstance(want, dict):
        for key in [*want, *(key for key in got if key not in want)]:
            if key in got and key in want:
                yield from differences(got[key], want[key], ordered, f"{path}/{key}")
            else:
                yield f"{path}/{key} is {'missing' if key in want else 'not wanted'}"
        if ordered and list(got) != list(want) and set(got) == set(want):
            yield f"{path or '/'}: keys in order {list(got)}, wanted {list(want)}"
    elif isinstance(got, list) and isinstance(want, list):
        if path.endswith("/dependsOn"):
            got, want = _settled(got, ordered), _settled(want, ordered)
        if len(got) != len(want):
            yield f"{path}: {len(got)} items, wanted {len(want)}"
        for at, (ours, theirs) in enumerate(zip(got, want, strict=False)):
            yield from differences(ours, theirs, ordered, f"{path}/{at}")
    elif type(got) is not type(want) or got != want:
        yield f"{path}: {json.dumps(got)[:150]}, wanted {json.dumps(want)[:150]}"


def _settled(entries: list[Any], ordered: bool) -> list[Any]:
    """Sort what has no order: entries of one loop's elements (of all, where order does not count)."""
    if not all(isinstance(entry, str) for entry in entries):
        return entries
    if not ordered:
        return sorted(entries)
    runs: list[tuple[str, list[str]]] = []
    for entry in entries:
        loop = _LOOP.match(entry)
        symbol = loop.group(1) if loop else entry
        if not runs or runs[-1][0] != symbol:
            runs.append((symbol, []))
        runs[-1][1].append(entry)
    return [entry for _, run_of_one in runs for entry in sorted(run_of_one)]


# --- features --------------------------------------------------------------------------------------------------------


def _check_json(files: MemoryFiles, case: Case, wanted: bytes) -> list[str]:
    if case.feature == "params":
        text = _params(files, case)
    elif case.feature == "snapshot":
        text = _snapshot(files, case)
    else:
        text = _build(files, case.source, case.feature == "symbolic")
    ordered = "user_submitted" not in case.source and case.feature != "snapshot"
    return list(differences(_json(text), _json(wanted), ordered))


def _check_format(files: MemoryFiles, case: Case, wanted: bytes) -> list[str]:
    text = format_bicep(decode(files.read(case.source)), file=case.source)
    if text == decode(wanted):
        return []
    lines = zip(text.split("\n"), decode(wanted).split("\n"), strict=False)
    at = next((number for number, (ours, theirs) in enumerate(lines, 1) if ours != theirs), "the end")
    return [f"the first difference is at line {at}"]


class Shares:
    """Diagnostics wanted, found and invented, by code."""

    def __init__(self) -> None:
        self.by_code: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.invented_on_valid: list[str] = []

    def check(self, files: MemoryFiles, case: Case, wanted: bytes) -> list[str]:
        """Compare the errors of one sample by line and code."""
        want = Counter(recorded_errors(decode(wanted)))
        result = compile_bicep(files, case.source, Options(check=True))
        got = Counter(
            (finding.place.line, finding.code)
            for finding in result.findings
            if finding.level == "error" and finding.place and finding.place.file == case.source
        )
        for column, counted in enumerate((want, want & got, got - want)):
            for (_, code), number in counted.items():
                self.by_code[code][column] += number
        if "/Invalid" not in case.source and not any(code.startswith("AML") for _, code in got):
            self.invented_on_valid += [f"{case.source}: {code} in line {line}" for line, code in got - want]
        return []

    def total(self, column: int) -> int:
        """Add up one column over all codes."""
        return sum(counts[column] for counts in self.by_code.values())

    def report(self, details: bool) -> bool:
        """Print the share; True where it is reached and no valid sample was complained about."""
        wanted, found, invented = (self.total(column) for column in range(3))
        share = found / wanted if wanted else 0.0
        say(f"{'diagnostics':12} {found:5} of {wanted}  ({share:.1%}; {invented} that are not wanted)")
        for code, (of_code, found_of_code, more) in sorted(self.by_code.items()):
            if details and (of_code != found_of_code or more):
                say(f"    {code:24} wanted {of_code:4}  found {found_of_code:4}  not wanted {more:4}")
        for text in self.invented_on_valid[:10]:
            say(f"    on a valid sample: {text}")
        return share >= MIN_DIAGNOSTICS and not self.invented_on_valid


def recorded_errors(text: str) -> Iterator[tuple[int, str]]:
    """Read the errors of an annotated copy: a note belongs to the line of the source above it."""
    line = 0
    for raw in re.split(r"\r\n|\n|\r", text):
        note = _NOTE.match(raw)
        if note is None:
            line += 1
        elif note.group(4) == "Error":
            yield line, note.group(3)


def run(source: GitSource, show: int = 20, match: str = "", details: bool = False) -> bool:
    """Check every case and print the figures; True where all hold."""
    contents = read_samples(source)
    files = MemoryFiles(contents, load_yaml=load_yaml, environment=ENVIRONMENT, home=HOME)
    shares = Shares()
    checks: dict[str, Callable[[MemoryFiles, Case, bytes], list[str]]] = defaultdict(
        lambda: _check_json, {"format": _check_format, "diagnostics": shares.check}
    )
    figures: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for case in cases(contents):
        if match not in case.source:
            continue
        began = time.perf_counter()
        try:
            bad = checks[case.feature](files, case, contents[case.wanted])
        except Exception as error:  # noqa: BLE001 (what a sample makes us raise is its result)
            bad = [f"{type(error).__name__}: {error}"[:300]]
        figure = figures[case.feature]
        figure[0] += not bad
        figure[1] += 1
        figure[2] += time.perf_counter() - began
        if bad and show > 0:
            show -= 1
            say(f"{case.feature} {case.source}\n    " + "\n    ".join(bad[:3]))
    return _summary(figures, shares, details)


def _summary(figures: dict[str, list[float]], shares: Shares, details: bool) -> bool:
    whole = True
    for feature in FIGURES:
        good, number, seconds = figures[feature]
        if feature == "diagnostics":
            whole &= shares.report(details) and bool(number)
        else:
            say(f"{feature:12} {good:5.0f} of {number:.0f}  ({seconds:.2f} s)")
            whole &= good == number > 0
    return whole
