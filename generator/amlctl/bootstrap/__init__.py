"""What ARM cannot do, reconciled after a deployment: look first, write only what differs; a second run writes nothing.

In: an ``Environment`` that is deployed and an ``Arm``. Out: a ``Report``: a step a thing, each verified, unchanged,
created, updated or failed. Must not deploy templates, delete anything, or swallow a failure.
"""

from amlctl.bootstrap.reconcile import platforms, reconcile
from amlctl.bootstrap.values import Outcome, Platform, Report, Step

__all__ = ["Outcome", "Platform", "Report", "Step", "platforms", "reconcile"]
