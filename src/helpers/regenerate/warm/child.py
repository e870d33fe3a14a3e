"""What a forked child does: become what a new process would be, be a kernel, end as one.

Loaded by path, as ``server`` says.
"""

import _io
import atexit
import contextlib
import gc
import importlib
import importlib.util
import io
import logging
import os
import select
import sys
import tempfile
import threading
import time
import weakref
import zipfile
from collections.abc import Collection
from typing import Any, NamedTuple, NoReturn

INLINE = "module://matplotlib_inline.backend_inline"
# Files whose descriptors the system closes, once what they have in their buffers is written.
BUFFERED = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
PLAIN = (*BUFFERED, io.BufferedReader, io.FileIO)
# What Python closes when nobody holds it any more, from the outermost to the innermost: an
# archive, what compresses, what it writes through. Those of io itself are slow to ask.
OPEN = (zipfile.ZipFile, _io._IOBase, tempfile._TemporaryFileCloser)  # type: ignore[attr-defined]


class Request(NamedTuple):
    """A kernel to start: its number, command line, environment, folder and umask."""

    number: int
    cmd: list[str]
    env: dict[str, str]
    cwd: str
    umask: int


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


class Watch(threading.Thread):
    """Ends the kernel when the process behind a descriptor has ended, as ipykernel would."""

    def __init__(self, descriptor: int):
        super().__init__(daemon=True)
        self.descriptor = descriptor

    def run(self) -> None:
        """Wait as long as it takes."""
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        poll.poll()
        os._exit(1)


def run_kernel(request: Request, server: int, client: int) -> None:
    """Be a kernel until it is shut down or its client is gone.

    ``server`` is a process; ``client`` a descriptor that becomes readable when the client
    ends, or -1 where the system has none: then the kernel ends with its server.
    """
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    class ForkedKernelApp(IPKernelApp):
        def write_connection_file(self, **_: Any) -> None:
            # The manager wrote all of it, and reads it again at about this time.
            pass

        def init_poller(self) -> None:
            # ipykernel watches its parent. That is the server here, whose end is none of a
            # kernel's concern: what a notebook has computed is worth more than it.
            if client < 0:
                super().init_poller()  # type: ignore[no-untyped-call]
            else:
                self.poller = Watch(client)

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


def finish(known: Collection[str]) -> NoReturn:
    """End a kernel that was shut down, as an interpreter ends, but for one thing.

    Taking apart every module would take longer than all the rest, and copy each page of
    memory that is still shared with the server. So the modules that the server has imported,
    ``known``, stay; those that the notebook has imported go.
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
    # Before anything is collected: of a file and its buffer, the file may be collected first.
    flush(still_open())
    for name in [name for name in sys.modules if name not in known and name != "__main__"]:
        del sys.modules[name]
    # The shell has dropped the notebook's variables: what they held is closed here, and what
    # its modules held, since they are no longer found by their names.
    gc.collect()
    # The rest is held by modules that stay. What was open at the fork is never among it, since
    # it is not collected in a kernel.
    found = still_open()
    for item in sorted(found, key=innermost):
        # ipykernel's own streams lead to a thread that has ended.
        if not isinstance(item, PLAIN) and not type(item).__module__.startswith("ipykernel"):
            with contextlib.suppress(Exception):
                item.__del__()
    flush(found)
    os._exit(0)


def still_open() -> list[Any]:
    """Return files and the like that nobody has closed."""
    # By their types: what stands in for another object would have to make up its mind.
    return [item for item in gc.get_objects() if issubclass(type(item), OPEN)]


def innermost(item: object) -> int:
    """Return how far inside a pile of files one usually is."""
    return 0 if isinstance(item, zipfile.ZipFile) else 1 + isinstance(item, io.RawIOBase)


def flush(files: list[Any]) -> None:
    """Write out what files have in their buffers."""
    for file in files:
        if isinstance(file, BUFFERED):
            with contextlib.suppress(OSError, ValueError):
                file.flush()
