"""The kernels at work in this process: ended by an interrupt, or when they take too much.

Light to import: an interrupt may come before anything has been executed.
"""

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

from helpers.regenerate import processes
from helpers.regenerate.limits import DEFAULTS, Limits
from helpers.regenerate.processes import Process

MEGABYTE = 1_000_000
LOOK_SECONDS = 0.5

_lock = threading.Lock()
_kernels: list["RunningKernel"] = []
_watched = threading.Event()
_stopping = threading.Event()


class StoppedError(RuntimeError):
    """Raised in place of an execution that is no longer wanted."""


class LimitError(RuntimeError):
    """Says which limit a run has passed."""


class RunningKernel:
    """The kernel of a run, and a look at what it takes from outside the thread that serves it."""

    def __init__(self, name: str, limits: Limits = DEFAULTS):
        self.name = name
        self.limits = limits
        self.manager: Any = None
        self.number = 0
        self.passed = ""
        self.said = 0
        self.begun = time.monotonic()
        self.family: set[Process] = set()

    def kill(self) -> None:
        """End the kernel with all that it has started, in sessions of their own too."""
        self._meet(processes.look())
        # It may have ended meanwhile.
        with contextlib.suppress(Exception):
            number = getattr(signal, "SIGKILL", signal.SIGTERM)
            asyncio.run(self.manager.provisioner.send_signal(number))
        self.end_family()

    def end(self, passed: str) -> None:
        """Kill the kernel and keep why."""
        self.passed = self.passed or passed
        self.kill()

    def hear(self, size: int) -> bool:
        """Count so many bytes of output; False if they are too many."""
        self.said += size
        most = self.limits.max_output or 0
        if self.said <= most * MEGABYTE:
            return True
        passed = f"put out {self.said / MEGABYTE:.1f} MB, where {most:g} MB are allowed"
        # In a thread of its own, since in this one an event loop is running.
        threading.Thread(target=self.end, args=(f"{passed} (--max-output)",)).start()
        return False

    def look(self, found: list[Process]) -> None:
        """Look at time and memory; end the kernel if it takes too much of either."""
        own = self._meet(found)
        most = self.limits.max_memory or 0
        if time.monotonic() - self.begun > (self.limits.timeout or 0):
            self.end(f"ran longer than the {self.limits.timeout:g} s allowed (--timeout)")
        # To tell what is shared takes longer, and matters only then.
        elif sum(one.held for one in own) > most * MEGABYTE:
            held = processes.memory(own) / MEGABYTE
            if held > most:
                allowed = f"{most:g} MB are allowed (--max-memory)"
                self.end(f"took {held:.0f} MB of memory, where {allowed}")

    def _meet(self, found: list[Process]) -> list[Process]:
        """Return the kernel and what it has started, and remember the latter."""
        own = processes.family(self.number, found) if self.number else []
        # Without what changes, so that each is there once.
        self.family |= {one._replace(parent=0, held=0) for one in own if one.number != self.number}
        return own

    def end_family(self) -> None:
        """End what the kernel has started and has not ended itself."""
        processes.end(self.family)

    @contextlib.contextmanager
    def at_work(self, manager: Any) -> Iterator[None]:
        """Watch a started kernel, and let it be killed; StoppedError if all is being stopped."""
        self.manager = manager
        self.begun = time.monotonic()
        with _lock:
            _kernels.append(self)
            if not _watched.is_set():
                _watched.set()
                threading.Thread(target=_watch, daemon=True).start()
        try:
            # Only now: a kernel that starts while all are stopped is in the list, or ends here.
            if _stopping.is_set():
                raise StoppedError("stopped before its first cell")
            self.number = manager.provisioner.pid
            yield
        finally:
            with _lock:
                _kernels.remove(self)
            self._meet(processes.look())


def _watch() -> None:
    """Look at all kernels now and then, until none is left."""
    while True:
        time.sleep(LOOK_SECONDS)
        with _lock:
            kernels = list(_kernels)
            if not kernels:
                _watched.clear()
                return
        found = processes.look()
        for kernel in kernels:
            kernel.look(found)


def stop() -> list[str]:
    """Kill all kernels of this process and let no other begin its work; name their runs."""
    _stopping.set()
    with _lock:
        kernels = list(_kernels)
    for kernel in kernels:
        kernel.kill()
    return sorted(kernel.name for kernel in kernels)


def stopping() -> bool:
    """Tell whether what is executed is no longer wanted."""
    return _stopping.is_set()


def allow() -> None:
    """Let kernels work again after a stop."""
    _stopping.clear()
