"""Lets the tests of this folder share their world."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.localarm_world import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    """An endpoint with one resource group."""
    made = Lab()
    made.group()
    yield made
    made.world.closing.set()
    made.world.store.close()
