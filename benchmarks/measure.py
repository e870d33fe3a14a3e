"""Run a command and say how long it took and how much memory its processes held."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.5
MEGABYTE = 1 << 20
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measured:
    """One execution of a command, with all the processes that it had started.

    ``cpu`` are seconds of processors: on a machine that others use as well, steadier than those on
    the clock. ``peak`` are megabytes held at once, a page that several share counted once; 0 if it
    ended before anybody looked. ``largest`` are those that any one of them held, shared pages
    included.
    """

    seconds: float
    cpu: float
    peak: float
    largest: float


def measure(command: Sequence[str], cwd: Path, env: dict[str, str]) -> Measured:
    """Run a command to its end; RuntimeError with the last it said if it fails."""
    # A file, since a full pipe would stop it.
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=said, stderr=said)
        peak = _Peak(process.pid)
        peak.start()
        # Not wait(), which does not say what the process took.
        _, status, used = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        peak.finish()
        if code:
            said.seek(0)
            text = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{text}")
    cpu = used.ru_utime + used.ru_stime
    return Measured(seconds, cpu, peak.megabytes, used.ru_maxrss * RSS_UNIT / MEGABYTE)


class _Peak(threading.Thread):
    """Looks at the memory of a tree of processes now and then."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.root = psutil.Process(pid)
        self.over = threading.Event()
        self.megabytes = 0.0

    def run(self) -> None:
        """Look until told to stop."""
        while not self.over.wait(SAMPLE_SECONDS):
            self.megabytes = max(self.megabytes, _held(self.root) / MEGABYTE)

    def finish(self) -> None:
        """Stop looking."""
        self.over.set()
        self.join()


def _held(root: psutil.Process) -> int:
    """Return the bytes that a process and its descendants hold now."""
    try:
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_share(process) for process in family)


def _share(process: psutil.Process) -> int:
    """Return a process's memory, its shared pages by its share where that is known."""
    try:
        found = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(found, "pss", 0) or found.uss)
