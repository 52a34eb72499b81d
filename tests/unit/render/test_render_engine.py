"""The engine's fence: every fault of a template is a finding at its line (rows 55 to 60 of the bad inputs)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amlctl.errors import ConfigurationInvalid
from amlctl.render import engine as engine_module
from amlctl.render import read_templates
from amlctl.render.engine import Engine
from amlctl.render.leaves import Leaf, View
from amlctl.render.rendering import check_paths

CONTEXT: dict[str, Any] = {
    "text": Leaf("it's", ("a",)),
    "number": Leaf(3, ("b",)),
    "switch": Leaf(True, ("c",)),
    "nothing": None,
    "group": View(inner=Leaf("x", ("d", "inner"))),
    "list": [Leaf("one", ("e", 0)), Leaf("two", ("e", 1))],
    "sneaky": Leaf("{{ 7*7 }}{% include 'x' %}", ("f",)),
}


def rendered(template: str, path: str = "main.bicep") -> str:
    engine = Engine({"t.j2": template})
    text, marks = engine.render("t.j2", path, CONTEXT)
    return marks.strip(text)[0]


def fault(template: str) -> str:
    with pytest.raises(ConfigurationInvalid) as raised:
        rendered(template)
    (finding,) = raised.value.findings
    return f"{finding.code} {finding.place}"


def test_a_value_is_printed_as_a_literal() -> None:
    assert rendered("a: {{ text }} {{ number }} {{ switch }}") == "a: 'it\\'s' 3 true"
    assert rendered("a: {{ text }} {{ number }}", "x.yml") == "a: 'it''s' 3"


def test_a_value_is_rendered_once_only() -> None:
    assert rendered("{{ sneaky }}") == "'{{ 7*7 }}{% include \\'x\\' %}'"


def test_texts_are_joined_with_a_tilde_and_stay_one_literal() -> None:
    assert rendered("{{ 'from ' ~ text ~ number }}") == "'from it\\'s3'"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("\n{{ txet }}", "AML155 templates/t.j2:2:1"),
        ("{{ group.outer }}", "AML155 templates/t.j2:1:1"),
        ("\n\n{{ text | identifier }}", "AML156 templates/t.j2:3:1"),
        ("{{ nothing }}", "AML157 templates/t.j2:1:1"),
        ("{{ 'a' ~ switch }}", "AML157 templates/t.j2:1:1"),
        ("{{ 'a' ~ (1 == 1) }}", "AML157 templates/t.j2:1:1"),
        ("{{ 'a' ~ nothing }}", "AML157 templates/t.j2:1:1"),
        ("{{ group }}", "AML157 templates/t.j2:1:1"),
        ("{{ list }}", "AML157 templates/t.j2:1:1"),
        ("{{ 'a' ~ group }}", "AML157 templates/t.j2:1:1"),
        ("{% include '../../etc/passwd' %}", "AML158 templates/t.j2:1:1"),
        ("{% import 'os' as os %}", "AML158 templates/t.j2:1:1"),
        ("{{ ''.__class__.__mro__ }}", "AML159 templates/t.j2:1:1"),
        ("{{ text._value }}", "AML159 templates/t.j2:1:1"),
        ("{{ text.upper() }}", "AML155 templates/t.j2:1:1"),
        ("{{ 'a' * 200000000 }}", "AML159 templates/t.j2:1:1"),
        ("{{ 9 ** 9 ** 9 }}", "AML159 templates/t.j2:1:1"),
        ("{{ '%999999999d' % 1 }}", "AML159 templates/t.j2:1:1"),
        ("{{ range(10) }}", "AML155 templates/t.j2:1:1"),
        ("{% for x in 'abc' %}{% endfor %}", "AML159 templates/t.j2:1:1"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "AML159 templates/t.j2:1:1"),
        ("{{ text | default('off') }}", "AML150 templates/t.j2:1:1"),
        ("{{ text | safe }}", "AML150 templates/t.j2:1:1"),
        ("{% if %}", "AML150 templates/t.j2:1:1"),
    ],
)
def test_a_fault_has_a_code_and_the_template_s_line(template: str, expected: str) -> None:
    assert fault(template) == expected


def test_a_template_that_runs_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "MAX_SECONDS", 0.05)
    loops = "".join(f"{{% for a{n} in [1,1,1,1,1,1,1,1,1,1] %}}" for n in range(9))
    assert fault(loops + "{% endfor %}" * 9).startswith("AML159")


def test_a_template_that_writes_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "MAX_CHARACTERS", 100)
    assert fault("{% for a in [1,2,3] %}" + "x" * 60 + "{% endfor %}").startswith("AML159")


def test_origins_name_the_value_behind_each_literal() -> None:
    engine = Engine({"t.j2": "a: {{ text }}, {{ number }}\n{% for one in list %}\n- {{ one }}\n{% endfor %}\n"})
    marked, marks = engine.render("t.j2", "main.bicep", CONTEXT)
    text, origins = marks.strip(marked)
    lines = text.split("\n")
    found = {origin.path: lines[origin.line - 1][origin.column - 1 : origin.end_column - 1] for origin in origins}
    assert found == {("a",): "'it\\'s'", ("b",): "3", ("e", 0): "'one'", ("e", 1): "'two'"}


@pytest.mark.parametrize(
    "path", ["../x.bicep", "/etc/x.bicep", "a/../../b.bicep", "A.bicep", "x.txt", "a//b.bicep", "a\\b.bicep", ""]
)
def test_a_rendered_file_lies_inside_its_folder(path: str) -> None:
    with pytest.raises(ConfigurationInvalid) as raised:
        check_paths({path: None})
    assert raised.value.findings[0].code == "AML160"


def test_a_template_that_is_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "secret.j2").write_text("x", encoding="utf-8")
    (tmp_path / "templates" / "main.bicep.j2").symlink_to(tmp_path / "secret.j2")
    with pytest.raises(ConfigurationInvalid) as raised:
        read_templates(tmp_path / "templates")
    assert raised.value.findings[0].code == "AML158"


def test_a_template_may_not_hold_our_marks(tmp_path: Path) -> None:
    (tmp_path / "main.bicep.j2").write_text("a\x02b", encoding="utf-8")
    with pytest.raises(ConfigurationInvalid) as raised:
        read_templates(tmp_path)
    assert raised.value.findings[0].code == "AML150"
