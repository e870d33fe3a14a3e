"""Turn a plan, or what was asked for, into runs.

Everything is checked before anything runs, and all that is wrong is said at once.
"""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from helpers.regenerate.errors import Problems, RegenerateError
from helpers.regenerate.limits import KEY, NOT_ASKED, Limits, read_limits
from helpers.regenerate.notebook_source import (
    Notebook,
    Value,
    choose_notebook,
    find_notebooks,
    read_notebook,
)
from helpers.regenerate.parameter_values import (
    Allowed,
    allowed_values,
    parse_text,
    resolve,
    unknown_parameter,
)
from helpers.regenerate.plan_file import PLAN_NAME, read_entries
from helpers.regenerate.run_names import output_name


@dataclass(frozen=True)
class Run:
    """One notebook with a value for each of its parameters, or none to leave it as it is."""

    notebook: Path
    parameters: dict[str, Value]
    name: str
    limits: Limits = field(default=NOT_ASKED, kw_only=True)


def make_run(notebook: Notebook, given: Mapping[str, object], allowed: Allowed) -> Run:
    """Return a run with the given values, named after what differs from the defaults."""
    values = resolve(notebook, given, allowed)
    known = {p.name: allowed_values(p, allowed) or () for p in notebook.parameters}
    chosen = {p.name: values[p.name] for p in notebook.parameters if values[p.name] != p.default}
    return Run(notebook.path, values, output_name(notebook.name, chosen, known))


def read_plan(folder: Path, allowed: Allowed, only: Collection[Path] | None = None) -> list[Run]:
    """Return the runs that a folder of notebooks plans, in the order of its ``plan.yml``.

    With ``only``, what the plan says of other notebooks is neither checked nor returned.
    RegenerateError has a line for each problem.
    """
    notebooks = {found.stem: found for found in find_notebooks(folder)}
    runs: dict[str, Run] = {}
    problems = Problems()
    # A notebook has many entries.
    read_once = functools.cache(read_notebook)
    for entry in read_entries(folder / PLAN_NAME, notebooks, problems):
        path = notebooks[entry.notebook]
        if only is not None and path not in only:
            continue
        read = read_once(path)
        with problems.collected(f"{entry.place}: "):
            limits = read_limits(entry.given.pop(KEY, {}))
            run = replace(make_run(read, entry.given, allowed), limits=limits)
            if run.name in runs:
                raise RegenerateError(f"repeats the run {run.name}")
            runs[run.name] = run
    problems.refuse()
    return list(runs.values())


def select_runs(
    folder: Path, asked: Sequence[str], given: Iterable[tuple[str, str]], allowed: Allowed
) -> list[Run]:
    """Return the runs that a user asks for by names, numbers or paths; none means the plan.

    With parameters ``given`` as typed, each notebook runs once with them; without, as often as
    the plan says, and once if it does not name it.
    """
    paths = list(dict.fromkeys(choose_notebook(text, folder) for text in asked))
    texts = _given_once(given)
    if texts and not paths:
        raise RegenerateError("-p needs a notebook: coalition run NOTEBOOK -p NAME VALUE")
    if texts:
        runs = [_typed_run(read_notebook(path), texts, allowed) for path in paths]
    elif paths:
        runs = _planned_runs(folder, paths, allowed)
    else:
        runs = read_plan(folder, allowed)
    _require_own_names(runs)
    return runs


def sweep(folder: Path, asked: str, parameter: str, allowed: Allowed) -> list[Run]:
    """One run of a notebook for every value that a parameter may have, in their order."""
    notebook = read_notebook(choose_notebook(asked, folder))
    found = [entry for entry in notebook.parameters if entry.name == parameter]
    if not found:
        raise RegenerateError(unknown_parameter(notebook, parameter))
    values = allowed_values(found[0], allowed)
    if not values:
        raise RegenerateError(f"{notebook.name}: {parameter} has no list of allowed values")
    return [make_run(notebook, {parameter: value}, allowed) for value in values]


def _given_once(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, text in given:
        if name in texts:
            raise RegenerateError(f"-p {name} is given twice: {texts[name]!r} and {text!r}")
        texts[name] = text
    return texts


def _typed_run(notebook: Notebook, texts: Mapping[str, str], allowed: Allowed) -> Run:
    """Return the run of a notebook with values as they were typed."""
    parameters = {parameter.name: parameter for parameter in notebook.parameters}
    given: dict[str, object] = {}
    problems = Problems()
    for name, text in texts.items():
        if name not in parameters:
            problems.append(unknown_parameter(notebook, name))
            continue
        with problems.collected(f"{notebook.name}: "):
            given[name] = parse_text(parameters[name], text, allowed)
    problems.refuse()
    return make_run(notebook, given, allowed)


def _planned_runs(folder: Path, paths: Sequence[Path], allowed: Allowed) -> list[Run]:
    """Return what the plan says of some notebooks, or one run each."""
    own_folder = any(path.parent == folder.resolve() for path in paths)
    has_plan = own_folder and (folder / PLAN_NAME).is_file()
    planned = read_plan(folder, allowed, paths) if has_plan else []
    runs: list[Run] = []
    for path in paths:
        own = [run for run in planned if run.notebook == path]
        runs.extend(own or [make_run(read_notebook(path), {}, allowed)])
    return runs


def _require_own_names(runs: Sequence[Run]) -> None:
    """Refuse two runs that would write the same file."""
    first: dict[str, Run] = {}
    for run in runs:
        other = first.setdefault(run.name, run)
        if other is not run:
            message = f"{other.notebook} and {run.notebook} would both write {run.name}.ipynb"
            raise RegenerateError(f"{message}; run them into different folders (--out)")


def default_notebooks(folder: Path, asked: Sequence[str], allowed: Allowed) -> list[Path]:
    """Return the notebooks that a user asks for, or all in the folder, their defaults checked."""
    chosen = [choose_notebook(text, folder) for text in asked] or find_notebooks(folder)
    for path in chosen:
        resolve(read_notebook(path), {}, allowed)
    return list(dict.fromkeys(chosen))
