"""What a deployment would do: the desired state against what was applied last and what is there now.

In: a ``DesiredState``, the state that was applied last, the live documents by id, and a function that names the YAML
line behind a leaf. Out: a ``Plan``: one ``Change`` a resource, one ``LeafChange`` a property, everything hidden is
counted. Must not read, call or print anything; what it cannot know it says (``unknown``), never "no change".
"""

from amlctl.plan.compare import compare
from amlctl.plan.document import document
from amlctl.plan.markdown import markdown
from amlctl.plan.saved import Binding, load, save
from amlctl.plan.text import text
from amlctl.plan.values import ABSENT, Action, Causes, Change, LeafChange, Live, Plan, Verdict
from amlctl.plan.weaker import Weaker, loosening

__all__ = [
    "ABSENT",
    "Action",
    "Binding",
    "Causes",
    "Change",
    "LeafChange",
    "Live",
    "Plan",
    "Verdict",
    "Weaker",
    "compare",
    "document",
    "load",
    "loosening",
    "markdown",
    "save",
    "text",
]
