"""The ways to regenerate the notebooks, each as one command.

Each executes the same runs into a folder of its own. What a way needs beforehand (an
environment, notebooks with their parameters already in them) is not measured.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.parameters import ALLOWED
from helpers.regenerate.parameter_values import remember
from helpers.regenerate.plan import Run, read_plan

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("src", "data", "notebooks")
COALITION = ("-c", "from helpers.cli import main; main()")
PLOOMBER = "ploomber-engine==0.0.33"

IN_ONE_PROCESS = """\
import json, sys
import papermill
for source, target, parameters in json.load(open(sys.argv[1])):
    papermill.execute_notebook(source, target, parameters, kernel_name="python3",
                               progress_bar=False, cwd=sys.argv[2])
"""
IN_THIS_PROCESS = """\
import json, sys
from ploomber_engine import execute_notebook
for source, target, parameters in json.load(open(sys.argv[1])):
    execute_notebook(source, target, parameters=parameters, progress_bar=False, cwd=sys.argv[2])
"""


class Place:
    """A copy of the project in an empty folder; contenders do ``n_runs`` of the plan, or all."""

    def __init__(self, folder: Path, n_runs: int | None = None):
        self.folder = folder
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=_compiled)
        self.notebooks = folder / "notebooks"
        self.env = self._environment()
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder / "src")], check=True)
        self.runs = self._planned(n_runs)
        self.jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1

    def _environment(self) -> dict[str, str]:
        """Return an environment in which the copy is the project."""
        ours = {"COALITION_DATA", "COALITION_NOTEBOOKS", "JUPYTER_DEFAULT_PROVISIONER_NAME"}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
        return {**kept, "PYTHONPATH": str(self.folder / "src"), "PATH": path}

    def _planned(self, n_runs: int | None) -> list[Run]:
        """Return runs of the plan, and make them the whole plan."""
        runs = read_plan(self.notebooks, remember(ALLOWED))
        # From every part of the plan, if not all.
        runs = runs[:: max(1, len(runs) // n_runs)][:n_runs] if n_runs else runs
        plan: dict[str, list[dict[str, object]]] = {}
        for run in runs:
            plan.setdefault(run.notebook.stem, []).append(dict(run.parameters))
        (self.notebooks / "plan.yml").write_text(json.dumps(plan), encoding="utf-8")
        return runs

    def fresh(self, name: str) -> Path:
        """Return an empty folder of this name for what a contender writes."""
        folder = self.folder / "out" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def listed(self, out: Path) -> Path:
        """Write notebook, target and parameters of each run into a folder, as JSON."""
        runs = [(str(r.notebook), str(out / f"{r.name}.ipynb"), r.parameters) for r in self.runs]
        path = out / "runs.json"
        path.write_text(json.dumps(runs), encoding="utf-8")
        return path


def _compiled(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name in {"__pycache__", ".ipynb_checkpoints"}]


@dataclass(frozen=True)
class Contender:
    """One way to regenerate the notebooks.

    ``command`` prepares what is not measured and returns what is; ``isolates`` says whether every
    notebook has a process of its own, ``slow`` whether it takes minutes where the others take one.
    """

    name: str
    command: Callable[[Place], Sequence[str]]
    isolates: bool = True
    slow: bool = False


def papermill_commands(place: Place, out: Path) -> list[str]:
    """Return papermill's command for each run, to be read by a shell."""
    return [
        shlex.join(
            [
                *(sys.executable, "-m", "papermill", str(run.notebook)),
                *(str(out / f"{run.name}.ipynb"), "-k", "python3", "--no-progress-bar"),
                *("--cwd", str(place.notebooks), "-y", json.dumps(run.parameters)),
            ]
        )
        for run in place.runs
    ]


def one_after_another(place: Place) -> list[str]:
    """Return papermill's command for all runs in turn."""
    return ["sh", "-ec", "\n".join(papermill_commands(place, place.fresh("papermill")))]


def under_xargs(place: Place) -> list[str]:
    """Return the same under ``xargs -P``."""
    out = place.fresh("xargs")
    (out / "commands").write_text(
        "\0".join(papermill_commands(place, out)) + "\0", encoding="utf-8"
    )
    script = f"xargs -0 -n 1 -P {place.jobs} sh -c < {shlex.quote(str(out / 'commands'))}"
    return ["sh", "-ec", script]


def by_api(place: Place) -> list[str]:
    """Return papermill's API in one process."""
    listed = place.listed(place.fresh("api"))
    return [sys.executable, "-c", IN_ONE_PROCESS, str(listed), str(place.notebooks)]


def in_ploomber(python: Path) -> Callable[[Place], list[str]]:
    """Return ploomber-engine's contender, for the interpreter of `ploomber_environment`."""

    def command(place: Place) -> list[str]:
        listed = place.listed(place.fresh("ploomber"))
        return [str(python), "-c", IN_THIS_PROCESS, str(listed), str(place.notebooks)]

    return command


def ploomber_environment() -> Path:
    """Make an environment with this project's pins and ploomber-engine, once; return its Python.

    OSError if there is no uv, CalledProcessError if it cannot be installed.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "coalition-benchmark" / "ploomber-engine"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        _quietly("uv", "venv", "--python", sys.executable, str(folder))
    install = ("uv", "pip", "install", "--compile-bytecode", "--python", str(python))
    _quietly(*install, PLOOMBER, "-e", str(ROOT))
    return python


def _quietly(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def in_nbconvert(place: Place) -> list[str]:
    """Return ``nbconvert --execute``, on notebooks that hold their parameters already."""
    from papermill import execute_notebook  # noqa: PLC0415

    out = place.fresh("nbconvert")
    sources = place.notebooks / "prepared"
    sources.mkdir(exist_ok=True)
    commands = []
    for run in place.runs:
        source = sources / f"{run.name}.ipynb"
        execute_notebook(
            run.notebook, source, run.parameters, prepare_only=True, kernel_name="python3"
        )
        options = ["--to", "notebook", "--execute", "--output-dir", str(out), str(source)]
        commands.append(shlex.join([sys.executable, "-m", "nbconvert", *options]))
    return ["sh", "-ec", "\n".join(commands)]


def cold(place: Place) -> list[str]:
    """Return our command, with nothing done before."""
    return [sys.executable, *COALITION, "run", "--out", str(place.fresh("ours"))]


def again(place: Place) -> list[str]:
    """Return our command, with all done before."""
    return [sys.executable, *COALITION, "run", "--out", str(place.folder / "out" / "ours")]


def after_edit(name: str, old: str, new: str) -> Callable[[Place], list[str]]:
    """Return our command after an edit of a file that changes bytes, and nothing that is shown.

    ``old`` is replaced once by ``new``; they change places when ``old`` is not found.
    """

    def command(place: Place) -> list[str]:
        path = place.folder / name
        text = path.read_text(encoding="utf-8")
        pair = (old, new) if old in text and new not in text else (new, old)
        edited = text.replace(*pair, 1)
        if edited == text:
            raise RuntimeError(f"{name} holds neither {old!r} nor {new!r}")
        path.write_text(edited, encoding="utf-8")
        return again(place)

    return command
