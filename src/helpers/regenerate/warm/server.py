"""The process that imports the stack once and forks a kernel whenever it is asked to.

Run by its path and never imported, because ``python -m helpers...`` would import
``helpers`` into every kernel, and an edited helper would not be seen. What follows
knows nothing of the package around it for the same reason, and loads its neighbour by
its path, under no name that a notebook's own module could have.

Arguments: the descriptor of a socket, and the modules to import. What has been imported is
said on the socket; then requests arrive there, one JSON object a line, each with three
descriptors (input, output, errors); what became of each goes back the same way. The end of
the socket is the end of its client: all kernels are killed, the working folder is removed,
and so is this process.
"""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # The folder of this file, where a kernel has nothing to look for.
    del sys.path[0]

import builtins
import contextlib
import gc
import importlib
import importlib.util
import io
import json
import os
import select
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

LONGEST_READ = 1 << 16
# Seconds between two signs of life in the working folder. What clears temporary folders goes
# by days.
FRESH = 3600.0


def neighbour(name: str) -> Any:
    """Load a file beside this one, under no name."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    from helpers.regenerate.warm import child
else:
    child = neighbour("child")


class Server:
    """Forks kernels for one client and tells it how they end.

    One thread does all of it, since a fork copies only the thread that forks: a lock that any
    other held would stay locked in every kernel.
    """

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.home = os.getcwd()  # noqa: PTH109
        self.client = client_descriptor()
        self.numbers: dict[int, int] = {}
        self.received = b""
        self.descriptors: list[int] = []
        # A kernel's end arrives as a signal, requests arrive on a socket: a pipe that the
        # signal writes to lets one select wait for both.
        self.woken, self.wake = os.pipe()
        for end in (self.woken, self.wake):
            os.set_blocking(end, False)
        # Without a handler of its own no byte is written for the signal.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake)

    def serve(self) -> child.Request | None:
        """Answer requests until the client is gone.

        Returns twice, as a fork does: in every child with what it was forked for, so that
        the child leaves all of the server's frames behind; in the server, at its end, None.
        """
        while True:
            ends: list[Any] = [self.connection, self.woken]
            ready, _, _ = select.select(ends, [], [], FRESH)
            with contextlib.suppress(OSError):
                os.utime(self.home)
            if self.woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.woken, LONGEST_READ)
                self.report_ended()
            if self.connection in ready:
                requests = self.receive()
                if requests is None:
                    self.end()
                    return None
                for request in requests:
                    if self.start(request):
                        # The child. What else had arrived is the server's to answer.
                        return request

    def receive(self) -> list[child.Request] | None:
        """Return the requests that have arrived; None if none will any more."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self.connection, LONGEST_READ, 3)
        except ConnectionError:
            return None
        if not data:
            return None
        # A request may arrive in pieces and several in one; descriptors keep their order, so
        # each request takes the next three.
        self.descriptors += descriptors
        *lines, self.received = (self.received + data).split(b"\n")
        return [child.Request(**json.loads(line)) for line in lines]

    def tell(self, **what: Any) -> None:
        """Send word; a client that is gone is noticed when it is next read."""
        with contextlib.suppress(OSError):
            self.connection.sendall(json.dumps(what).encode() + b"\n")

    def start(self, request: child.Request) -> bool:
        """Fork; whether this is the child."""
        streams, self.descriptors = self.descriptors[:3], self.descriptors[3:]
        forked = False
        try:
            # Here, where it can still be told that there is no such folder.
            os.chdir(request.cwd)
            pid = os.fork()
            forked = not pid
        except OSError as error:
            told = [error.errno, error.strerror, error.filename]
            self.tell(number=request.number, error=told)
        else:
            if forked:
                # A group of its own: an interrupt is for this kernel and what it has started.
                os.setsid()
                # By the child, so that none can go on that its client has not heard of.
                self.tell(number=request.number, pid=os.getpid())
                self.leave(streams)
                return True
            self.numbers[pid] = request.number
        finally:
            if not forked:
                # The root is always there; the folder may have been cleaned away.
                os.chdir("/")
            for descriptor in streams:
                os.close(descriptor)
        return False

    def leave(self, streams: list[int]) -> None:
        """Let go, in a child, of all that is the server's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for target, descriptor in enumerate(streams):
            os.dup2(descriptor, target)
        # A copy kept open here would hide the end of the client from the server, and that of
        # the server from the client.
        self.connection.close()
        for descriptor in (self.woken, self.wake, *self.descriptors):
            os.close(descriptor)

    def report_ended(self) -> None:
        """Tell the client of every child that has ended."""
        with contextlib.suppress(ChildProcessError):
            # Several may end for one signal, so ask until no more have.
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                code = os.waitstatus_to_exitcode(status)
                self.tell(number=self.numbers.pop(pid), ended=code)

    def end(self) -> None:
        """Kill what is left, with all that it has started, and remove the folder."""
        for pid in self.numbers:
            # Its group, then itself: one just forked may not have made its group yet. The
            # numbers cannot be another's, since nobody has waited for these children.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self.numbers:
            os.waitpid(pid, 0)
        shutil.rmtree(self.home, ignore_errors=True)


def client_descriptor() -> int:
    """Return a descriptor that becomes readable when the client ends; -1 if there is none.

    Taken by the server, while the client's number cannot be another's yet, and left to all
    kernels: by it they notice, once the server is gone.
    """
    parent = os.getppid()
    if not hasattr(os, "pidfd_open"):
        return -1
    with contextlib.suppress(OSError):
        found = os.pidfd_open(parent)
        if parent == os.getppid():
            return found
        os.close(found)
    return -1


def import_stack(modules: list[str], connection: socket.socket) -> None:
    """Import what every kernel will have imported, as far as it is installed and is waited for."""
    # Nothing collected before the fork: pages that are never written stay shared.
    gc.disable()
    with pretended_kernel():
        for name in modules:
            # Nobody asks for a kernel before they are told: the client has gone.
            if select.select([connection], [], [], 0)[0]:
                break
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(name)
    # Never looked at again by a collection in a kernel, which would write to every object.
    gc.freeze()


@contextlib.contextmanager
def pretended_kernel() -> Iterator[None]:
    """Look like a kernel to what asks at its import, as pandas does.

    It chooses there how many columns to print, and in which encoding.
    """
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="UTF-8")):
        yield
    del builtins.get_ipython  # type: ignore[attr-defined]


def main() -> None:
    """Import, then fork kernels until the client is gone."""
    # An interrupt is for kernels, and reaches each by itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = os.getpid()
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    import_stack(sys.argv[2:], connection)
    if threading.active_count() > 1:
        sys.stderr.write("A module imported beforehand runs a thread, so kernels cannot fork.\n")
        # Not sys.exit, which would wait for the thread.
        os._exit(1)
    forking, imported = Server(connection), set(sys.modules)
    forking.tell(imported=sorted({name.partition(".")[0] for name in imported}))
    request = forking.serve()
    if request:
        child.freshen(request)
        child.run_kernel(request, server, forking.client)
        child.finish(imported)


if __name__ == "__main__":
    main()
