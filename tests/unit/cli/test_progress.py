"""Progress in its forms: who watches cares for resources, programs for everything."""

from __future__ import annotations

import json

import pytest

from amlctl.cli.progress import JsonLines, Live, Plain, Progress, listener
from amlctl.deploy import Deployment
from amlctl.deploy import Progress as Event

VAULT = Event("/s/KV", "Microsoft.KeyVault/vaults", "kv", "Succeeded", 1.5)
MODULE = Event("/s/m", "Microsoft.Resources/deployments", "vault", "Running", 0.0)
DONE = Deployment("amlctl-dev-x", "/s", {}, ("/s/kv",), 2.0)


def test_a_log_gets_a_line_a_state_under_the_plans_name(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, without modules."""
    plain = Plain()
    plain.expect({"/s/kv": "the vault"})

    plain(VAULT)
    plain(MODULE)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.endswith("+00:00  succeeded  vaults  the vault\n")
    assert shown.err.count("\n") == 1


def test_programs_get_documents_that_command_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """Modules too; every line is JSON."""
    lines = JsonLines()

    lines(MODULE)
    lines(VAULT._replace(name="##vso[x]\x1b"))

    shown = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["name"] for line in shown] == ["vault", "##vso[x]\x1b"]
    assert not any("##vso" in line or "\x1b" in line for line in shown)


def test_the_table_counts_the_stack_that_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    """A stack that is deployed leaves the table, and the next one begins at nothing."""
    live = Live()
    live.expect({"/s/kv": "the vault", "/d/ws": "the workspace"})
    try:
        live(VAULT)
        live.finished(DONE)
        live(VAULT._replace(id="/d/ws", state="Running"))
    finally:
        live.stop()

    shown = capsys.readouterr()
    assert "deployed  amlctl-dev-x  1 resources in 2 s" in shown.out
    assert "1 of 2 done" in shown.err
    assert "0 of 1 done" in shown.err


def test_the_form_follows_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain lines where nobody sits; nothing at all where it was said so."""
    with listener("auto") as chosen:
        assert isinstance(chosen, Plain)
    with listener("none") as chosen:
        assert type(chosen) is Progress
