"""The client's side of the server: one for a process, started when first needed.

Imports the standard library only, so that the server can be started before anything
that takes long.
"""

import asyncio
import atexit
import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

INLINE = "module://matplotlib_inline.backend_inline"
SCRIPT = Path(__file__).with_name("server.py")
# What a kernel consists of, with what it imports no sooner than when it starts.
NEEDED = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "tornado.platform.asyncio", "tornado.queues"),
    *("IPython.core.debugger", "IPython.core.completerlib", "IPython.extensions.storemagic"),
    *("IPython.core.logger", "sqlite3", "faulthandler"),
)
STACK = (
    *("numpy", "pandas", "pandas.io.formats.html", "yaml"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "seaborn"),
)
PRELOAD = "COALITION_PRELOAD"
ON_MACOS = "COALITION_FORK_ON_MACOS"
# The shortest limit of any system is 104 bytes; a kernel adds its number and a port.
LONGEST_FOLDER = 80
PAUSE = 0.002
PATIENCE = 5.0


class ForkedKernel:
    """A kernel that the server has forked, as far as ``subprocess.Popen`` is needed.

    Attributes
    ----------
    pid : int or None
        The process, once it is known.
    returncode : int or None
        How it ended: the code, or the negative number of a signal.
    error : OSError or None
        Why it could not be started.
    """

    stdin = stdout = stderr = None

    def __init__(self, server: "Server"):
        self.server = server
        self.pid: int | None = None
        self.returncode: int | None = None
        self.error: OSError | None = None
        self.unwanted = False

    def poll(self) -> int | None:
        """Return the code it ended with, or None while it runs."""
        self.server.read()
        return self.returncode

    def wait(self) -> int:
        """Wait for its end and return the code."""
        while self.poll() is None:
            time.sleep(PAUSE)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process, unless it has ended.

        Parameters
        ----------
        signum : int
            The signal.
        """
        if self.poll() is None and self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)


class Server:
    """The server of this process.

    Parameters
    ----------
    environment : mapping of str to str
        That of the first kernel.

    Attributes
    ----------
    alive : bool
        Whether it still answers.
    folder : Path
        Its working folder, which only the user can enter; gone with it.
    environment : dict
        What it was started with.
    """

    def __init__(self, environment: Mapping[str, str]):
        self.environment = dict(environment)
        self.folder = private_folder()
        self.alive = True
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._kernels: dict[int, ForkedKernel] = {}
        self._received = b""
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(SCRIPT), str(theirs.fileno()), *modules(environment)],
                cwd=self.folder,
                env=_own_environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # An interrupt from the terminal is for the client, which knows what to do.
                start_new_session=True,
            )

    async def launch(
        self, cmd: Sequence[str], env: Mapping[str, str], cwd: str, streams: Sequence[int]
    ) -> ForkedKernel | None:
        """Have a kernel forked.

        Parameters
        ----------
        cmd : sequence of str
            The command line that would start it.
        env : mapping of str to str
            All of its environment.
        cwd : str
            Where it starts.
        streams : sequence of int
            Descriptors of its input, output and errors.

        Returns
        -------
        ForkedKernel or None
            The running kernel, or None if the server has ended.

        Raises
        ------
        OSError
            If the folder cannot be entered or the system has no room for a process.
        """
        number, kernel = next(self._numbers), ForkedKernel(self)
        request = {"number": number, "cmd": list(cmd), "env": dict(env), "cwd": cwd}
        request["umask"] = current_umask()
        self._send(number, kernel, json.dumps(request).encode() + b"\n", streams)
        try:
            while self.alive and kernel.pid is None and kernel.error is None:
                await asyncio.sleep(PAUSE)
                self.read()
        except BaseException:
            # Whoever asked is no longer there to end it.
            kernel.unwanted = True
            kernel.kill()
            raise
        if kernel.error:
            raise kernel.error
        return kernel if kernel.pid else None

    def _send(self, number: int, kernel: ForkedKernel, line: bytes, streams: Sequence[int]) -> None:
        """Send a request; a server that is gone is noticed when it is next read."""
        with self._lock, contextlib.suppress(OSError):
            self._kernels[number] = kernel
            sent = socket.send_fds(self._connection, [line], streams)
            self._connection.sendall(line[sent:])

    def read(self) -> None:
        """Take note of what the server has said, without waiting."""
        with self._lock:
            while self.alive:
                try:
                    data = self._connection.recv(1 << 16, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    return
                except OSError:
                    data = b""
                if not data:
                    self._lost()
                *lines, self._received = (self._received + data).split(b"\n")
                for line in lines:
                    self._note(**json.loads(line))

    def _note(
        self,
        number: int,
        pid: int | None = None,
        ended: int | None = None,
        error: tuple[int, str, str | None] | None = None,
    ) -> None:
        """Take note of what became of a kernel."""
        kernel = self._kernels[number]
        if pid:
            kernel.pid = pid
            if kernel.unwanted:
                kernel.kill()
            return
        del self._kernels[number]
        kernel.returncode = ended
        kernel.error = OSError(*error) if error else None

    def _lost(self) -> None:
        """Count all kernels as killed: they end by themselves when their server is gone."""
        self.alive = False
        for kernel in self._kernels.values():
            kernel.returncode = -signal.SIGKILL
            if kernel.pid:
                with contextlib.suppress(OSError):
                    os.killpg(kernel.pid, signal.SIGKILL)
        self._kernels.clear()

    def leave(self) -> None:
        """Let go of the server in a forked copy of its client."""
        self.alive = False
        self._connection.close()

    def stop(self) -> None:
        """End the server, its kernels and its folder."""
        self._connection.close()
        with self._lock:
            self._lost()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_lock = threading.Lock()
_server: Server | None = None


def start(environment: Mapping[str, str] | None = None) -> Server:
    """Start this process's server, if it has none yet, and return it.

    It imports while the caller goes on.

    Parameters
    ----------
    environment : mapping of str to str, optional
        For the server, if it is started; by default that of this process.

    Returns
    -------
    Server
        The only one, dead or alive.
    """
    global _server  # noqa: PLW0603
    with _lock:
        if _server is None:
            _server = Server(os.environ if environment is None else environment)
            atexit.register(stop)
        return _server


def stop() -> None:
    """End this process's server and its kernels; the next kernel starts another."""
    global _server  # noqa: PLW0603
    with _lock:
        if _server is not None:
            _server.stop()
            _server = None
        atexit.unregister(stop)


