"""The process that imports the stack once and forks a kernel whenever it is asked to.

Run by its path and never imported, because ``python -m helpers...`` would import
``helpers`` into every kernel, and an edited helper would not be seen. What follows
knows nothing of the package around it for the same reason.

Arguments: the descriptor of a socket, and the modules to import. Requests arrive on
the socket, one JSON object a line, each with three descriptors (input, output, errors);
what became of each goes back the same way. The end of the socket is the end of its
client: all kernels are killed, the working folder is removed, and so is this process.
"""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # The folder of this file, where a kernel has nothing to look for.
    del sys.path[0]

import atexit
import builtins
import contextlib
import gc
import importlib
import importlib.util
import io
import json
import logging
import os
import select
import shutil
import signal
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn

INLINE = "module://matplotlib_inline.backend_inline"
LONGEST_READ = 1 << 16


class Request(NamedTuple):
    """A kernel to start: its number, command line, environment, folder and umask."""

    number: int
    cmd: list[str]
    env: dict[str, str]
    cwd: str
    umask: int


class Server:
    """Forks kernels for one client and tells it how they end.

    One thread does all of it, since a fork copies only the thread that forks: a lock that any
    other held would stay locked in every kernel.
    """

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.home = os.getcwd()  # noqa: PTH109
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

    def serve(self) -> Request | None:
        """Answer requests until the client is gone.

        Returns twice, as a fork does: in every child with what it was forked for, so that
        the child leaves all of the server's frames behind; in the server, at its end, None.
        """
        while True:
            ends: list[Any] = [self.connection, self.woken]
            ready, _, _ = select.select(ends, [], [])
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

    def receive(self) -> list[Request] | None:
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
        return [Request(**json.loads(line)) for line in lines]

    def tell(self, number: int, **what: Any) -> None:
        """Send word of a kernel; a client that is gone is noticed when it is next read."""
        with contextlib.suppress(OSError):
            self.connection.sendall(json.dumps({"number": number, **what}).encode() + b"\n")

    def start(self, request: Request) -> bool:
        """Fork; whether this is the child."""
        streams, self.descriptors = self.descriptors[:3], self.descriptors[3:]
        child = False
        try:
            # Here, where it can still be told that there is no such folder.
            os.chdir(request.cwd)
            pid = os.fork()
            child = not pid
        except OSError as error:
            self.tell(request.number, error=[error.errno, error.strerror, error.filename])
        else:
            if child:
                self.leave(streams)
                return True
            self.numbers[pid] = request.number
            self.tell(request.number, pid=pid)
        finally:
            if not child:
                os.chdir(self.home)
            for descriptor in streams:
                os.close(descriptor)
        return False

    def leave(self, streams: list[int]) -> None:
        """Let go, in a child, of all that is the server's."""
        # A group of its own: an interrupt is for this kernel and what it has started.
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
                self.tell(self.numbers.pop(pid), ended=os.waitstatus_to_exitcode(status))

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


def import_stack(modules: list[str]) -> None:
    """Import what every kernel will have imported, as far as it is installed."""
    # Nothing collected before the fork: pages that are never written stay shared.
    gc.disable()
    with pretended_kernel():
        for name in modules:
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


def freshen(request: Request) -> None:
    """Make a forked child what a new process would be."""
    gc.enable()
    # Through the mapping, which sets the variables of the C library, too.
    os.environ.clear()
    os.environ.update(request.env)
    # ipykernel watches the process that started it, which is not the client here.
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    time.tzset()
    os.umask(request.umask)
    # What ``python -m`` would have made of the command line.
    launcher = importlib.util.find_spec(request.cmd[2])
    sys.argv[:] = [str(launcher and launcher.origin), *request.cmd[3:]]
    sys.orig_argv[:] = request.cmd
    # A module written since the server looked into its folder would not be found.
    importlib.invalidate_caches()
    _forget_exit_handlers()
    # The random module sees to itself when a process forks; so does numpy's new interface.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "multiprocessing.process" in sys.modules:
        process = sys.modules["multiprocessing.process"]
        process.current_process().authkey = os.urandom(32)
        process.ORIGINAL_DIR = request.cwd  # type: ignore[attr-defined]


def _forget_exit_handlers() -> None:
    """Drop what was to be done at the server's end, keep what every process needs."""
    # What a module registered at its import is the server's: done by each kernel, it would
    # be done many times, and under the feet of the others.
    atexit._clear()
    for finalizer in list(weakref.finalize._registry):  # type: ignore[attr-defined]
        finalizer.atexit = False
    weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]
    atexit.register(logging.shutdown)
    if "multiprocessing.util" in sys.modules:
        atexit.register(sys.modules["multiprocessing.util"]._exit_function)


def run_kernel(request: Request, server: int) -> None:
    """Be a kernel until it is shut down, or until the process ``server`` is gone."""
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    class ForkedKernelApp(IPKernelApp):
        def write_connection_file(self, **_: Any) -> None:
            # The manager wrote all of it, and reads it again at about this time.
            pass

        def init_gui_pylab(self) -> None:
            # At the import of matplotlib there was no shell that figures could go to.
            use_backend(os.environ.get("MPLBACKEND") or INLINE)
            super().init_gui_pylab()  # type: ignore[no-untyped-call]

    # The parent is read from the environment when ipykernel is imported: too early.
    ForkedKernelApp.launch_instance(request.cmd[3:], parent_handle=server)


def use_backend(name: str) -> None:
    """Make an already imported matplotlib draw as ``MPLBACKEND`` tells it at its import."""
    if "matplotlib" not in sys.modules:
        return
    sys.modules["matplotlib"].rcParams["backend"] = name
    if "matplotlib_inline.backend_inline" in sys.modules:
        sys.modules["matplotlib_inline.backend_inline"]._enable_matplotlib_integration()


def finish() -> NoReturn:
    """End a kernel that was shut down, as an interpreter ends, but for one thing.

    Taking apart every imported module takes longer than all the rest, and would copy
    each page of memory that is still shared with the server.
    """
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    # ipykernel ends the thread of outputs first; the one that was told to shut down might
    # then wait for seconds to hand it the last of them.
    control = IPKernelApp.instance().control_thread
    if control and control.is_alive():
        control.stop()
        control.join()
    # The order of an interpreter's end: threads that are waited for, then what was registered.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    # The shell has dropped the notebook's variables: what they held is closed here.
    gc.collect()
    for found in gc.get_objects():
        if isinstance(found, io.TextIOWrapper | io.BufferedWriter | io.BufferedRandom):
            with contextlib.suppress(OSError, ValueError):
                found.flush()
    os._exit(0)


def main() -> None:
    """Import, then fork kernels until the client is gone."""
    server = os.getpid()
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    import_stack(sys.argv[2:])
    if threading.active_count() > 1:
        sys.stderr.write("A module imported beforehand runs a thread, so kernels cannot fork.\n")
        # Not sys.exit, which would wait for the thread.
        os._exit(1)
    request = Server(connection).serve()
    if request:
        freshen(request)
        run_kernel(request, server)
        finish()


if __name__ == "__main__":
    main()
