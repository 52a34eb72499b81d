"""A plan as text, JSON or Markdown, and as the file that ``deploy --plan`` takes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amlctl import __version__
from amlctl.plan import Binding, document, load, markdown, save
from amlctl.plan import text as plain

if TYPE_CHECKING:
    from amlctl.app.predict import Planned


def write(planned: Sequence[Planned], form: str, width: int = 100) -> str:
    """Write plans in a form: ``text`` (of a width in columns), ``json`` or ``md``; it ends with a newline."""
    plans = [one.plan for one in planned]
    if form == "json":
        return json.dumps(document(plans), indent=2, ensure_ascii=False) + "\n"
    return markdown(plans) if form == "md" else plain(plans, width) + "\n"


def saved(planned: Sequence[Planned]) -> str:
    """Write plans as a file that is bound to what they were made from."""
    return save([one.plan for one in planned], _binding(planned))


def check_saved_plan(planned: Sequence[Planned], text: str) -> None:
    """Check a saved plan against what is planned now. Raises PlanStale."""
    load(text, [one.plan for one in planned], _binding(planned))


def _binding(planned: Sequence[Planned]) -> Binding:
    inputs = {key: value for one in planned for key, value in one.inputs.items()}
    return Binding(inputs, __version__, int(time.time()))
