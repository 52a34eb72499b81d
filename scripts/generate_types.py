"""Generate the catalogue of Azure resource types (generator/amlctl/types/catalogue) from a public package.

    npm pack @azure/mcp-linux-x64@0.7.0
    python -m scripts.generate_types azure-mcp-linux-x64-0.7.0.tgz

The first command fetches the package (MIT licence, 59 MB) from the registry that npm is configured for; the second
reads the type files out of the archive and writes one packed file a resource provider. Nothing of the package is run,
the standard library is enough, and two runs write the same bytes. ``--check`` writes nothing and exits 1 where the
committed catalogue differs. ``overlay.json`` beside the catalogue holds what the package lacks; it goes into the
packed files.

A packed file is gzip of lines: the first is ``{TYPE: {VERSION: [body, writable, read-only, functions?]}}`` (scopes as
bits), each further line is one node, numbered from 0 in the order of first use.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tarfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

from scripts.catalogue.bundle import bundle_entry, resources
from scripts.catalogue.nodes import Merger, Node
from scripts.catalogue.overlay import apply_step

HOME = Path(__file__).resolve().parent.parent / "generator" / "amlctl" / "types"
EVERY_SCOPE = 31
READ_ONLY_RESOURCE = 1


class Entry(NamedTuple):
    """One type@version: numbers of nodes, scopes as bits, ``function -> (output, input)``."""

    body: int
    writable: int
    readable: int
    functions: dict[str, tuple[int, int | None]]


class Provider(NamedTuple):
    """All types of one provider."""

    nodes: list[Node]
    types: dict[str, dict[str, Entry]]


def read_package(path: Path) -> dict[str, bytes]:
    """Give the deflated type files of the assembly in the package, by their name."""
    with tarfile.open(path) as archive:
        member = archive.extractfile("package/dist/azmcp")
        assert member is not None
        program = member.read()
    return dict(resources(bundle_entry(program, "Azure.Bicep.Types.Az.dll")))


class Files:
    """The type files of the package, by path; versions of the overlay have paths of their own."""

    def __init__(self, packed: dict[str, bytes]) -> None:
        self._packed = packed
        self._steps: dict[str, tuple[str, dict[str, Any]]] = {}

    def read(self, path: str) -> Any:
        """Parse one JSON file."""
        base, step = self._steps.get(path, (path, None))
        elements = json.loads(zlib.decompress(self._packed[base + ".deflated"], -15))
        if step is not None:
            apply_step(elements, step)
        return elements

    def add_step(self, index: dict[str, Any], number: int, step: dict[str, Any]) -> None:
        """Enter the versions of one step of the overlay into the index."""
        keys = {key.lower(): key for key in index["resources"]}
        for name, version in ((name, version) for name in step["types"] for version in step["versions"]):
            base = index["resources"][keys[f"{name}@{step['base']}".lower()]]
            index["resources"][f"{name}@{version}"] = self._moved(base, number, step)
            functions = index["resourceFunctions"].get(name.lower(), {})
            if step["base"] in functions:
                functions[version] = [self._moved(reference, number, step) for reference in functions[step["base"]]]

    def _moved(self, reference: dict[str, str], number: int, step: dict[str, Any]) -> dict[str, str]:
        path, at = split_reference(reference)
        moved = f"overlay/{number}/{path}"
        self._steps[moved] = (path, step)
        return {"$ref": f"{moved}#/{at}"}


def split_reference(reference: dict[str, str]) -> tuple[str, int]:
    """``{"$ref": "path/types.json#/17"}`` is (path, 17)."""
    path, _, at = reference["$ref"].partition("#/")
    return path, int(at)


def by_provider(index: dict[str, Any]) -> dict[str, list[tuple[str, str, str, int]]]:
    """Group the index: provider in lower case -> (type, version, file, element)."""
    groups: dict[str, list[tuple[str, str, str, int]]] = {}
    for key, reference in index["resources"].items():
        name, _, version = key.partition("@")
        groups.setdefault(name.partition("/")[0].lower(), []).append((name, version, *split_reference(reference)))
    return groups


def build_provider(keys: list[tuple[str, str, str, int]], index: dict[str, Any], files: Files) -> Provider:
    """Read the files of one provider's types and merge equal nodes."""
    used: dict[str, list[tuple[str, str, int, bool]]] = {}
    for name, version, path, at in keys:
        used.setdefault(path, []).append((name, version, at, False))
        for reference in index["resourceFunctions"].get(name.lower(), {}).get(version, []):
            path_of_function, function = split_reference(reference)
            used.setdefault(path_of_function, []).append((name, version, function, True))
    merger = Merger()
    types: dict[str, dict[str, Entry]] = {}
    functions: dict[tuple[str, str], dict[str, tuple[int, int | None]]] = {}
    for path in sorted(used):
        _add_file(files.read(path), used[path], merger, types, functions)
    final = merger.finish()
    settled = {
        name: {
            version: _settle(entry, functions.get((name, version), {}), final) for version, entry in versions.items()
        }
        for name, versions in types.items()
    }
    return Provider(merger.nodes, settled)


