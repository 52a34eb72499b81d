"""The writer: puts a template through ARM as one deployment, watches it, and explains what failed.

In: a ``Request`` (template, parameters, scope) and an ``Arm``. Out: a ``Deployment``. State lies in ARM alone: the
deployment's name carries the environment and the hash of what was sent, so a running one is found again by anybody, and
the last applied template and parameters are read back from the history. Must not decide what to deploy, or print:
whoever calls hands over a listener for progress.
"""

from amlctl.deploy.execute import adopt, execute
from amlctl.deploy.history import history
from amlctl.deploy.retries import execute_patiently
from amlctl.deploy.values import Applied, Clock, Deployment, History, Listener, Progress, Request, digest

__all__ = [
    "Applied",
    "Clock",
    "Deployment",
    "History",
    "Listener",
    "Progress",
    "Request",
    "adopt",
    "digest",
    "execute",
    "execute_patiently",
    "history",
]