def _leave() -> None:
    """Have a forked copy of this process start with no server."""
    global _lock, _server  # noqa: PLW0603
    _lock = threading.Lock()
    if _server is not None:
        _server.leave()
        _server = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave)


def current_umask() -> int:
    """Return which permissions new files of this process lack.

    Returns
    -------
    int
        Their bits.
    """
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        for line in status.splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    # Elsewhere it can only be learnt by setting it.
    found = os.umask(0o077)
    os.umask(found)
    return found


def unsupported() -> str:
    """Say why kernels cannot be forked on this system.

    Returns
    -------
    str
        Empty if they can be.
    """
    if sys.platform == "darwin" and os.environ.get(ON_MACOS) != "1":
        return f"on macOS only where {ON_MACOS} is set to 1, since its libraries dislike it"
    return "" if hasattr(os, "fork") else "this system cannot"


def modules(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the modules that the server imports.

    Parameters
    ----------
    environment : mapping of str to str
        Its variable ``COALITION_PRELOAD`` names others than the usual ones, separated
        by commas; what a kernel consists of is always imported.

    Returns
    -------
    list of str
        Never one of this project, whose code must be read anew by every kernel.
    """
    chosen = environment.get(PRELOAD, ",".join(STACK)).split(",")
    own = __name__.partition(".")[0]
    names = (name.strip() for name in chosen)
    return [*NEEDED, *(name for name in names if name and name.partition(".")[0] != own)]


def _own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which packages are imported as in a kernel."""
    # Said by the debugger at its import; in a kernel nobody would see it.
    own = {"MPLBACKEND": INLINE, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    kept = {name: value for name, value in environment.items() if name != "JPY_PARENT_PID"}
    return {**kept, **own}


def private_folder() -> Path:
    """Make a folder that only the user can enter, with a path that sockets can have.

    Returns
    -------
    Path
        A new folder.
    """
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > LONGEST_FOLDER - len("/kernels-12345678"):
        folder = "/tmp"
    return Path(tempfile.mkdtemp(prefix="kernels-", dir=folder))
