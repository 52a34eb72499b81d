"""What programs ask of one file: its metadata, its deployment graph, the files it depends on."""

from __future__ import annotations

from amlctl.bicep.graph import deployment_graph
from amlctl.bicep.metadata import metadata_of
from amlctl.bicep.references import file_references, missing_artifacts
from amlctl.bicep.source import MemoryFiles

SHOWN = """metadata author = 'me'
metadata count = 3
@export()
@description('A shape.')
type shape = { kind: 'a' | 'b', size: int? }
type shapes = shape[]
@description('The one.')
param one shape
param many shapes?
param plain string
param inline { kind: 'b' | 'a', size: int?, *: shape }
@export()
var answer = 42
@sys.export()
func twice(x string) string => '${x}${x}'
output last (string | int)[] = []
"""
GRAPH = """resource a 'T.x/as@2020-01-01' = { name: 'a' }
var name = a.name
resource b 'T.x/bs@2020-01-01' existing = {
  name: 'b'
  resource inner 'cs' = { name: name }
}
module m 'm.bicep' = [for i in range(0, 2): { params: { x: b::inner.id, y: a.id, z: a.name } }]
resource c 'T.x/cs@2020-01-01' = { name: m[0].outputs.x, dependsOn: [a] }
resource odd 'nonsense' = { name: 'odd' }
"""


def test_metadata_describes_what_a_file_shows() -> None:
    """Literal metadata, parameters and outputs with their types, exports with their kinds."""
    found = metadata_of(MemoryFiles({"main.bicep": SHOWN}), "main.bicep")
    assert found.metadata == (("author", "me"),)
    assert [(one.name, one.type_name, one.description) for one in found.parameters] == [
        ("one", "shape", "The one."),
        ("many", "null | shape[]", None),
        ("plain", "string", None),
        ("inline", "{ kind: 'a' | 'b', size: int | null, *: shape }", None),
    ]
    assert [(one.name, one.kind) for one in found.exports] == [
        ("shape", "TypeAlias"),
        ("answer", "Variable"),
        ("twice", "Function"),
    ]
    assert [(one.name, one.type_name) for one in found.outputs] == [("last", "(int | string)[]")]


def test_places_start_at_the_first_decorator() -> None:
    """A declaration's place holds its decorators; a named type brings the place of its declaration."""
    one = metadata_of(MemoryFiles({"main.bicep": SHOWN}), "main.bicep").parameters[0]
    assert (one.place.line, one.place.end_line) == (7, 8)
    assert one.type_place is not None
    assert (one.type_place.line, one.type_place.end_line) == (3, 5)


def test_graph_has_resources_modules_and_direct_edges() -> None:
    """Nodes come by name; an edge is what a declaration itself mentions, nesting included, variables not followed."""
    graph = deployment_graph(MemoryFiles({"main.bicep": GRAPH}), "main.bicep")
    assert [(node.name, node.type, node.existing, node.path) for node in graph.nodes] == [
        ("a", "T.x/as", False, None),
        ("b", "T.x/bs", True, None),
        ("c", "T.x/cs", False, None),
        ("inner", "T.x/bs/cs", False, None),
        ("m", "<module>", False, "m.bicep"),
    ]
    assert set(graph.edges) == {("c", "a"), ("c", "m"), ("inner", "b"), ("m", "a"), ("m", "inner")}


def test_graph_of_a_faulty_file_is_what_can_be_understood() -> None:
    """Faults do not hide the rest of the file."""
    graph = deployment_graph(MemoryFiles({"main.bicep": "resource = {\n" + GRAPH}), "main.bicep")
    assert "c" in {node.name for node in graph.nodes}


def test_references_hold_modules_loaded_files_and_settings() -> None:
    """Every Bicep file that can be reached, what they load even where it is missing, and their bicepconfig.json."""
    files = MemoryFiles(
        {
            "p/main.bicepparam": "using '../m/main.bicep'\nextends './base.bicepparam'\n"
            "param a = loadTextContent('no.txt')\n",
            "p/base.bicepparam": "using none\n",
            "m/main.bicep": "import { t } from './lib.bicep'\nvar f = 'in/x.json'\nvar v = loadJsonContent(f)\n"
            "module again 'main.bicep' = {}\nmodule far 'br:x.io/y:1' = {}\nmodule gone 'gone.bicep' = {}\n",
            "m/lib.bicep": "@export()\ntype t = string\nvar d = sys.loadFileAsBase64('/abs.bin')\n",
            "bicepconfig.json": "{}",
            "m/bicepconfig.json": "{}",
        }
    )
    assert file_references(files, "p/main.bicepparam") == [
        "/abs.bin",
        "bicepconfig.json",
        "m/bicepconfig.json",
        "m/gone.bicep",
        "m/in/x.json",
        "m/lib.bicep",
        "m/main.bicep",
        "p/base.bicepparam",
        "p/main.bicepparam",
        "p/no.txt",
    ]


def test_missing_artifacts_are_named_once_each() -> None:
    """What the module cache holds is passed over; what it lacks, and wrong references, are findings at their place."""
    files = MemoryFiles(
        {
            "main.bicep": "module a 'br:x.io/y:1' = {}\nmodule b 'br:x.io/z:1' = {}\nmodule c 'br/no:z:1' = {}\n",
            "h/.bicep/br/x.io/y/1$/main.json": "{}",
        },
        home="h",
    )
    found = missing_artifacts(files, "main.bicep")
    assert [(one.code, one.place.line) for one in found if one.place] == [("BCP192", 2), ("BCP213", 3)]
    assert "br:x.io/z:1" in found[0].message
