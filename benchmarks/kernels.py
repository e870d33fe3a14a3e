"""How soon a kernel is ready, started and forked, and what many of them leave behind.

``python -m benchmarks.kernels`` prints one table; ``--loop 200`` also starts and ends
200 forked kernels and counts processes, sockets and temporary files before and after.
"""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from helpers.regenerate import warm
from helpers.regenerate.kernels import ThisEnvironment
from helpers.regenerate.warm import client

IMPORTS = "import numpy, pandas, matplotlib.pyplot, seaborn"
STARTED, FORKED = "local-provisioner", warm.NAME
LAUNCHED, ANSWERED, IMPORTED, READY, ENDED = (
    *("launched", "has answered", "stack imported"),
    *("stack imported, for any Jupyter tool", "shut down"),
)
PATIENCE = 60


@contextmanager
def provisioned(provisioner: str) -> Iterator[KernelManager]:
    """Start a kernel through the provisioner of this name, and yield its manager."""
    before = os.environ.get(warm.VARIABLE)
    os.environ[warm.VARIABLE] = provisioner
    # It remembers what it chose first.
    KernelProvisionerFactory.clear_instance()
    try:
        manager = KernelManager(kernel_spec_manager=ThisEnvironment())
        manager.start_kernel(stderr=subprocess.DEVNULL)
        yield manager
    finally:
        KernelProvisionerFactory.clear_instance()
        os.environ.pop(warm.VARIABLE)
        if before is not None:
            os.environ[warm.VARIABLE] = before


def measure(provisioner: str) -> dict[str, float]:
    """Start a kernel, have it import the stack, and end it.

    Returns seconds from the start until each step; of the last step, its own.
    """
    begin = time.perf_counter()
    with provisioned(provisioner) as manager:
        times = {LAUNCHED: time.perf_counter() - begin}
        talk = manager.client()
        talk.start_channels()
        for step, message in ((ANSWERED, talk.kernel_info()), (IMPORTED, talk.execute(IMPORTS))):
            while talk.get_shell_msg(timeout=PATIENCE)["parent_header"]["msg_id"] != message:
                pass
            times[step] = time.perf_counter() - begin
        again = time.perf_counter()
        # Asks once more and then listens for a while, as every tool does before the first cell.
        talk.wait_for_ready(timeout=PATIENCE)
        times[READY] = times[IMPORTED] + time.perf_counter() - again
        talk.stop_channels()
        end = time.perf_counter()
        manager.shutdown_kernel()
        times[ENDED] = time.perf_counter() - end
    return times


def medians(rounds: int) -> dict[str, dict[str, float]]:
    """Measure both kinds of kernels in turn, so that a busy machine slows both down.

    Returns the median by provisioner and step.
    """
    measure(FORKED)  # what is done once is not a kernel's
    found: dict[str, list[dict[str, float]]] = {STARTED: [], FORKED: []}
    for _ in range(rounds):
        for kind, times in found.items():
            times.append(measure(kind))
    return {
        kind: {step: statistics.median(t[step] for t in times) for step in times[0]}
        for kind, times in found.items()
    }


def state(server: int) -> dict[str, int]:
    """Count what kernels forked by a process may leave behind."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="utf-8")
    return {
        "kernels": len(children.split()),
        "files open": len(list(Path("/proc/self/fd").iterdir())),
        "files of the server": len(list(Path(f"/proc/{server}/fd").iterdir())),
        "sockets": len(list(client.start().folder.iterdir())),
        "temporary files": len(list(Path(tempfile.gettempdir()).iterdir())),
    }


def loop(count: int) -> Iterator[str]:
    """Start and end many kernels, every other one at once; yield a table of before and after."""
    measure(FORKED)
    server = client.start()
    before, begin = state(server._process.pid), time.perf_counter()
    for number in range(count):
        with provisioned(FORKED) as manager:
            manager.shutdown_kernel(now=number % 2 == 0)
    seconds = time.perf_counter() - begin
    after = state(server._process.pid)
    yield f"{count} forked kernels, {seconds / count:.3f} s each       before    after"
    for name, number in before.items():
        yield f"{name:<40}  {number:6}   {after[name]:6}"
    client.stop()
    left = Path(f"/proc/{server._process.pid}").exists() or server.folder.exists()
    yield f"server and its folder, afterwards: {'left behind' if left else 'gone'}"


@click.command(help=__doc__)
@click.option("--rounds", default=7, show_default=True, help="How often each is measured.")
@click.option("--loop", "count", default=0, help="How many forked kernels to start and end.")
def main(rounds: int, count: int) -> None:
    """Print the tables."""
    found = medians(rounds)
    click.echo(f"{f'seconds, medians of {rounds}':<36}   started   forked   ratio")
    for step, stock in found[STARTED].items():
        forked = found[FORKED][step]
        click.echo(f"{step:<36}   {stock:7.3f}  {forked:7.3f}  {stock / forked:6.1f}")
    if count:
        click.echo()
        for line in loop(count):
            click.echo(line)
    client.stop()


if __name__ == "__main__":
    main()
