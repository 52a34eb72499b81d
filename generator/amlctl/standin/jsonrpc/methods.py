"""The methods of the protocol ``bicep/…`` (src/Bicep.Cli/Rpc/ICliJsonRpcProtocol.cs): one object in, one object out.

Positions count from 0; values that are not there are left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from amlctl.diagnostics import Finding, Place, has_errors
from amlctl.standin import compiling, reports
from amlctl.standin.jsonrpc.server import InvalidParameters
from amlctl.standin.version import VERSION

Json = dict[str, Any]


def _path(parameters: Json, *extensions: str) -> str:
    path = parameters.get("path")
    if not isinstance(path, str) or not path:
        raise InvalidParameters('The parameter "path" must be the path of a file.')
    path = os.path.abspath(path)
    if os.path.splitext(path)[1].lower() not in (extensions or (".bicep", ".bicepparam")):
        raise ValueError(f"Invalid file path: {path}")
    return path


def _present(**values: Any) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _range(place: Place) -> Json:
    return {
        "start": {"line": place.line - 1, "char": place.column - 1},
        "end": {"line": (place.end_line or place.line) - 1, "char": (place.end_column or place.column) - 1},
    }


def _diagnostic(finding: Finding, path: str) -> Json:
    place = finding.place or Place(path)
    return {
        "source": place.file,
        "range": _range(place),
        "level": reports.LEVELS[finding.level],
        "code": finding.code,
        "message": reports.message(finding),
    }


def _diagnostics(findings: tuple[Finding, ...], path: str) -> list[Json]:
    return [_diagnostic(finding, path) for finding in findings]


def version(_: Json) -> Json:
    """Give the version of the compiler that the stand-in stands for."""
    return {"version": VERSION}


def compile_file(parameters: Json) -> Json:
    """Compile a .bicep or a .bicepparam file."""
    path = _path(parameters)
    result = compiling.compile_any(path)
    success = not has_errors(result.findings)
    diagnostics = _diagnostics(result.findings, path)
    return _present(success=success, diagnostics=diagnostics, contents=result.text if success else None)


def compile_params(parameters: Json) -> Json:
    """Compile a .bicepparam file and the template that it uses, some parameters set by the request."""
    path = _path(parameters)
    if not path.lower().endswith(".bicepparam"):
        raise ValueError("Expected a .bicepparam file")
    overrides = parameters.get("parameterOverrides") or {}
    if not isinstance(overrides, dict):
        raise InvalidParameters('"parameterOverrides" must be an object.')
    result = compiling.compile_parameters(path, overrides)
    success = not has_errors(result.findings)
    return _present(
        success=success,
        diagnostics=_diagnostics(result.findings, path),
        parameters=result.text if success else None,
        template=result.template_text if success else None,
        templateSpecId=result.template_spec_id if success else None,
    )


def metadata(parameters: Json) -> Json:
    """Describe the metadata, parameters, outputs and exports of a file."""
    from amlctl.bicep.metadata import Described, metadata_of

    found = metadata_of(compiling.FILES, _path(parameters))

    def symbol(one: Described) -> Json:
        kind = None
        if one.type_name is not None:
            kind = _present(range=_range(one.type_place) if one.type_place else None, name=one.type_name)
        return _present(range=_range(one.place), name=one.name, type=kind, description=one.description)

    return {
        "metadata": [{"name": name, "value": value} for name, value in found.metadata],
        "parameters": [symbol(one) for one in found.parameters],
        "outputs": [symbol(one) for one in found.outputs],
        "exports": [
            _present(range=_range(one.place), name=one.name, kind=one.kind, description=one.description)
            for one in found.exports
        ],
    }


def deployment_graph(parameters: Json) -> Json:
    """Give the resources and modules of a file and which depends on which."""
    from amlctl.bicep.graph import deployment_graph as graph_of

    graph = graph_of(compiling.FILES, _path(parameters))
    nodes = [
        _present(
            range=_range(node.place),
            name=node.name,
            type=node.type,
            isExisting=node.existing,
            relativePath=node.path,
        )
        for node in graph.nodes
    ]
    return {"nodes": nodes, "edges": [{"source": source, "target": target} for source, target in graph.edges]}


def file_references(parameters: Json) -> Json:
    """Give the paths of all files that a compilation reads, and of those that it looks for in vain."""
    return {"filePaths": compiling.references(_path(parameters))}


def snapshot(parameters: Json) -> Json:
    """Give the snapshot of a parameters file."""
    from amlctl.standin.snapshots import snapshot_of

    where = parameters.get("metadata") or {}
    inputs = parameters.get("externalInputs") or []
    if not isinstance(where, dict) or not isinstance(inputs, list):
        raise InvalidParameters('"metadata" must be an object, "externalInputs" a list.')
    taken = snapshot_of(_path(parameters), where, inputs)
    if taken.text is None:
        raise ValueError("Compilation failed")
    return {"snapshot": taken.text}


def format_file(parameters: Json) -> Json:
    """Lay out a file as its bicepconfig.json asks for."""
    return {"contents": compiling.formatted(_path(parameters))}


METHODS: dict[str, Callable[[Json], Any]] = {
    "bicep/version": version,
    "bicep/compile": compile_file,
    "bicep/compileParams": compile_params,
    "bicep/getMetadata": metadata,
    "bicep/getDeploymentGraph": deployment_graph,
    "bicep/getFileReferences": file_references,
    "bicep/getSnapshot": snapshot,
    "bicep/format": format_file,
}
"""Every method by its name."""
