"""What a process keeps for the next request.

It is bounded, and safe with threads.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable
from typing import Any

from django.core.signals import setting_changed
from django.dispatch import receiver

_all: weakref.WeakSet[Kept] = weakref.WeakSet()


class Kept:
    """A dictionary of at most ``limit`` values.

    Where it is full, the oldest tenth goes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._values: dict[Hashable, Any] = {}
        self._lock = threading.Lock()
        _all.add(self)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Any:
        """Return the value of ``key``, ``None`` where it is not kept."""
        return self._values.get(key)

    def set(self, key: Hashable, value: Any) -> None:
        """Keep a value."""
        if self.limit <= 0:
            return
        with self._lock:
            self._values[key] = value
            if len(self._values) > self.limit:
                for old in list(self._values)[: 1 + self.limit // 10]:
                    del self._values[old]

    def get_or_make(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the value of ``key``, made where it is not kept.

        ``make`` must not return ``None``.
        """
        value = self._values.get(key)
        if value is None:
            value = make()
            self.set(key, value)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()


@receiver(setting_changed)
def _forget(**kwargs: Any) -> None:
    """Forget everything when a test changes a setting.

    Whatever was kept may depend on it.
    """
    for kept in list(_all):
        kept.clear()
