"""Starts kernels for any Jupyter tool by having a server fork them."""

import asyncio
import contextlib
import errno
import importlib.machinery
import itertools
import json
import logging
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo, LocalPortCache, port_names
from jupyter_client.localinterfaces import localhost
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from helpers.regenerate.warm.client import (
    ENDED,
    PAUSE,
    Server,
    make_private,
    modules,
    start,
    unsupported,
)

LAUNCHER = ["-m", "ipykernel_launcher"]
# What a process or a package reads once, when it starts, and a fork would not read again.
# PYTHONSTARTUP is none of it: IPython reads that file, in every kernel.
READ_AT_START = (
    *("PYTHON", "LD_", "DYLD_", "MALLOC_", "GLIBC_TUNABLES", "LANG", "LC_"),
    *("OMP_", "OPENBLAS_", "GOTO_", "BLIS_", "MKL_", "KMP_", "VECLIB_", "NPY_", "NUMPY_"),
    *("PANDAS_", "MATPLOTLIBRC", "MPLCONFIGDIR", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"),
)
# How the file of a module, or of a package, ends.
ENDINGS = (*importlib.machinery.all_suffixes(), "/__init__.py")
# Long enough for any kernel that ends by itself, short enough for nobody to wonder.
SOON = 1.0
_counter = itertools.count(1)
_said: set[str] = set()


class ForkServerProvisioner(LocalProvisioner):
    """Has kernels forked where that can be, and started as usual where it cannot.

    All else is the stock provisioner's: the forked process takes the place of the
    one that it would have started.
    """

    # A subprocess.Popen, or the forked kernel that stands in for one.
    process: Any = None
    # Where the sockets are, once the kernel has been forked; they stay when it restarts.
    _sockets = ""
    _may_be_private = False

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare as usual: what ``launch_kernel`` will be given."""
        manager = self.parent
        if isinstance(manager, KernelManager):
            # Before the ports are chosen, which look as if they had been asked for.
            usual = manager.transport == "tcp" and manager.ip == localhost()
            chosen = any(manager.ports) or _asks_for_transport(manager)
            self._may_be_private = usual and not chosen
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Have the kernel forked, or start it as usual, with what ``Popen`` would be given."""
        folder = Path(self._sockets).parent
        if self._sockets and not make_private(folder):
            # Its clients know no other address.
            raise FileNotFoundError(errno.ENOENT, "taken away and made by another", str(folder))
        reason = why_not(cmd, kwargs) or await self._fork(cmd, kwargs)
        if reason:
            say_once(f"kernels start as usual and slower, not forked: {reason}")
            return await super().launch_kernel(cmd, **kwargs)
        return self.connection_info

    async def _fork(self, cmd: list[str], kwargs: Mapping[str, Any]) -> str:
        """Have the kernel forked; why not, if it could not be."""
        cwd, env = Path(kwargs.get("cwd") or ".").absolute(), kwargs["env"]
        # A server that has done its work until it ended is replaced by another, once.
        for _ in range(2):
            server = start(env)
            reason = differs(server.environment, env) or await server.until_ready()
            reason = reason or shadows(cwd, server.imported)
            if reason:
                return reason
            if server.takes_over:
                say_once("the process that forks kernels has ended; another takes over")
            with self._private_sockets(server), Streams(kwargs) as streams:
                self.process = await server.launch(cmd, env, str(cwd), streams)
            if self.process is not None:
                self.pid = self.pgid = self.process.pid
                self.cwd = str(cwd)
                await self._bound()
                return "" if server.alive or self.process.poll() is None else ENDED
        return ENDED

    @contextlib.contextmanager
    def _private_sockets(self, server: Server) -> Iterator[None]:
        """Talk over sockets that nobody else can reach, if a kernel comes of it."""
        if not self._may_be_private:
            yield
            return
        manager: Any = self.parent
        before = {name: getattr(manager, name) for name in ("transport", "ip", *port_names)}
        sockets = str(server.at_hand() / str(next(_counter)))
        ports = dict(zip(port_names, itertools.count(1), strict=False))
        self.process = None
        self._move({"transport": "ipc", "ip": sockets, **ports})
        try:
            yield
        finally:
            if self.process is None:
                self._move(before)
            else:
                self._sockets, self._may_be_private = sockets, False
                self._return_ports(before)

    def _move(self, address: Mapping[str, Any]) -> None:
        """Have manager, clients and kernel meet elsewhere; none of them has looked yet."""
        manager: Any = self.parent
        for name, value in address.items():
            setattr(manager, name, value)
        file = Path(manager.connection_file)
        told = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**told, **address}, indent=2), encoding="utf-8")
        self.connection_info = manager.get_connection_info()

    def _return_ports(self, before: Mapping[str, Any]) -> None:
        """Let other kernels have the ports that were kept for this one."""
        manager: Any = self.parent
        manager.cache_ports = False
        if self.ports_cached:
            for name in port_names:
                LocalPortCache.instance().return_port(before[name])
            self.ports_cached = False

    async def _bound(self) -> None:
        """Wait until the kernel listens: who calls too early tries again much later.

        Not for long, since those who wait for an answer begin to count when this is over.
        """
        paths, end = self._socket_paths(), time.monotonic() + SOON
        while self.process.poll() is None and not all(path.exists() for path in paths):
            if time.monotonic() > end:
                return
            await asyncio.sleep(PAUSE)

    def _socket_paths(self) -> list[Path]:
        """Return where the kernel listens, if that is in the private folder."""
        manager: Any = self.parent
        return [Path(f"{self._sockets}-{port}") for port in manager.ports] if self._sockets else []

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Notice the end at once, where Jupyter looks ten times a second."""
        await super().shutdown_requested(restart=restart)
        await self._ended()

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and what it has started."""
        await super().kill(restart=restart)
        await self._ended()

    async def _ended(self) -> None:
        """Wait a while for the process to end."""
        end = time.monotonic() + SOON
        while await self.poll() is None and time.monotonic() < end:
            await asyncio.sleep(PAUSE)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what the kernel has left behind; one that restarts keeps its sockets."""
        await super().cleanup(restart=restart)
        manager: Any = self.parent
        if restart or not (self._sockets and manager.connection_file):
            return
        # A kernel killed while it starts may write its file after the manager removed it.
        for path in (*self._socket_paths(), Path(manager.connection_file)):
            path.unlink(missing_ok=True)


class Streams:
    """Descriptors of a kernel's input, output and errors, from what ``Popen`` would be given.

    The input is empty unless given.
    """

    def __init__(self, kwargs: Mapping[str, Any]):
        self.kwargs = kwargs
        self.null = -1

    def __enter__(self) -> list[int]:
        self.null = os.open(os.devnull, os.O_RDWR)
        given = [self.kwargs.get(name) for name in ("stdin", "stdout", "stderr")]
        found: list[int] = []
        for stream, usual in zip(given, (self.null, 1, 2), strict=True):
            if stream == subprocess.STDOUT:
                # Errors go where the output goes, which comes before them in the list.
                found.append(found[1])
            else:
                found.append(self._descriptor(usual if stream is None else stream))
        return found

    def _descriptor(self, stream: Any) -> int:
        """Return the descriptor of what ``subprocess.Popen`` takes for one."""
        if stream == subprocess.DEVNULL:
            return self.null
        return stream if isinstance(stream, int) else int(stream.fileno())

    def __exit__(self, *_: object) -> None:
        os.close(self.null)


def is_own_kernel(cmd: Sequence[str]) -> bool:
    """Whether a command starts this Python as a kernel, with no options of its own."""
    if list(cmd[1:3]) != LAUNCHER:
        return False
    asked, own = Path(cmd[0]).expanduser(), Path(sys.executable)
    # Environments differ by the folder, where each has a link to the same file.
    return asked.is_file() and asked.parent == own.parent and asked.resolve() == own.resolve()


def why_not(cmd: Sequence[str], kwargs: Mapping[str, Any]) -> str:
    """Why a kernel cannot be forked as ``Popen`` would start it; empty if it can be."""
    reason = unsupported()
    if reason:
        return reason
    if not is_own_kernel(cmd):
        return f"{' '.join(cmd[:3])} is not the Python that runs this, as it runs this"
    env, cwd = kwargs["env"], Path(kwargs.get("cwd") or ".")
    if any(not Path(entry).is_absolute() for entry in _entries(env.get("PYTHONPATH", ""))):
        return "PYTHONPATH is relative to each kernel's folder"
    if (cwd / "matplotlibrc").exists() and "matplotlib.pyplot" in modules(env):
        return f"{cwd} has a matplotlibrc of its own"
    if subprocess.PIPE in [kwargs.get(name) for name in ("stdin", "stdout", "stderr")]:
        return "its streams are to be piped"
    unknown = set(kwargs) - {"env", "cwd", "stdin", "stdout", "stderr", "kernel_id"}
    return f"{', '.join(sorted(unknown))} cannot be passed on" if unknown else ""


def _asks_for_transport(manager: KernelManager) -> bool:
    """Whether the user's configuration says over what to talk, be it what is usual."""
    sections = [name for name in manager.section_names() if name in manager.config]
    return any("transport" in manager.config[name] for name in sections)


