"""Kernels for tests, started as any Jupyter tool does: through jupyter_client."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from traitlets.config import Config

STOCK, FORKED = "local-provisioner", "fork-server"
PATIENCE = 60


class OnlyThisPython(KernelSpecManager):
    """Finds the running interpreter, whatever kernels the user has."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(resource_dir=str(RESOURCES), **get_kernel_dict())


class Kernel:
    """A running kernel and a client that talks to it."""

    def __init__(self, config=None, **how):
        self.manager = KernelManager(
            kernel_spec_manager=OnlyThisPython(), autorestart=False, config=Config(config or {})
        )
        self.manager.start_kernel(**how)
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def messages(self, code, **how):
        """Run code; return its outputs."""
        found, status = [], "aborted"
        # What arrives just after an error is turned down by ipykernel, as queued behind it.
        while status == "aborted":
            reply = self.client.execute_interactive(
                code, output_hook=found.append, timeout=PATIENCE, **how
            )
            status = reply["content"]["status"]
        kinds = ("stream", "error", "display_data", "execute_result")
        return [message["content"] for message in found if message["msg_type"] in kinds]

    def printed(self, code, **how):
        """Run code; return what it prints, or the name of its error."""
        contents = self.messages(code, **how)
        return "".join(c.get("text") or c.get("ename", "") for c in contents).strip()

    def picture(self, code):
        """Run code; return the images that it shows, still encoded."""
        shown = [content.get("data", {}) for content in self.messages(code)]
        return [data["image/png"] for data in shown if "image/png" in data]

    def restart(self):
        self.client.stop_channels()
        self.manager.restart_kernel()
        self.connect()

    def poll(self):
        return self.manager.provisioner.process.poll()

    def end(self, now=False):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=now)


@contextmanager
def running(**how):
    """Start a kernel; end it whatever happens."""
    kernel = Kernel(**how)
    try:
        yield kernel
    finally:
        kernel.end(now=True)


def is_alive(pid):
    """Tell whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def wait_for(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def script(text, *arguments, **environment):
    """Start a program that is a client of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", text, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
