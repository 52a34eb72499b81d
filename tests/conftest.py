"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

# Timings are never asserted; the same examples on every run, so that a red run is red again.
settings.register_profile("amlctl", deadline=None, derandomize=True)
settings.load_profile("amlctl")
os.environ.setdefault("NO_COLOR", "1")
for name in ("TF_BUILD", "GITHUB_ACTIONS", "AMLCTL_REHEARSAL", "AMLCTL_ENV"):  # a test says itself where it runs
    os.environ.pop(name, None)
