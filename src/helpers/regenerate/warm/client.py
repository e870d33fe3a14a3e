"""The client's side of the server: one for a process, started when first needed.

Imports the standard library only, so that the server can be started before anything
that takes long.
"""

import asyncio
import atexit
import contextlib
import itertools
import json
import math
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
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
# Seconds for the server to have imported the stack, and to answer a request. Whoever waits has
# limits of their own, but they count from when the kernel has been started.
READY_LIMIT = 20.0
ANSWER_LIMIT = 20.0
ENDED = "the process that forks them has ended"


class ForkedKernel:
    """A kernel that the server has forked, with as much of ``subprocess.Popen`` as is needed.

    It is the server's child, not this process's: only the server can wait for it, and says
    so when it has ended. ``returncode`` is negative for a signal, as with ``Popen``.
    """

    stdin = stdout = stderr = None

    def __init__(self, server: "Server", args: Sequence[str]):
        self.server = server
        self.args = args
        self.pid: int | None = None
        self.returncode: int | None = None
        self.error: OSError | None = None
        # Whoever asked has gone before the server said which process it is.
        self.unwanted = False
        # Becomes readable when the process ends, of which the server can no longer tell.
        self._watch = -1

    def poll(self) -> int | None:
        """Return the code it ended with, or None while it runs."""
        self.server.read()
        if self._watch >= 0:
            self._look()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the code, or raise ``subprocess.TimeoutExpired``."""
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while self.poll() is None:
            if timeout is not None and time.monotonic() >= end:
                raise subprocess.TimeoutExpired(list(self.args), timeout)
            time.sleep(PAUSE)
        assert self.returncode is not None
        return self.returncode

    def outlive_server(self) -> None:
        """Go on without the server where the system can tell of the end of any process."""
        with contextlib.suppress(OSError):
            # A kernel leads its own session; what does not has only come by its number.
            if self.pid and hasattr(os, "pidfd_open") and os.getsid(self.pid) == self.pid:
                self._watch = os.pidfd_open(self.pid)
        if self._watch < 0:
            # Its watch over its parent looks once a second, which is long to wait for.
            self.kill_all()
            self.returncode = -signal.SIGKILL

    def _look(self) -> None:
        """Note whether it has ended, if its server cannot tell."""
        poll = select.poll()
        poll.register(self._watch, select.POLLIN)
        if poll.poll(0):
            os.close(self._watch)
            self._watch = -1
            # Only its parent learns how it ended. Popen says 0 where it cannot know.
            self.returncode = 0

    def kill_all(self) -> None:
        """Kill the process and what it has started, as far as that is in its group."""
        if self.pid:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process, unless it has ended."""
        # Asked first: the number of a process that has ended may be another's by now.
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
    """The server as its client sees it: the process, its folder, its kernels.

    ``environment`` is that of the first kernel; ``folder`` can be entered by the user only,
    holds the kernels' sockets, and goes with the server; ``alive`` is whether it answers.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path | None = None):
        self.takes_over = folder is not None
        self.environment = dict(environment)
        self.folder = folder or private_folder()
        self.alive = True
        # First names of all that it has imported, once it has; whether it ever forked a kernel.
        self.imported: set[str] = set()
        self.proven = False
        self._patience = READY_LIMIT
        # Kernels are launched and asked after from several threads; whoever holds the lock
        # may find, while reading, that the server is gone, and then ends kernels under it.
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._kernels: dict[int, ForkedKernel] = {}
        self._starting: set[int] = set()
        self._received = b""
        self._connection, theirs = socket.socketpair()
        # Closed here once the server has it: a second copy would keep the connection open
        # after the server's end, and its death would go unnoticed.
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

    def at_hand(self) -> Path:
        """Return the folder; another if it was cleaned away and its name is taken."""
        if not make_private(self.folder):
            self.folder = private_folder()
        return self.folder

    async def until_ready(self) -> str:
        """Wait until it has imported all, for a limited time; return why it has not."""
        await self._wait_for(lambda: bool(self.imported), self._patience)
        if self.alive and not self.imported:
            # The next kernel need not wait as long to learn the same.
            self._patience = 0.0
            return f"the process that forks them is not ready after {READY_LIMIT:g} seconds"
        return "" if self.alive else ENDED

    async def _wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        """Read what the server says until something holds, it has ended or time is over."""
        end = time.monotonic() + seconds
        self.read()
        while self.alive and not condition() and time.monotonic() < end:
            await asyncio.sleep(PAUSE)
            self.read()

    async def launch(
        self, cmd: Sequence[str], env: Mapping[str, str], cwd: str, streams: Sequence[int]
    ) -> ForkedKernel | None:
        """Have a kernel forked and return it; None if the server has ended or is ended here.

        ``streams`` are descriptors of its input, output and errors, which stay the caller's.
        OSError, as from ``Popen``, if the folder cannot be entered or there is no room for
        another process.
        """
        number, kernel = next(self._numbers), ForkedKernel(self, cmd)
        request = {"number": number, "cmd": list(cmd), "env": dict(env), "cwd": cwd}
        request["umask"] = current_umask()
        self._send(number, kernel, json.dumps(request).encode() + b"\n", streams)
        try:
            await self._wait_for(lambda: number not in self._starting, ANSWER_LIMIT)
        except BaseException:
            # Cancelled or interrupted: nobody is left who would end it.
            kernel.unwanted = True
            kernel.kill()
            raise
        if kernel.error:
            raise kernel.error
        if number in self._starting and self.alive:
            # Stopped, or stuck. Killed, lest it forks after another has taken over.
            self._process.kill()
            self._process.wait()
            with self._lock:
                self._lost()
        return kernel if kernel.pid else None

    def _send(self, number: int, kernel: ForkedKernel, line: bytes, streams: Sequence[int]) -> None:
        """Send a request; a server that is gone is noticed when it is next read."""
        with self._lock, contextlib.suppress(OSError):
            self._kernels[number] = kernel
            self._starting.add(number)
            # The descriptors go with the first bytes; a long environment may need more turns.
            sent = socket.send_fds(self._connection, [line], streams)
            self._connection.sendall(line[sent:])

    def read(self) -> None:
        """Take note of what the server has said, without waiting.

        There is no thread that listens: a thread in the client could hold a lock when the
        client itself forks. Whoever wants to know asks.
        """
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
        number: int = 0,
        imported: Sequence[str] = (),
        pid: int | None = None,
        ended: int | None = None,
        error: tuple[int, str, str | None] | None = None,
    ) -> None:
        """Take note that the server is ready, or of what became of a kernel."""
        self._starting.discard(number)
        if imported:
            self.imported.update(imported)
            return
        self.proven = True
        kernel = self._kernels[number]
        if pid:
            kernel.pid = pid
            if kernel.unwanted:
                kernel.kill()
            return
        # Ended, or never begun: one of both is said of each kernel, and it is the last word.
        del self._kernels[number]
        kernel.returncode = ended
        kernel.error = OSError(*error) if error else None

    def _lost(self) -> None:
        """Note that the server is gone; its kernels live on where they can."""
        self.alive = False
        self._process.poll()
        for kernel in self._kernels.values():
            kernel.outlive_server()

    def leave(self) -> None:
        """Let go of the server in a forked copy of its client, whose parent goes on with it."""
        self.alive = False
        self._connection.close()

    def stop(self) -> None:
        """End the server, its kernels and its folder."""
        # The end of the connection is what tells it to end.
        self._connection.close()
        with self._lock:
            self.alive = False
            for kernel in self._kernels.values():
                # One that has outlived the server may have ended, and its number be another's.
                if kernel.poll() is None:
                    kernel.kill_all()
                    kernel.returncode = -signal.SIGKILL
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_lock = threading.Lock()
# The last is the one at work; those before it have ended, some of their kernels have not.
_servers: list[Server] = []


def start(environment: Mapping[str, str] | None = None) -> Server:
    """Return this process's server; start it, or another for one that has ended.

    It imports while the caller goes on, in the given environment or that of this process;
    one that takes over, in its predecessor's. One that ended before it had forked a kernel is
    returned as it is, since another would not fare better.
    """
    with _lock:
        last = _servers[-1] if _servers else None
        if last:
            last.read()
        if last is None:
            _servers.append(Server(os.environ if environment is None else environment))
            atexit.register(stop)
        elif not last.alive and last.proven:
            _servers.append(Server(last.environment, last.at_hand()))
        return _servers[-1]


def stop() -> None:
    """End this process's server and its kernels; the next kernel starts another."""
    with _lock:
        while _servers:
            _servers.pop().stop()
        atexit.unregister(stop)