def _add_file(
    elements: list[Any],
    wanted: list[tuple[str, str, int, bool]],
    merger: Merger,
    types: dict[str, dict[str, Entry]],
    functions: dict[tuple[str, str], dict[str, tuple[int, int | None]]],
) -> None:
    bodies = {int(elements[at]["body"]["$ref"][2:]) for _, _, at, function in wanted if not function}
    ends = [elements[at].get(end) for _, _, at, function in wanted if function for end in ("output", "input")]
    placed = merger.add_file(elements, bodies, {int(end["$ref"][2:]) for end in ends if end})
    for name, version, at, function in wanted:
        element = elements[at]
        if function:
            given = element.get("input")
            pair = placed[int(element["output"]["$ref"][2:])], placed[int(given["$ref"][2:])] if given else None
            functions.setdefault((name, version), {})[element["name"]] = pair
        else:
            body = placed[int(element["body"]["$ref"][2:])]
            types.setdefault(name, {})[version] = Entry(body, *_scopes(element), {})


def _scopes(element: dict[str, Any]) -> tuple[int, int]:
    """Give writable and read-only scopes; ``scopeType`` 0 means every scope, ``flags`` 1 a read-only resource."""
    scopes = element["scopeType"] or EVERY_SCOPE
    if element.get("flags", 0) & READ_ONLY_RESOURCE:
        return 0, scopes
    reading = element.get("readOnlyScopes") or 0
    return scopes & ~reading, reading


def _settle(entry: Entry, functions: dict[str, tuple[int, int | None]], final: dict[int, int]) -> Entry:
    ends = {
        name: (final.get(output, output), None if given is None else final.get(given, given))
        for name, (output, given) in sorted(functions.items())
    }
    return entry._replace(body=final.get(entry.body, entry.body), functions=ends)


# ---- packing -------------------------------------------------------------------------------------------------------


def pack(provider: Provider) -> bytes:
    """Write the lines of one provider, packed; nodes that no type reaches are left out."""
    order: dict[int, int] = {}
    header: dict[str, dict[str, list[Any]]] = {}
    for name in sorted(provider.types, key=str.lower):
        for version in sorted(provider.types[name]):
            entry = provider.types[name][version]
            row: list[Any] = [_visit(entry.body, provider.nodes, order), entry.writable, entry.readable]
            if entry.functions:
                row.append({function: [None if end is None else _visit(end, provider.nodes, order) for end in ends]
                            for function, ends in entry.functions.items()})  # fmt: skip
            header.setdefault(name, {})[version] = row
    lines = [_text(header), *(_text(_row(provider.nodes[at], order)) for at in order)]
    return gzip.compress("\n".join(lines).encode(), 9, mtime=0)


def _visit(root: int, nodes: list[Node], order: dict[int, int]) -> int:
    todo = [root]
    while todo:
        at = todo.pop()
        if at not in order:
            order[at] = len(order)
            todo += reversed(nodes[at].children)
    return order[root]


def _row(node: Node, order: dict[int, int]) -> list[Any]:
    """Write a node as a list: its kind, then by kind (amlctl.types.reader names the fields)."""
    head, children = node.head, [order[child] for child in node.children]
    kind = head[0]
    if kind == "object":
        _, name, names, flags, extra, secret = head
        own = [child * 32 + flag for child, flag in zip(children, flags, strict=False)]
        return _short([kind, name, dict(zip(names, own, strict=True)), children[-1] if extra else None, secret])
    if kind == "disc":
        _, name, discriminator, names, flags, branches = head
        own = [child * 32 + flag for child, flag in zip(children, flags, strict=False)]
        rest = dict(zip(branches, children[len(names) :], strict=True))
        return [kind, name, discriminator, dict(zip(names, own, strict=True)), rest]
    if kind == "array":
        return _short([kind, children[0], *head[1:]])
    if kind == "union":
        return [kind, children]
    return _short(list(head))


def _short(row: list[Any]) -> list[Any]:
    while row[-1] is None or row[-1] is False:
        row.pop()
    return row


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def generate(package: Path) -> dict[str, bytes]:
    """Give the packed files by name (``microsoft.network.gz``)."""
    files = Files(read_package(package))
    index = files.read("index.json")
    overlay = json.loads((HOME / "overlay.json").read_text(encoding="utf-8"))
    for number, step in enumerate(overlay["steps"]):
        files.add_step(index, number, step)
    return {f"{name}.gz": pack(build_provider(keys, index, files)) for name, keys in sorted(by_provider(index).items())}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the catalogue; give the exit code."""
    parser = argparse.ArgumentParser(description="Generate the catalogue of Azure resource types.")
    parser.add_argument("package", type=Path, help="the file that npm pack wrote")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the catalogue differs")
    options = parser.parse_args(arguments)
    packed = generate(options.package)
    folder = HOME / "catalogue"
    folder.mkdir(exist_ok=True)
    there = {path.name: path.read_bytes() for path in folder.glob("*.gz")}
    if options.check:
        return int(there != packed)
    for name in there.keys() - packed.keys():
        (folder / name).unlink()
    for name, data in packed.items():
        (folder / name).write_bytes(data)
    sys.stdout.write(f"{len(packed)} providers, {sum(map(len, packed.values())):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
