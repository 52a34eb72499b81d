"""Speed of the compiler: parsing against pycep-parser and tree-sitter-bicep, compiling by length, growth, all samples.

All in one process, peers and ours alternating, the best of several rounds. Peers come from requirements/bench.txt; one
that is not installed is left out.
"""

from __future__ import annotations

import gc
import math
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from amlctl.bicep.compiler import Options
from amlctl.bicep.compiler import compile as compile_bicep
from amlctl.bicep.formatting import format as format_bicep
from amlctl.bicep.parser import parse
from amlctl.bicep.source import MemoryFiles, decode
from amlctl.diagnostics import has_errors
from amlctl.environment import load_plain as load_yaml

ROUNDS = 5
PATIENCE = 5
"""Seconds after which a peer counts as unable to parse a file (pycep never ends on one of the official samples)."""
SIZES = (1, 2, 4, 8, 16)
"""Factors by which the synthetic file grows."""
OWN = Path(__file__).resolve().parents[2]
_BLOCK = """
@description('The storage account number {n}.')
param name{n} string = 'account{n}'
param tags{n} object = {{ number: {n} }}
var rules{n} = [for i in range(0, 3): {{
  name: '${{name{n}}}-${{i}}'
  enabled: i > 1 && !empty(tags{n}) ? true : contains(name{n}, 'x')
}}]
resource account{n} 'Microsoft.Storage/storageAccounts@2023-05-01' = if (length(rules{n}) > {n}) {{
  name: toLower('${{name{n}}}${{uniqueString(resourceGroup().id, string({n}))}}')
  location: resourceGroup().location
  tags: union(tags{n}, {{ order: 'n{n}' }})
  kind: 'StorageV2'
  sku: {{
    name: 'Standard_LRS'
  }}
  properties: {{
    allowBlobPublicAccess: false
    networkAcls: {{
      defaultAction: 'Deny'
      ipRules: [for rule in rules{n}: {{ action: 'Allow', value: rule.name }}]
    }}
  }}
  resource blobs 'blobServices' = {{
    name: 'default'
    properties: {{ isVersioningEnabled: true, defaultServiceVersion: {previous} }}
  }}
}}
output id{n} string = account{n}.id
"""


class Text(NamedTuple):
    """One file of the corpus."""

    path: str
    text: str


class Corpus(NamedTuple):
    """The files that are parsed, and all that a compilation of them may read."""

    name: str
    texts: list[Text]
    files: MemoryFiles