def _entries(path: str) -> list[str]:
    """Return the folders of a search path."""
    return path.split(os.pathsep) if path else []


def differs(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """In what the server's and a kernel's environment differ that a fork cannot make good."""
    names = sorted(
        name
        for name in ours.keys() | theirs.keys()
        if name.startswith(READ_AT_START) and name != "PYTHONSTARTUP"
        if ours.get(name) != theirs.get(name)
    )
    return f"{', '.join(names)} differ from the first kernel's" if names else ""


def shadows(folder: Path, imported: Collection[str]) -> str:
    """Which modules in a kernel's folder take the place of those that the server imported."""
    names: set[str] = set()
    # What is wrong with a folder, its entry tells.
    with contextlib.suppress(OSError):
        names = {entry.name.partition(".")[0] for entry in folder.iterdir()}
    # IPython looks into the folder after Python's own library and before what is installed.
    names &= set(imported) - sys.stdlib_module_names
    found = [n for n in sorted(names) if any(Path(folder, n + end).is_file() for end in ENDINGS)]
    return f"{folder} has a module of its own named {', '.join(found)}" if found else ""


def say_once(text: str) -> None:
    """Warn of something, the first time only."""
    if text in _said:
        return
    _said.add(text)
    try:
        warnings.warn(text, RuntimeWarning, stacklevel=2)
    except RuntimeWarning:
        # Where warnings are errors, a slower kernel is still better than none.
        logging.getLogger(__name__).warning(text)
