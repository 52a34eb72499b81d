"""What is known to break a deployment, found before the first write.

In: what a plan would create (``Wanted``, made by ``wanted``) and an ``Arm``. Out: a ``Verdict``: findings that stop the
run or are only said, and the computes that could be left out instead. Must not write, but for registering providers
when that is asked for, and must not print.
"""

from amlctl.preflight.check import check
from amlctl.preflight.values import Compute, Verdict, Wanted
from amlctl.preflight.wanted import wanted

__all__ = ["Compute", "Verdict", "Wanted", "check", "wanted"]
