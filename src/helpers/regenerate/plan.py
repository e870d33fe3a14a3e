"""Turn a plan, or what was asked for, into runs.

A plan is a YAML file beside the notebooks: for each notebook a list of runs, each
giving the parameters that differ from the notebook's defaults::

    01_support_typology:
      - {}
      - {silence: as_no, min_confidence: high}

Everything in it is checked before anything runs, and all that is wrong is said
at once, with the line.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers.regenerate.errors import Problems, RegenerateError, suggest
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
from helpers.regenerate.run_names import output_name

PLAN_NAME = "plan.yml"


@dataclass(frozen=True)
class Run:
    """One notebook with a value for each of its parameters, or none to leave it as it is."""

    notebook: Path
    parameters: dict[str, Value]
    name: str


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
    path = folder / PLAN_NAME
    notebooks = {found.stem: found for found in find_notebooks(folder)}
    runs: dict[str, Run] = {}
    problems = Problems()
    for entry in _read_entries(path, notebooks, problems):
        if only is not None and entry.notebook.path not in only:
            continue
        with problems.collected(f"{entry.place}: "):
            run = make_run(entry.notebook, entry.given, allowed)
            if run.name in runs:
                raise RegenerateError(f"repeats the run {run.name}")
            runs[run.name] = run
    problems.refuse()
    return list(runs.values())


@dataclass(frozen=True)
class _Entry:
    """One run as the plan writes it."""

    place: str
    notebook: Notebook
    given: dict[str, object]


def _read_entries(
    path: Path, notebooks: Mapping[str, Path], problems: list[str]
) -> Iterator[_Entry]:
    """Yield the entries of a plan; add to the problems what is not one."""
    loader = _loader(path)
    root = _root(loader, path)
    for key, listed in _pairs(root, path, problems):
        if key not in notebooks:
            hint = f"{suggest(key, notebooks)}; allowed: {', '.join(notebooks)}"
            problems.append(f"{_place(path, listed)}: no notebook {key!r}{hint}")
        elif not isinstance(listed, yaml.SequenceNode) or not listed.value:
            problems.append(
                f"{_place(path, listed)}: {key} needs a list of runs, such as\n  - {{}}"
            )
        else:
            notebook = read_notebook(notebooks[key])
            for node in listed.value:
                given = _given(loader, node, path, problems)
                if given is not None:
                    yield _Entry(_place(path, node), notebook, given)


def _given(
    loader: yaml.SafeLoader, node: yaml.Node, path: Path, problems: list[str]
) -> dict[str, object] | None:
    """Return the values that an entry gives, or None if it is not a mapping."""
    if not isinstance(node, yaml.MappingNode):
        message = "a run is a mapping of parameters to values; {} runs the defaults"
        problems.append(f"{_place(path, node)}: {message}")
        return None
    given: dict[str, object] = {}
    for name, value in _pairs(node, path, problems):
        try:
            given[name] = loader.construct_object(value, deep=True)
        except yaml.YAMLError:
            problems.append(f"{_place(path, value)}: {name} has a value of no known kind")
    return given


def _loader(path: Path) -> yaml.SafeLoader:
    """Open a plan with the faster of the loaders there are."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise RegenerateError(f"no plan at {path}; name the notebooks to run") from error
    except UnicodeDecodeError as error:
        raise RegenerateError(f"{path.name}: not UTF-8") from error
    kind: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return kind(text)


def _root(loader: yaml.SafeLoader, path: Path) -> yaml.MappingNode:
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RegenerateError(f"{path.name}, line {line}: not YAML ({error.problem})") from error
    except yaml.YAMLError as error:
        raise RegenerateError(f"{path.name}: not YAML ({error})") from error
    if not isinstance(root, yaml.MappingNode) or not root.value:
        raise RegenerateError(f"{path.name}: needs notebooks, each with a list of runs")
    return root


def _pairs(
    node: yaml.MappingNode, path: Path, problems: list[str]
) -> Iterator[tuple[str, yaml.Node]]:
    """Yield a mapping's keys and values; YAML itself would keep the last of a key."""
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            problems.append(f"{_place(path, key)}: a name was expected before the colon")
            continue
        if key.value in seen:
            problems.append(f"{_place(path, key)}: {key.value!r} is there twice")
        seen.add(key.value)
        yield key.value, value


def _place(path: Path, node: yaml.Node) -> str:
    return f"{path.name}, line {node.start_mark.line + 1}"


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
