"""Note which files a notebook opens, from inside its kernel.

An extension of IPython, so that the notebook's cells, outputs and counts stay as they
are. It hears what Python itself announces (audit events) and writes it to a file as
it happens: a kernel that dies keeps what it has noted. Imports the standard library
only, since every kernel imports it.

What it cannot hear it takes for the worst: once another program was started, or a
library loaded that opens files in compiled code of its own (Arrow's readers), every
file counts as read. A library of that kind that is not known here goes unheard, as do
calls through ctypes, and a look at whether a file exists or how large it is.
"""

import contextlib
import importlib.util
import json
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from helpers.regenerate.fingerprint import CHANGED, file_digest, file_state, names_digest

VARIABLE = "COALITION_RECORDER"
ARGUMENT = f"--InteractiveShellApp.extra_extensions={__name__}"
STARTED = "started"
VERIFIED = "checks"
ANYTHING = "*"

OPENS = {"open", "sqlite3.connect"}
LISTS = {"os.listdir", "os.scandir"}
PROGRAMS = {
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"),
}
IMPORTS = {"import"}
UNHEARD = {
    *("pyarrow.csv", "pyarrow.dataset", "pyarrow.feather", "pyarrow.fs", "pyarrow.json"),
    *("pyarrow.orc", "pyarrow.parquet", "scipy.io._fast_matrix_market"),
    *("multiprocessing.popen_forkserver", "multiprocessing.popen_spawn_posix"),
    "multiprocessing.popen_spawn_win32",
}
"""Modules after whose import files may be read that Python does not announce."""
HEARD = OPENS | LISTS | PROGRAMS | IMPORTS


class Recorder:
    """An audit hook that writes down, one JSON list a line, what is read below some folders.

    ``folders`` maps the name that each is to have to its path. Files read between the audit
    events ``verifying`` with True and with False are read only in order to check them.
    """

    def __init__(self, to: str, folders: Mapping[str, str], verifying: str):
        # The innermost folder first: a file belongs to that one.
        self.folders = sorted(folders.items(), key=lambda item: -len(item[1]))
        self.verifying = verifying
        self.to = Path(to)
        self.seen: set[tuple[Any, ...]] = set()
        # Of each thread: while one takes note or checks, what others read counts all the same.
        self.thread = threading.local()
        self.note(STARTED)
        if UNHEARD & set(sys.modules):
            self.note(ANYTHING)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of an event; never let it fail."""
        # Called for every event of the interpreter, some of them thousands of times a second,
        # and for good: Python has no way to take a hook away again.
        if event not in HEARD and event != self.verifying:
            return
        # What the hook itself opens to take note would call the hook.
        if getattr(self.thread, "busy", False):
            return
        self.thread.busy = True
        try:
            self.hear(event, arguments)
        # Whatever is wrong here must not be an error of the notebook.
        except Exception:
            self.note(ANYTHING)
        finally:
            self.thread.busy = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of an event that matters."""
        if event == self.verifying:
            self.thread.checks = arguments[0]
            self.note(VERIFIED)
        elif event in PROGRAMS or (event in IMPORTS and arguments[0] in UNHEARD):
            self.note(ANYTHING)
        elif not getattr(self.thread, "checks", False):
            path = "." if arguments[0] is None else arguments[0]
            if event in LISTS and not _by_import():
                self.list(path)
            elif event in OPENS and not (event == "open" and _writes(*arguments[1:3])):
                self.open(path)

    def open(self, path: Any) -> None:
        """Note that a file is read, and in which state."""
        # The event comes before the opening, so that this is the state in which it is read.
        if isinstance(path, int):
            # A descriptor: its file was announced when that was opened.
            return
        if os.fsdecode(path).startswith("file:"):
            raise ValueError("an address of SQLite's, and not a path")
        absolute = _source_of(_absolute(path))
        if Path(absolute).is_dir() and self.leads_in(absolute):
            # What is opened by way of it has a name of which nothing can be made.
            self.note(ANYTHING)
            return
        label = self.label(absolute)
        if label:
            self.note(label, *file_state(Path(absolute)))

    def list(self, path: Any) -> None:
        """Note that a folder is listed, and what it holds."""
        if isinstance(path, int):
            # The folder of a descriptor has no name that all systems would tell.
            self.note(ANYTHING)
            return
        label = self.label(_absolute(path), "/")
        if label:
            self.note(label, names_digest(Path(os.fsdecode(path))))

    def leads_in(self, absolute: str) -> bool:
        """Whether a folder that counts can be reached through a folder."""
        above = absolute.rstrip(os.sep) + os.sep
        return bool(self.label(absolute, "/")) or any(
            folder.startswith(above) for _, folder in self.folders
        )

    def label(self, absolute: str, end: str = "") -> str:
        """Return what a path is called; empty if it does not count."""
        # As it is written first: a link inside that leads out still counts as what is inside.
        for path in (absolute, os.path.realpath(absolute)):
            for name, folder in self.folders:
                if path == folder and end:
                    return name + end
                if path.startswith(folder + os.sep):
                    return f"{name}/{Path(path).relative_to(folder).as_posix()}{end}"
        return ""

    def note(self, *line: Any) -> None:
        """Write a line, once."""
        if line in self.seen:
            return
        self.seen.add(line)
        # Opened each time: a notebook may close descriptors that it does not know.
        with contextlib.suppress(OSError), self.to.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _absolute(path: Any) -> str:
    """Return a path from the root; links stay, since one may lead out of the folder."""
    return os.path.abspath(os.fsdecode(path))  # noqa: PTH100


