"""Settings that every test shares."""

from __future__ import annotations

import os
import sys

from hypothesis import settings

# The compiler and the evaluator raise the limit where it is lower; raised once here, no test sees it move.
sys.setrecursionlimit(10_000)
# Timings are never asserted; the same examples on every run, so that a red run is red again.
settings.register_profile("amlctl", deadline=None, derandomize=True)
settings.load_profile("amlctl")
os.environ.setdefault("NO_COLOR", "1")
