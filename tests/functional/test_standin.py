"""The stand-in as a process of its own: files, streams and exit codes; JSON-RPC over stdio, a socket and a pipe."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pytest

from amlctl.standin.jsonrpc import framing

COMMAND = [sys.executable, "-c", "from amlctl.cli.stand_in import main; main()"]
TEMPLATE = "param p string = 'x'\nvar y = loadYamlContent('y.yaml')\noutput o string = '${p}${y.a}'\n"
FAULTY = "param p string\noutput o string = q\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a template, a faulty one and a parameters file."""
    for name, text in {
        "main.bicep": TEMPLATE,
        "y.yaml": "a: 'é'\n",
        "bad/flawed.bicep": FAULTY,
        "main.bicepparam": "using 'main.bicep'\nparam p = 'v'\n",
        "bicepconfig.json": '{"formatting": {"indentKind": "Tab"}}',
        "loose.bicep": "var   x={\na:1}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the stand-in in a folder."""
    words, variables = [*COMMAND, *arguments], {**os.environ, **environment}
    return subprocess.run(words, cwd=folder, capture_output=True, timeout=60, env=variables, check=False)


def test_build_writes_the_bytes_that_stdout_shows(folder: Path) -> None:
    """A build says nothing and writes main.json; --stdout prints exactly its bytes; YAML is read."""
    built = run(folder, "build", "main.bicep")
    assert (built.returncode, built.stdout) == (0, b"")
    content = (folder / "main.json").read_bytes()
    assert json.loads(content)["variables"]["$fxv#0"] == {"a": "é"}
    assert run(folder, "build", "--stdout", "main.bicep").stdout == content
    assert run(folder, "build", "main.bicep", "--outdir", "new/out").returncode == 0
    assert (folder / "new/out/main.json").read_bytes() == content


def test_failed_build_writes_nothing(folder: Path) -> None:
    """Errors go to stderr with their place, the exit code is 1, and no file appears."""
    built = run(folder, "build", "bad/flawed.bicep")
    assert (built.returncode, built.stdout) == (1, b"")
    place = folder / "bad/flawed.bicep"
    text = f'{place}(2,19) : Error BCP057: The name "q" does not exist in the current context.'
    assert text in built.stderr.decode()
    assert not (folder / "bad/flawed.json").exists()


def test_pattern_builds_the_good_files_and_reports_the_bad(folder: Path) -> None:
    """One faulty file of a pattern makes the exit code 1; the others are built."""
    built = run(folder, "build", "--pattern", "**/*.bicep")
    assert built.returncode == 1
    assert (folder / "main.json").exists()
    assert not (folder / "bad/flawed.json").exists()


def test_missing_file_is_a_finding(folder: Path) -> None:
    """A file that is not there is BCP091."""
    built = run(folder, "build", "none.bicep")
    assert built.returncode == 1
    assert b"none.bicep(1,1) : Error BCP091: An error occurred reading file." in built.stderr


def test_build_params_gives_az_one_line(folder: Path) -> None:
    """--stdout holds parameters and template as az reads them; the environment may set parameters."""
    overrides = json.dumps({"p": "it's ${x}"})
    built = run(folder, "build-params", "main.bicepparam", "--stdout", BICEP_PARAMETERS_OVERRIDES=overrides)
    assert built.returncode == 0, built.stderr
    both = json.loads(built.stdout)
    assert json.loads(both["parametersJson"])["parameters"] == {"p": {"value": "it's ${x}"}}
    assert "outputs" in json.loads(both["templateJson"])
    assert both["templateSpecId"] is None
    refused = run(folder, "build-params", "main.bicepparam", "--bicep-file", "loose.bicep")
    assert refused.returncode == 1
    assert b"doesn't match the Bicep file main.bicep" in refused.stderr


def test_lint_writes_sarif_to_stdout(folder: Path) -> None:
    """SARIF of lint is the answer and goes to stdout; errors make the exit code 1."""
    linted = run(folder, "lint", "bad/flawed.bicep", "--diagnostics-format", "sarif")
    assert linted.returncode == 1
    results = json.loads(linted.stdout)["runs"][0]["results"]
    assert "BCP057" in {result["ruleId"] for result in results}


def test_format_follows_configuration_and_options(folder: Path) -> None:
    """bicepconfig.json sets the layout, options win over it, the file is written in place."""
    assert run(folder, "format", "loose.bicep", "--stdout").stdout == b"var x = {\n\ta: 1\n}\n"
    assert run(folder, "format", "loose.bicep", "--indent-kind", "space", "--newline-kind", "CRLF").returncode == 0
    assert (folder / "loose.bicep").read_bytes() == b"var x = {\r\n  a: 1\r\n}\r\n"
    refused = run(folder, "format", "--pattern", "*.bicep", "--outdir", "x")
    assert refused.returncode == 1
    assert b"The --outdir parameter cannot be used with the --pattern parameter" in refused.stderr


def test_snapshot_is_written_and_validated(folder: Path) -> None:
    """The snapshot lies beside the parameters file; a change makes the validation fail and is shown."""
    assert run(folder, "snapshot", "main.bicepparam").returncode == 0
    path = folder / "main.snapshot.json"
    assert json.loads(path.read_text(encoding="utf-8"))["outputs"] == {"o": "vé"}
    assert run(folder, "snapshot", "main.bicepparam", "--mode", "validate").returncode == 0
    added = {"id": "/subscriptions/s/providers/T.x/ys/z", "type": "T.x/ys", "name": "z", "apiVersion": "1"}
    path.write_text(json.dumps({"predictedResources": [added], "diagnostics": [], "outputs": {}}))
    validated = run(folder, "snapshot", "main.bicepparam", "--mode", "validate")
    assert validated.returncode == 1
    assert b"- T.x/ys/z" in validated.stdout
    refused = run(folder, "snapshot", "main.bicepparam", "--management-group-id", "mg")
    assert refused.returncode == 1
    assert b"cannot be specified for a template of scope ResourceGroup" in refused.stderr


def _ask(sink: IO[bytes], source: IO[bytes], number: int, method: str, **parameters: Any) -> Any:
    sink.write(framing.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}))
    sink.flush()
    body = framing.read(source)
    assert body is not None
    answer = json.loads(body)
    assert answer["id"] == number
    return answer