def _leave() -> None:
    """Have a forked copy of this process start with no server."""
    # The lock may be held by a thread that this copy does not have.
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()
    while _servers:
        _servers.pop().leave()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave)


def current_umask() -> int:
    """Bits of the permissions that new files of this process lack."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        for line in status.splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    # Elsewhere it can only be learnt by setting it, for all threads for a moment.
    found = os.umask(0o077)
    os.umask(found)
    return found


def unsupported() -> str:
    """Why kernels cannot be forked on this system; empty if they can be."""
    if sys.platform == "darwin" and os.environ.get(ON_MACOS) != "1":
        return f"on macOS only where {ON_MACOS} is set to 1, since its libraries dislike it"
    return "" if hasattr(os, "fork") else "this system cannot"


def modules(environment: Mapping[str, str]) -> list[str]:
    """Names of the modules that the server imports.

    ``COALITION_PRELOAD`` names others than the usual stack, separated by commas; what a kernel
    consists of is always among them, and never this project, which every kernel reads anew.
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
    """Make a folder that only the user can enter, with a path short enough for sockets."""
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > LONGEST_FOLDER - len("/kernels-12345678"):
        folder = "/tmp"
    return Path(tempfile.mkdtemp(prefix="kernels-", dir=folder))


def make_private(folder: Path) -> bool:
    """Make a folder again if it is gone; whether it is there and only the user can enter it."""
    with contextlib.suppress(OSError):
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        # Whoever knows the name may have made it meanwhile, or a link, in a folder for all.
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and (found.st_uid, found.st_mode & 0o77) == (
            os.geteuid(),
            0,
        )
    return False
