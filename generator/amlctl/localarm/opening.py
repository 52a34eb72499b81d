"""Opening a folder's state: the world with what an earlier process left unfinished taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amlctl.localarm.store import Store
from amlctl.localarm.world import World

if TYPE_CHECKING:
    from amlctl.localarm.process import Endpoint


def open_world(path: Path | str, seed: str, **options: Any) -> World:
    """Open (or make) the state file and resume the deployments that were running."""
    from amlctl.localarm import engine, longrunning

    world = World(Store(path), seed, **options)
    longrunning.prune(world)
    engine.resume(world)
    return world


@contextmanager
def in_process(folder: Path | str, **options: Any) -> Iterator[tuple[Endpoint, World]]:
    """Serve a folder on a thread of this process: for tests. Options go to the World (clock, sleep, pace)."""
    import threading

    from amlctl.localarm import process, server
    from amlctl.localarm.certificate import ensure

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ca_file, certificate = ensure(folder)
    world = open_world(folder / "state.db", process.seed_of(folder), **options)
    endpoint = server.Endpoint(world, certificate)
    thread = threading.Thread(target=endpoint.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield process.describe(endpoint.url, ca_file, world), world
    finally:
        world.closing.set()
        endpoint.shutdown()
        endpoint.server_close()
        thread.join(5)
        engine_settled(world)
        world.store.close()


def engine_settled(world: World) -> None:
    """Wait until no deployment thread of this world runs any more."""
    import time

    deadline = time.monotonic() + 5
    while world.busy and time.monotonic() < deadline:
        time.sleep(0.005)