@pytest.fixture(params=["stdio", "socket", "pipe"])
def connection(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Streams to and from a stand-in that was started over one of the three transports."""
    if request.param == "stdio":
        process = subprocess.Popen([*COMMAND, "jsonrpc", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        with process, process.stdin, process.stdout:
            yield process.stdin, process.stdout
        assert process.returncode == 0
        return
    if request.param == "pipe":
        if not hasattr(socket, "AF_UNIX"):
            pytest.skip("no Unix sockets")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.relpath(folder / "p"))
        option, name = "--pipe", str(folder / "p")
    else:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        option, name = "--socket", str(listener.getsockname()[1])
    with listener:
        listener.listen(1)
        listener.settimeout(30)
        process = subprocess.Popen([*COMMAND, "jsonrpc", option, name])
        accepted, _ = listener.accept()
        with accepted, accepted.makefile("rwb") as stream:
            yield cast(IO[bytes], stream), cast(IO[bytes], stream)
            accepted.shutdown(socket.SHUT_RDWR)
        assert process.wait(30) == 0


def test_protocol_answers_over_every_transport(connection: tuple[IO[bytes], IO[bytes]], folder: Path) -> None:
    """Every method answers with what it promises; what fails is an error, and the server lives on."""
    sink, source = connection

    def ask(number: int, method: str, **parameters: Any) -> Any:
        return _ask(sink, source, number, f"bicep/{method}", **parameters)

    main, params = str(folder / "main.bicep"), str(folder / "main.bicepparam")
    assert ask(1, "version")["result"] == {"version": "0.46.1"}
    assert json.loads(ask(2, "compile", path=main)["result"]["contents"])["outputs"]
    flawed = ask(3, "compile", path=str(folder / "bad/flawed.bicep"))["result"]
    assert not flawed["success"]
    assert "contents" not in flawed
    assert "does not exist" in json.dumps(flawed["diagnostics"])
    compiled = ask(4, "compileParams", path=params, parameterOverrides={"p": "o"})["result"]
    assert json.loads(compiled["parameters"])["parameters"]["p"]["value"] == "o"
    assert ask(5, "getMetadata", path=main)["result"]["parameters"][0]["name"] == "p"
    assert ask(6, "getDeploymentGraph", path=main)["result"] == {"nodes": [], "edges": []}
    files = ask(7, "getFileReferences", path=params)["result"]["filePaths"]
    names = ["bicepconfig.json", "main.bicep", "main.bicepparam", "y.yaml"]
    assert files == [str(folder / name) for name in names]
    assert json.loads(ask(8, "getSnapshot", path=params, metadata={})["result"]["snapshot"])["outputs"] == {"o": "vé"}
    assert ask(9, "format", path=main)["result"]["contents"] == TEMPLATE
    assert "Invalid file path" in ask(10, "compile", path=str(folder / "y.yaml"))["error"]["message"]
    assert ask(11, "nothing")["error"]["code"] == -32601


def test_requests_are_taken_while_others_run(folder: Path) -> None:
    """A client may send many requests before it reads the first answer."""
    process = subprocess.Popen([*COMMAND, "jsonrpc", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    request = {"jsonrpc": "2.0", "method": "bicep/compile", "params": {"path": str(folder / "main.bicep")}}

    def send(sink: IO[bytes]) -> None:
        with sink:
            sink.write(b"".join(framing.encode({**request, "id": number}) for number in range(200)))

    with process:
        sender = threading.Thread(target=send, args=(process.stdin,))
        sender.start()
        answers = [json.loads(body)["id"] for body in iter(lambda: framing.read(process.stdout), None)]  # type: ignore[arg-type]
        sender.join()
    assert answers == list(range(200))
