"""Tell which runs are due: those of which anything they depended on has changed.

A run depends on its notebook's source, its parameters, the code of the helpers, the
environment, and on every file that its kernel was heard to open in some folders.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from helpers.regenerate.fingerprint import (
    CHANGED,
    digest,
    environment_digest,
    file_digest,
    file_state,
    names_digest,
    notebook_digest,
    parameters_digest,
    tree_digest,
)
from helpers.regenerate.plan import Run
from helpers.regenerate.recorder import ANYTHING, VERIFIED
from helpers.regenerate.store import Record, Store

BESIDE = "."
"""What the folder of a run's notebook is called among those that count."""


@dataclass(frozen=True)
class Project:
    """What all runs share.

    Attributes
    ----------
    code : Path
        The package that the notebooks import.
    folders : mapping of str to Path
        Where the data lie, by the names that people know.
    verify : callable
        What is wrong with the data; empty if nothing is.
    verifying : str
        The audit event, with True or False, that encloses reading in order to verify:
        such a read depends on the result of ``verify`` and not on the file.
    settings : str
        What else decides what runs read, such as the folders that a user named.
    """

    notebooks: Path
    code: Path
    folders: Mapping[str, Path]
    verify: Callable[[], str] = str
    verifying: str = ""
    settings: str = ""

    def watched(self, run: Run) -> dict[str, Path]:
        """Return the folders of which it counts what a run opens, its notebook's own among them."""
        return {BESIDE: run.notebook.parent, **self.folders}


@dataclass
class Inputs:
    """What runs depend on, as it is now; what many share is looked at once."""

    project: Project
    known: dict[tuple[Path, str], str] = field(default_factory=dict)

    def given(self, run: Run) -> dict[str, str]:
        """Digests by name of what is known of a run before it is executed."""
        return {
            "notebook": self._once(run.notebook, "notebook", notebook_digest),
            "parameters": parameters_digest(run.parameters),
            "helpers": self._once(self.project.code, ANYTHING, tree_digest),
            "environment": environment_digest(),
            "settings": digest(self.project.settings),
        }

    def now(self, run: Run, name: str) -> str:
        """Return the digest that ``Recording.reads`` would give of a name now; ``*`` is all."""
        if name == VERIFIED:
            return self._problems
        folder, _, rest = name.partition("/")
        place = self.project.watched(run).get(folder)
        # No recorder says so of a file elsewhere.
        if place is None or rest.startswith("/") or ".." in rest.split("/"):
            return CHANGED
        if rest == ANYTHING:
            return self._once(place, ANYTHING, tree_digest)
        kind = names_digest if not rest or rest.endswith("/") else file_digest
        return self._once(place / rest, name[-1:], kind)

    def _once(self, path: Path, kind: str, look: Callable[[Path], str]) -> str:
        key = (path, kind)
        if key not in self.known:
            self.known[key] = look(path)
        return self.known[key]

    @functools.cached_property
    def _problems(self) -> str:
        """What is wrong with the data, as a digest; empty if nothing is."""
        problems = self.project.verify()
        return digest(problems) if problems else ""


def reasons(
    runs: Iterable[Run], project: Project, out: Path, records: Mapping[str, Record]
) -> dict[str, str]:
    """Why each run is to be executed, by its name; empty if it need not be."""
    inputs = Inputs(project)
    return {run.name: _reason(run, inputs, out, records.get(run.name)) for run in runs}


def _reason(run: Run, inputs: Inputs, out: Path, record: Record | None) -> str:
    if record is None:
        return "never run"
    now = inputs.given(run)
    changed = [
        name
        for name, found in record.inputs.items()
        if (now[name] if name in now else inputs.now(run, name)) != found
    ]
    if changed:
        return f"changed: {', '.join(changed)}"
    if record.failed:
        return "failed last time"
    return _reason_of_file(out / f"{run.name}.ipynb", record)


def _reason_of_file(path: Path, record: Record) -> str:
    """Say why the file of a run is not what was written, or nothing."""
    state = file_state(path)
    if not any(state):
        return "its file is missing"
    # A file that was only touched or copied is still the same.
    same = str(state) == record.state or file_digest(path) == record.output
    return "" if same else "its file was changed"


class Ledger:
    """Takes note of the runs of one folder as they end.

    Made before the first of them begins: what is changed from then on counts as
    changed, since nobody knows which of the two a kernel saw.
    """

    def __init__(self, project: Project, out: Path, store: Store, runs: Iterable[Run]):
        self.project = project
        self.out = out
        self.store = store
        before = Inputs(project)
        self.given = {run.name: before.given(run) for run in runs}
        places = {place for run in runs for place in project.watched(run).values()}
        self.whole = {place: tree_digest(place) for place in places}

    def note(self, run: Run, reads: Mapping[str, str] | None, failed: bool) -> None:
        """Keep what a run depended on, its file being in place; ``reads`` is None if unknown."""
        # What changed while it ran may have been seen before or after: it is due again.
        now = Inputs(self.project).given(run)
        given = self.given[run.name]
        steady = {name: found if now[name] == found else CHANGED for name, found in given.items()}
        heard = {ANYTHING: ""} if reads is None else dict(reads)
        anything = self._anything(run) if heard.pop(ANYTHING, None) is not None else {}
        inputs = {**steady, **heard, **anything}
        path = self.out / f"{run.name}.ipynb"
        record = Record(inputs, file_digest(path), str(file_state(path)), failed)
        self.store.remember(run.name, record)

    def _anything(self, run: Run) -> dict[str, str]:
        """Return digests of all that a run may have read without being heard."""
        found = {}
        for name, place in self.project.watched(run).items():
            steady = tree_digest(place) == self.whole[place]
            found[f"{name}/{ANYTHING}"] = self.whole[place] if steady else CHANGED
        return found
