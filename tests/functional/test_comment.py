"""The comment on a pull request: one, kept up to date, against a fake of Azure Repos on this machine."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "comment.py"
VARIABLES = {
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/team/",
    "SYSTEM_TEAMPROJECT": "ML platform",
    "BUILD_REPOSITORY_ID": "repo",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
    "SYSTEM_ACCESSTOKEN": "job-token",
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("comment", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Repos(BaseHTTPRequestHandler):
    """Threads of one pull request."""

    threads: ClassVar[list[dict[str, Any]]] = []
    asked: ClassVar[list[tuple[str, str]]] = []
    status: ClassVar[int] = 200

    def answer(self) -> None:
        """Do what is asked, and remember it."""
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length) or b"{}")
        type(self).asked.append((self.command, self.headers["Authorization"]))
        if self.command == "POST":
            comment = {"id": 1, "content": sent["comments"][0]["content"]}
            self.threads.append({"id": len(self.threads) + 1, "comments": [comment]})
        elif self.command == "PATCH":
            self.threads[int(self.path.split("/threads/")[1].split("/")[0]) - 1]["comments"][0] |= sent
        data = json.dumps({"value": self.threads}).encode()
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def repos() -> Iterator[str]:
    """The address of the threads."""
    Repos.threads.clear()
    Repos.asked.clear()
    Repos.status = 200
    server = HTTPServer(("127.0.0.1", 0), Repos)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/pullRequests/7/threads"
    server.shutdown()
    server.server_close()


def test_one_comment_is_created_and_then_changed(script: ModuleType, repos: str) -> None:
    """Never a second one; the same text writes nothing."""
    where = script.Target(repos, "job-token")

    said = [script.post(where, script.body(text)) for text in ("one", "one", "two")]

    assert said == ["created", "unchanged", "updated"]
    assert [len(Repos.threads), Repos.threads[0]["comments"][0]["content"]] == [1, f"{script.MARK}\ntwo"]
    assert {token for _, token in Repos.asked} == {"Bearer job-token"}


def test_the_comment_of_somebody_else_is_left_alone(script: ModuleType, repos: str) -> None:
    Repos.threads.append({"id": 1, "comments": [{"id": 1, "content": "please explain"}]})

    assert script.post(script.Target(repos, "t"), script.body("plan")) == "created"
    assert Repos.threads[0]["comments"][0]["content"] == "please explain"


def test_a_redirect_is_not_followed(script: ModuleType, repos: str) -> None:
    """The token goes to the host that it is for."""
    Repos.status = 302

    with pytest.raises(OSError, match="302"):
        script.post(script.Target(repos, "t"), "x")


def test_the_address_is_azure_devops_alone(script: ModuleType) -> None:
    """No variable moves the token to another host."""
    found = script.target(VARIABLES)
    assert found.threads == (
        "https://dev.azure.com/team/ML%20platform/_apis/git/repositories/repo/pullRequests/7/threads"
    )
    for foreign in (
        "https://dev.azure.com.example.org/",
        "http://dev.azure.com/x",
        "https://example.org/dev.azure.com",
    ):
        with pytest.raises(ValueError, match="not Azure DevOps"):
            script.target(VARIABLES | {"SYSTEM_COLLECTIONURI": foreign})
    assert script.target(VARIABLES | {"SYSTEM_PULLREQUEST_PULLREQUESTID": ""}) is None


def test_a_long_text_is_cut_with_a_word_about_it(script: ModuleType) -> None:
    text = script.body("| row |\n" * 30_000)

    assert len(text) <= script.LONGEST
    assert "characters more" in text.splitlines()[-1]


def test_a_missing_permission_is_a_warning(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The build does not fail; the agent shows the line."""
    for name, value in (VARIABLES | {"SYSTEM_COLLECTIONURI": "https://x/##vso[task.complete]"}).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "plan.md").write_text("plan", encoding="utf-8")

    assert script.main([str(tmp_path / "plan.md")]) == 0

    said = capsys.readouterr().out
    assert said.startswith("##vso[task.logissue type=warning]")
    assert said.count("##vso[") == 1
    assert "Contribute to pull requests" in said
