"""The kernels at work in this process: ended by an interrupt, or when they take too much.

Light to import: an interrupt may come before anything has been executed.
"""

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.regenerate.limits import DEFAULTS, Limits

MEGABYTE = 1_000_000
# Linux tells there, in pages, what each process holds.
PROCESSES = "/proc"
PAGE = os.sysconf("SC_PAGE_SIZE") if sys.platform == "linux" else 0
LOOK_SECONDS = 0.5

_lock = threading.Lock()
_kernels: list["RunningKernel"] = []
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
        self.passed = ""
        self.said = 0
        self._over = threading.Event()

    def kill(self) -> None:
        """End the kernel with all that it has started, which is in its group of processes."""
        # It may have ended meanwhile.
        with contextlib.suppress(Exception):
            number = getattr(signal, "SIGKILL", signal.SIGTERM)
            asyncio.run(self.manager.provisioner.send_signal(number))

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

    def watch(self) -> None:
        """Look at time and memory until the run is over."""
        end = time.monotonic() + (self.limits.timeout or 0)
        most = self.limits.max_memory or 0
        while not self._over.wait(LOOK_SECONDS):
            if time.monotonic() > end:
                self.end(f"ran longer than the {self.limits.timeout:g} s allowed (--timeout)")
                return
            held = memory(self.manager.provisioner.pid) / MEGABYTE
            if held > most:
                allowed = f"{most:g} MB are allowed (--max-memory)"
                self.end(f"took {held:.0f} MB of memory, where {allowed}")
                return

    @contextlib.contextmanager
    def at_work(self, manager: Any) -> Iterator[None]:
        """Watch a started kernel, and let it be killed; StoppedError if all is being stopped."""
        self.manager = manager
        watching = threading.Thread(target=self.watch, daemon=True)
        with _lock:
            _kernels.append(self)
        try:
            # Only now: a kernel that starts while all are stopped is in the list, or ends here.
            if _stopping.is_set():
                raise StoppedError("stopped before its first cell")
            watching.start()
            yield
        finally:
            self._over.set()
            if watching.ident:
                watching.join()
            with _lock:
                _kernels.remove(self)


def memory(session: int) -> int:
    """Return the bytes that the processes of a session hold; 0 where that cannot be seen."""
    total, wanted = 0, str(session).encode()
    entries = os.scandir(PROCESSES) if PAGE else ()
    for name in filter(str.isdigit, (entry.name for entry in entries)):
        # Processes end while they are looked at.
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold anything, brackets included.
            values = Path(PROCESSES, name, "stat").read_bytes().rpartition(b")")[2].split()
            if values[3] == wanted:
                total += int(values[21])
    return total * PAGE


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