def _by_import() -> bool:
    """Whether Python lists a folder only to find a module or a package."""
    # Frames: this one, hear, __call__, and the one that lists.
    name = sys._getframe(3).f_globals.get("__name__", "")
    return str(name).startswith(("importlib", "_frozen_importlib", "pkgutil"))


def _writes(mode: object, flags: object) -> bool:
    """Whether a file is opened only to be written."""
    # ``open`` announces its mode, ``os.open`` only flags.
    if isinstance(mode, str):
        return not {"r", "+"} & set(mode)
    return isinstance(flags, int) and bool(flags & os.O_WRONLY)


def _source_of(path: str) -> str:
    """Return the source of a compiled module, which follows it; otherwise the path."""
    if not path.endswith(".pyc"):
        return path
    try:
        return importlib.util.source_from_cache(path)
    except ValueError:
        return path


def load_ipython_extension(_shell: object) -> None:
    """Begin, if this kernel was started with what to record."""
    # The notebook sees the environment that it would see anyway.
    told = os.environ.pop(VARIABLE, "")
    if told:
        sys.addaudithook(Recorder(**json.loads(told)))


class Recording:
    """What one kernel shall record, and what it has recorded; as for ``Recorder``."""

    def __init__(self, folders: Mapping[str, Path], verifying: str):
        self.folders = {name: folder.resolve() for name, folder in folders.items()}
        descriptor, name = tempfile.mkstemp(prefix="reads-")
        os.close(descriptor)
        self.path = Path(name)
        self.told = json.dumps(
            {"to": name, "folders": {k: str(v) for k, v in self.folders.items()}}
            | {"verifying": verifying}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """Return the environment for the kernel."""
        return {**os.environ, VARIABLE: self.told}

    def reads(self) -> dict[str, str]:
        """Return digests by name and relative path of what was read, a slash after listed folders.

        The digest of what has changed since it was read equals that of nothing else. With
        ``*`` among the names, anything else may have been read as well.
        """
        lines = [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]
        # A kernel that never began to record may have read anything.
        found: dict[str, str] = {} if [STARTED] in lines else {ANYTHING: ""}
        for label, *state in lines:
            if label != STARTED:
                digest = self._digest(label, state)
                found[label] = digest if found.get(label, digest) == digest else CHANGED
        return found

    def _digest(self, label: str, state: list[Any]) -> str:
        """Return the digest of what was read in a state."""
        if label in {VERIFIED, ANYTHING}:
            return ""
        if label.endswith("/"):
            return str(state[0])
        name, _, rest = label.partition("/")
        path = self.folders[name] / rest
        return file_digest(path) if state == list(file_state(path)) else CHANGED
