"""A plan as text, JSON or Markdown, and as the file that ``deploy --plan`` takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amlctl.plan import document, markdown, save, text

if TYPE_CHECKING:
    from amlctl.app.predict import Planned


def write(planned: Sequence[Planned], form: str) -> str:
    """Write plans in a form: ``text``, ``json`` or ``md``; it ends with a newline."""
    plans = [one.plan for one in planned]
    if form == "json":
        return json.dumps(document(plans), indent=2, ensure_ascii=False) + "\n"
    return markdown(plans) if form == "md" else text(plans) + "\n"


def saved(planned: Sequence[Planned]) -> str:
    """Write plans as a file that is bound to what they were made from."""
    inputs = {key: value for one in planned for key, value in one.inputs.items()}
    return save([one.plan for one in planned], inputs)