def say(text: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(f"{text}\n")


def _corpus(folder: Path | None) -> Corpus:
    if folder is None:
        contents = {path.relative_to(OWN).as_posix(): path.read_bytes() for path in _own_files()}
        name = "the project's own files"
    else:
        from tests.conformance.bicep import FOLDERS
        from tests.conformance.git_source import GitSource

        source = GitSource(folder)
        contents = {path: source.read(path) for base in FOLDERS for path in source.files(base)}
        source.close()
        name = "the official samples"
    texts = [
        Text(path, decode(content))
        for path, content in sorted(contents.items())
        if path.endswith(".bicep") and path.rpartition("/")[2].count(".") == 1 and "/Invalid" not in path
    ]
    return Corpus(name, texts, MemoryFiles(contents, load_yaml=load_yaml))


def _own_files() -> list[Path]:
    places = (OWN / "infra", OWN / "tests" / "cases" / "bicep")
    return [path for place in places for path in place.rglob("*") if path.is_file()]


def best(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the shortest time of several rounds, in seconds."""
    shortest = math.inf
    for _ in range(rounds):
        gc.collect()
        began = time.perf_counter()
        action()
        shortest = min(shortest, time.perf_counter() - began)
    return shortest


# --- parsing ---------------------------------------------------------------------------------------------------------


def _too_slow(*_: object) -> None:
    raise TimeoutError


def _pycep() -> Callable[[str], bool] | None:
    try:
        from pycep import BicepParser  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    parser = BicepParser()

    def parses(text: str) -> bool:
        signal.alarm(PATIENCE)
        try:
            parser.parse(text=text)
        except Exception:  # noqa: BLE001 (whatever a peer raises, it did not parse the file)
            return False
        finally:
            signal.alarm(0)
        return True

    signal.signal(signal.SIGALRM, _too_slow)

    return parses


def _tree_sitter() -> Callable[[str], bool] | None:
    try:
        import tree_sitter  # type: ignore[import-not-found,unused-ignore]
        import tree_sitter_bicep  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
    return lambda text: not parser.parse(text.encode()).root_node.has_error


def _parses(text: str) -> bool:
    return not parse(text).findings


def _parse_all(parses: Callable[[str], bool], texts: list[Text]) -> Callable[[], None]:
    def action() -> None:
        for one in texts:
            parses(one.text)

    return action


def bench_parse(corpus: Corpus) -> None:
    """Compare parsing on the files that each peer can read."""
    size = sum(len(one.text) for one in corpus.texts)
    own = [one for one in corpus.texts if _parses(one.text)]
    seconds = best(_parse_all(_parses, corpus.texts))
    say(
        f"parse: {len(own)} of {len(corpus.texts)} files, {size / 1e6:.2f} MB in {seconds:.3f} s: "
        f"{size / 1e6 / seconds:.1f} MB/s"
    )
    for name, peer in (("pycep-parser", _pycep()), ("tree-sitter-bicep", _tree_sitter())):
        if peer is None:
            say(f"  {name}: not installed")
            continue
        readable = [one for one in corpus.texts if peer(one.text)]
        rounds = 1 if name == "pycep-parser" else ROUNDS
        theirs, ours = best(_parse_all(peer, readable), rounds), best(_parse_all(_parses, readable))
        say(
            f"  {name}: {len(readable)} of {len(corpus.texts)} files; on them {theirs:.3f} s, "
            f"amlctl {ours:.3f} s = {ours / theirs:.3f} of it"
        )


# --- compiling -------------------------------------------------------------------------------------------------------


def bench_compile(corpus: Corpus) -> None:
    """Compile and lay out all files of the corpus in one process."""
    failed = [one.path for one in corpus.texts if has_errors(compile_bicep(corpus.files, one.path).findings)]
    texts = [one for one in corpus.texts if one.path not in set(failed)]
    size, lines = sum(len(one.text) for one in texts), sum(one.text.count("\n") + 1 for one in texts)

    def compile_all() -> None:
        for one in texts:
            compile_bicep(corpus.files, one.path, Options())

    def format_all() -> None:
        for one in texts:
            format_bicep(one.text, file=one.path)

    def check_all() -> None:
        for one in texts:
            compile_bicep(corpus.files, one.path, Options(check=True))

    for name, action in (("compile", compile_all), ("compile and check", check_all), ("format", format_all)):
        seconds = best(action, 3)
        per_line = seconds / max(lines, 1) * 1e6
        say(
            f"{name}: {len(texts)} of {len(corpus.texts)} files, {lines} lines in {seconds:.3f} s: "
            f"{per_line:.1f} ms per 1,000 lines, {size / 1e6 / seconds:.2f} MB/s"
        )


def synthetic(blocks: int) -> str:
    """Write a file of so many equal blocks, about 30 lines each, every one with what real modules are made of."""
    return "".join(_BLOCK.format(n=n, previous=f"tags{max(n - 1, 0)}.number") for n in range(blocks))


def slope(points: list[tuple[float, float]]) -> float:
    """Give the exponent of the growth: the slope of the line through the points on logarithmic scales."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x, mean_y = (sum(axis) / len(logs) for axis in zip(*logs, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in logs)
    return float(sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread)


def bench_growth() -> None:
    """Time files that double in length; an exponent of 1 is linear."""
    actions: dict[str, Callable[[str], Any]] = {
        "parse": parse,
        "compile": lambda text: compile_bicep(MemoryFiles({"main.bicep": text}), "main.bicep"),
        "format": format_bicep,
    }
    texts = [synthetic(20 * factor) for factor in SIZES]
    faults = compile_bicep(MemoryFiles({"main.bicep": texts[0]}), "main.bicep").findings
    assert not has_errors(faults), faults[:3]
    for name, action in actions.items():
        points = [(float(len(text)), best(lambda text=text, action=action: action(text), 3)) for text in texts]  # type: ignore[misc]
        lines = texts[-1].count("\n")
        say(
            f"growth of {name}: exponent {slope(points):.2f} over {SIZES[0]}x..{SIZES[-1]}x "
            f"({lines} lines in {points[-1][1]:.3f} s, {points[-1][1] / lines * 1e6:.1f} ms per 1,000 lines)"
        )


def run(folder: Path | None = None) -> None:
    """Time everything and print the figures."""
    corpus = _corpus(folder)
    say(f"bicep: {corpus.name}")
    bench_parse(corpus)
    bench_compile(corpus)
    bench_growth()
