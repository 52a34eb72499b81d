"""The catalogue of this room's faults (AML1xx), and the exception that carries one out of a template."""

from __future__ import annotations

from amlctl.diagnostics import Finding, Place

CODES: dict[str, str] = {
    "AML150": "the template cannot be read",
    "AML155": "an undefined name in a template",
    "AML156": "raw text that is no identifier",
    "AML157": "an empty value, a bool or a group of values in a text",
    "AML158": "a template outside the templates folder",
    "AML159": "something that a template may not do, or too much of it",
    "AML160": "a rendered file outside its folder, or rendered twice",
    "AML161": "a rendered file differs from its inputs",
    "AML162": "the folder of the rendered files cannot be used",
}


class TemplateFault(Exception):
    """A fault met while a template runs; the engine adds the template's line."""

    def __init__(self, code: str, message: str, instead: str = "", found: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.instead = instead
        self.found = found


def fault(code: str, place: Place | None, message: str, found: str = "", instead: str = "") -> Finding:
    """Make a finding of this room; the code must stand in the catalogue."""
    if code not in CODES:
        raise KeyError(code)
    return Finding("error", code, message, place, found, instead)
