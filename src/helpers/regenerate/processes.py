"""The processes of this machine, as far as Linux shows them; none are seen elsewhere."""

import contextlib
import os
import signal
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

PLACE = Path("/proc")
SEEN = sys.platform == "linux"
PAGE = os.sysconf("SC_PAGE_SIZE") if SEEN else 0


class Process(NamedTuple):
    """A process when it was looked at; by number and start it is known for the same again."""

    number: int
    parent: int
    session: int
    started: int
    held: int


def look() -> list[Process]:
    """All processes that run now."""
    return [process for number in _numbers() for process in _found(number)]


def _numbers() -> Iterator[int]:
    if SEEN:
        with os.scandir(PLACE) as entries:
            yield from [int(entry.name) for entry in entries if entry.name.isdigit()]


def _found(number: int) -> list[Process]:
    """Return a process in a list; an empty one if it has ended, as it may meanwhile."""
    try:
        text = (PLACE / str(number) / "stat").read_bytes()
    except OSError:
        return []
    # The name, in brackets, may hold anything, brackets included.
    values = text.rpartition(b")")[2].split()
    parent, session, started, pages = (int(values[at]) for at in (1, 3, 19, 21))
    return [Process(number, parent, session, started, pages * PAGE)]


def family(number: int, found: Iterable[Process]) -> list[Process]:
    """Of the processes found, one with its session, and with all that these have started."""
    left, members, new = set(found), {number}, {number}
    while new:
        own = {one for one in left if members & {one.number, one.session, one.parent}}
        left -= own
        new = {one.number for one in own}
        members |= new
    return [one for one in found if one.number in members]


def memory(found: Collection[Process]) -> int:
    """Return the bytes that processes hold, what they share counted once."""
    return sum(_own_share(one) for one in found)


def _own_share(process: Process) -> int:
    with contextlib.suppress(OSError):
        text = (PLACE / str(process.number) / "smaps_rollup").read_text(encoding="ascii")
        shares = [line.split()[1] for line in text.splitlines() if line.startswith("Pss:")]
        return 1024 * int(shares[0])
    return process.held


def marked(mark: str) -> list[Process]:
    """All processes that were started with a variable, such as ``NAME=value``."""
    return [process for process in look() if mark.encode() in _environment(process)]


def _environment(process: Process) -> list[bytes]:
    with contextlib.suppress(OSError):
        return (PLACE / str(process.number) / "environ").read_bytes().split(b"\0")
    return []


def end(processes: Iterable[Process]) -> None:
    """Kill those that still run, and none that got the number of one that has ended."""
    for process in processes:
        if [process.started] == [one.started for one in _found(process.number)]:
            with contextlib.suppress(OSError):
                os.kill(process.number, signal.SIGKILL)
