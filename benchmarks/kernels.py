"""How soon a kernel is ready, started and forked, and what many of them leave behind.

``python benchmarks/kernels.py`` prints one table; ``--loop 200`` also starts and ends
200 forked kernels and counts processes, sockets and temporary files before and after.
Both kinds take turns, so that a busy machine slows both down.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from helpers.regenerate import warm
from helpers.regenerate.kernels import ThisEnvironment
from helpers.regenerate.warm import client

IMPORTS = "import numpy, pandas, matplotlib.pyplot, seaborn"
STEPS = ("launched", "first answer", "stack imported", "wait_for_ready", "shut down")
KINDS = {"started": "local-provisioner", "forked": warm.NAME}


def start(provisioner: str) -> KernelManager:
    """Start a kernel through a provisioner."""
    os.environ[warm.VARIABLE] = provisioner
    KernelProvisionerFactory.clear_instance()
    manager = KernelManager(kernel_spec_manager=ThisEnvironment())
    manager.start_kernel(stderr=subprocess.DEVNULL)
    return manager


def measure(provisioner: str) -> list[float]:
    """Return the seconds until each step, the last one's alone."""
    begin = time.perf_counter()
    manager = start(provisioner)
    times = [time.perf_counter() - begin]
    talk = manager.client()
    talk.start_channels()
    for message in (talk.kernel_info(), talk.execute(IMPORTS)):
        while talk.get_shell_msg(timeout=60)["parent_header"]["msg_id"] != message:
            pass
        times.append(time.perf_counter() - begin)
    again = time.perf_counter()
    talk.wait_for_ready(timeout=60)
    # Asks once more and then listens for a while: what every tool adds to the above.
    times.append(times[1] + time.perf_counter() - again)
    talk.stop_channels()
    end = time.perf_counter()
    manager.shutdown_kernel()
    return [*times, time.perf_counter() - end]


def compare(rounds: int) -> None:
    """Print the medians of both kinds and their ratios."""
    measure(warm.NAME)
    found: dict[str, list[list[float]]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind, name in KINDS.items():
            found[kind].append(measure(name))
    print(f"seconds, medians of {rounds}   started   forked   ratio")
    for number, step in enumerate(STEPS):
        stock, forked = (statistics.median(t[number] for t in found[kind]) for kind in KINDS)
        print(f"{step:<24}  {stock:7.3f}  {forked:7.3f}  {stock / forked:6.1f}")


def state(server: int) -> dict[str, int]:
    """Count what may be left behind."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="utf-8")
    return {
        "kernels": len(children.split()),
        "files open": len(list(Path("/proc/self/fd").iterdir())),
        "files of the server": len(list(Path(f"/proc/{server}/fd").iterdir())),
        "sockets": len(list(client.start().folder.iterdir())),
        "temporary files": len(list(Path(tempfile.gettempdir()).iterdir())),
    }


def loop(count: int) -> None:
    """Start and end many kernels; print what was there before and after."""
    measure(warm.NAME)
    server = client.start()
    before, begin = state(server._process.pid), time.perf_counter()
    for number in range(count):
        start(warm.NAME).shutdown_kernel(now=number % 2 == 0)
    seconds = time.perf_counter() - begin
    after = state(server._process.pid)
    print(f"\n{count} forked kernels, {seconds / count:.3f} s each       before    after")
    for name, number in before.items():
        print(f"{name:<40}  {number:6}   {after[name]:6}")
    client.stop()
    left = Path(f"/proc/{server._process.pid}").exists() or server.folder.exists()
    print(f"server and its folder, afterwards: {'left behind' if left else 'gone'}")


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--loop", type=int, default=0)
    given = parser.parse_args()
    compare(given.rounds)
    if given.loop:
        loop(given.loop)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
