"""The kernels at work in this process, which an interrupt has to end.

Light to import: an interrupt may come before anything has been executed.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

_lock = threading.Lock()
_managers: list[Any] = []
_stopping = threading.Event()


class StoppedError(RuntimeError):
    """Raised in place of an execution that is no longer wanted."""


@contextlib.contextmanager
def registered(manager: Any) -> Iterator[None]:
    """Let a started kernel be killed from another thread; StoppedError if all is being stopped."""
    with _lock:
        _managers.append(manager)
    try:
        # Only now: a kernel that starts while all are stopped is in the list, or ends here.
        if _stopping.is_set():
            raise StoppedError("stopped before its first cell")
        yield
    finally:
        with _lock:
            _managers.remove(manager)


def stop() -> None:
    """Kill all kernels of this process, and let no other begin its work."""
    _stopping.set()
    with _lock:
        managers = list(_managers)
    for manager in managers:
        # It may have ended meanwhile.
        with contextlib.suppress(Exception):
            # With all that it has started, which is in its group of processes.
            asyncio.run(manager.provisioner.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM)))


def allow() -> None:
    """Let kernels work again after a stop."""
    _stopping.clear()
