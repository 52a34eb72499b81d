"""What every handler shares: the store, the clock, the pace of long-running work and the folder's secret."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from amlctl.localarm.store import Store
from amlctl.localarm.tokens import TENANT_ID, Tokens

if TYPE_CHECKING:
    from amlctl.localarm.faults import Faults

DEFAULT_PACE = 0.03


class World:
    """State and environment of one endpoint. `clock` gives seconds since 1970, `pace` is how long work takes."""

    def __init__(
        self,
        store: Store,
        seed: str,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        pace: float = DEFAULT_PACE,
    ) -> None:
        from amlctl.localarm.faults import Faults

        self.store = store
        self.seed = seed
        self.clock = clock
        self.sleep = sleep
        self.pace = pace
        self.tenant_id = TENANT_ID
        self.tokens = Tokens(seed, uuid.uuid4().hex)
        self.lock = threading.RLock()
        self.faults: Faults = Faults()
        self.requests: deque[dict[str, Any]] = deque(maxlen=20_000)
        self.settings: dict[str, Any] = {}
        """What ``/_lab/settings`` and ``/_lab/roles`` changed, until the end of this process."""
        self.taken = 0
        self.writes = 0
        """Requests since the start, and those of them that change something."""
        self.busy: set[str] = set()
        """Keys of deployments that a thread of this process is carrying out."""
        self.cancelled: set[str] = set()
        self.closing = threading.Event()

    def now(self) -> datetime:
        """Give the time of the clock in UTC."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def time(self) -> str:
        """Give the time as ARM writes it: seven decimals, trailing zeros cut."""
        return stamp(self.now())

    def seconds(self) -> str:
        """Give the time without a fraction."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def guid(self, *parts: str) -> str:
        """Derive a GUID from this folder's secret: the same parts give the same GUID."""
        return str(uuid.UUID(bytes=self._derive("guid", *parts)[:16], version=4))

    def hex(self, *parts: str) -> str:
        """Derive 64 hex digits."""
        return self._derive("hex", *parts).hex()

    def key(self, *parts: str) -> str:
        """Derive an access key: 64 bytes in base64. Keys are never stored."""
        import base64

        data = self._derive("key", *parts) + self._derive("more", *parts)
        return base64.b64encode(data).decode()

    def _derive(self, *parts: str) -> bytes:
        return hmac.new(self.seed.encode(), "\0".join(parts).encode(), hashlib.sha256).digest()


def stamp(moment: datetime) -> str:
    """Write a time with up to seven decimals, without trailing zeros: ``2026-04-09T17:27:06.246602Z``."""
    fraction = f"{moment.microsecond:06d}".rstrip("0")
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}" if fraction else "") + "Z"


def duration(seconds: float) -> str:
    """Write a duration as ARM does: ``PT1M14.2498195S``, at least ``PT0S``."""
    seconds = max(seconds, 0.0)
    minutes, rest = divmod(round(seconds, 7), 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{rest:.7f}".rstrip("0").rstrip(".") or "0"
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return f"PT{clock}{text}S" if rest or not clock else f"PT{clock}"
