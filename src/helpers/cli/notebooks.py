"""The commands that run, store, open and begin notebooks."""

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.group import allowed_values, data_errors, example, main
from helpers.cli.repository import notebooks_folder, packaged, require_clone
from helpers.regenerate.limits import DEFAULTS, Limits, read_limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from helpers.regenerate.executors import Execute
    from helpers.regenerate.incremental import Ledger, Project
    from helpers.regenerate.plan import Run


@main.command("list", epilog=example("coalition list", "coalition list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
def list_notebooks(as_json: bool) -> None:
    """List the notebooks, their questions and their parameters."""
    import json  # noqa: PLC0415

    from helpers.regenerate.listing import describe_notebooks, format_listing  # noqa: PLC0415

    described = describe_notebooks(notebooks_folder(), allowed_values())
    if as_json:
        click.echo(json.dumps(described, indent=2, ensure_ascii=False))
    else:
        click.echo(format_listing(described))


def _which_runs(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments that say which runs are meant, and these runs."""

    @functools.wraps(command)
    def with_runs(
        notebooks: tuple[str, ...],
        given: tuple[tuple[str, str], ...],
        all_states: bool,
        **more: Any,
    ) -> None:
        command(_runs(notebooks, given, all_states), **more)

    decorated: Callable[..., None] = with_runs
    for decorate in (
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            default="build",
            show_default=True,
            help="Folder for the executed notebooks.",
        ),
        click.option(
            "-p",
            "given",
            nargs=2,
            multiple=True,
            metavar="NAME VALUE",
            help="Give a parameter a value; repeat for more. 'coalition list' has all.",
        ),
        click.option(
            "--all-states", is_flag=True, help="Add a profile of every UN member to what is run."
        ),
        click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]..."),
    ):
        decorated = decorate(decorated)
    return decorated


def _runs(
    notebooks: tuple[str, ...], given: tuple[tuple[str, str], ...], all_states: bool
) -> "list[Run]":
    """Return the runs that are meant."""
    from helpers.regenerate.plan import select_runs, sweep  # noqa: PLC0415

    folder, allowed = notebooks_folder(), allowed_values()
    runs = select_runs(folder, notebooks, given, allowed)
    if all_states:
        planned = {run.name for run in runs}
        profiles = sweep(folder, "06_state_profile", "state", allowed)
        runs += [profile for profile in profiles if profile.name not in planned]
    return runs


LIMITS = {
    "timeout": ("SECONDS", "Seconds after which a run is ended"),
    "max_memory": ("MB", "Memory at which a run is ended (seen on Linux)"),
    "max_output": ("MB", "Output at which a run is ended"),
}


def _limits(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for what a run may take."""

    @functools.wraps(command)
    def limited(*arguments: Any, **more: Any) -> None:
        given = {name: more.pop(name) for name in LIMITS}
        asked = read_limits({name: value for name, value in given.items() if value is not None})
        command(*arguments, limits=asked, **more)

    decorated: Callable[..., None] = limited
    for name, (unit, text) in reversed(LIMITS.items()):
        decorated = click.option(
            f"--{name.replace('_', '-')}",
            type=float,
            metavar=unit,
            help=f"{text}; {getattr(DEFAULTS, name):g} unless the plan or notebook says otherwise.",
        )(decorated)
    return decorated


@main.command(
    epilog=example(
        "coalition run", "coalition run 01_support_typology -p min_confidence high --out trial"
    )
)
@_which_runs
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many notebooks run side by side; by default as many as there are cores.",
)
@click.option("--force", is_flag=True, help="Run what is up to date, too.")
@click.option(
    "--cluster",
    "address",
    metavar="ADDRESS",
    help="Run on the workers of the Dask scheduler at this address.",
)
@_limits
def run(
    runs: "list[Run]",
    out: Path,
    jobs: int | None,
    force: bool,
    address: str | None,
    limits: Limits,
) -> None:
    """Execute notebooks into a folder.

    Without arguments, all runs of notebooks/plan.yml. With NOTEBOOK (its name, its
    number or a path), the runs that the plan has for it. With -p, one run with these
    values and the notebook's defaults for the others.

    A run is left out if its notebook, its parameters, the helpers, the installed
    packages and the data that it read are what they were; 'coalition status' says so.

    Ends with code 1 if a notebook failed, 2 if the arguments are wrong.
    """
    from helpers.regenerate.batch import require_folder  # noqa: PLC0415
    from helpers.regenerate.incremental import Ledger, reasons  # noqa: PLC0415
    from helpers.regenerate.scratch import clear_drafts  # noqa: PLC0415
    from helpers.regenerate.store import open_store  # noqa: PLC0415

    if jobs and address:
        raise click.UsageError("--jobs is for this machine; a cluster's workers bring their own.")
    target, project = out.expanduser().resolve(), _project()
    require_folder(target, runs)
    with open_store(target, _say) as store:
        clear_drafts(target)
        due = runs
        if not force:
            why = reasons(runs, project, target, store.records())
            due = [run for run in runs if why[run.name]]
        if len(due) < len(runs):
            click.echo(f"{len(runs) - len(due)} of {len(runs)} runs are up to date.")
        if due:
            ledger = Ledger(project, target, store, due)
            _execute(due, target, ledger, jobs, address, limits)
        else:
            click.echo(f"Look at: {target}")


def _say(text: str) -> None:
    """Tell the user what is no result."""
    click.echo(text, err=True)


def _project() -> "Project":
    """Return what all runs share."""
    from helpers.cli.repository import project  # noqa: PLC0415

    with data_errors():
        return project()


def _execute(
    runs: "Sequence[Run]",
    target: Path,
    ledger: "Ledger",
    jobs: int | None,
    address: str | None,
    limits: Limits,
) -> None:
    """Execute runs, here or on a cluster, under a report."""
    from helpers.cli.repository import project  # noqa: PLC0415
    from helpers.regenerate.batch import regenerate  # noqa: PLC0415
    from helpers.regenerate.cluster import cluster  # noqa: PLC0415
    from helpers.regenerate.executors import default_jobs, local  # noqa: PLC0415

    place: AbstractContextManager[Execute]
    if address:
        place = cluster(address, project, _say, limits)
    else:
        place = local(ledger.project, jobs or default_jobs(), limits)
    with place as execute:
        _reported(
            len(runs),
            f"Look at: {target}",
            lambda report: regenerate(runs, target, report, execute, ledger.note),
        )


@main.command(epilog=example("coalition status", "coalition status 01_support_typology"))
@_which_runs
def status(runs: "list[Run]", out: Path) -> None:
    """Say which runs 'coalition run' would execute, and why.

    Takes the same arguments, and changes nothing.
    """
    from helpers.regenerate.incremental import reasons  # noqa: PLC0415
    from helpers.regenerate.store import read_records  # noqa: PLC0415

    target = out.expanduser().resolve()
    why = reasons(runs, _project(), target, read_records(target, _say))
    for name, reason in why.items():
        click.echo(f"{name}  {reason or 'up to date'}")
    click.echo(f"\n{sum(map(bool, why.values()))} of {len(why)} runs would be executed.")


@main.command(epilog=example("coalition refresh", "coalition refresh 01_support_typology"))
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
def refresh(notebooks: tuple[str, ...]) -> None:
    """Execute the notebooks in place and store their outputs.

    The stored outputs are what the tests compare with, so only this command writes
    them. Without arguments, all notebooks. A notebook that fails is left as it was.
    """
    from helpers.regenerate import executors  # noqa: PLC0415
    from helpers.regenerate.batch import refresh as refresh_notebooks  # noqa: PLC0415
    from helpers.regenerate.plan import default_notebooks  # noqa: PLC0415

    folder = notebooks_folder()
    paths = default_notebooks(folder, notebooks, allowed_values())
    for path in paths:
        require_clone(path)
    with executors.refreshing(executors.default_jobs()) as execute:
        _reported(
            len(paths),
            f"Look at: {folder}",
            lambda report: refresh_notebooks(paths, report, execute),
        )


@main.command(
    context_settings={"ignore_unknown_options": True},
    epilog=example("coalition lab", "coalition lab --edit", "coalition lab --no-browser"),
)
@click.option("--edit", is_flag=True, help="Open the notebooks themselves, not copies of them.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTION OF JUPYTER]...")
def lab(edit: bool, options: tuple[str, ...]) -> None:
    """Open the notebooks in JupyterLab, with kernels that start at once.

    What opens are copies in the folder lab/, which git ignores: run and change them as
    you like, the stored outputs that the tests compare with stay as they are. Copies
    that you have changed are kept from one time to the next; others are renewed when the
    notebook has changed. The folder data/ beside them is no copy: tables and codebook
    that you change there are those that all commands read. Only where the package was
    installed without a clone are they copies too, which other commands read if
    COALITION_DATA names them; lab/ is then made in the current folder.
    """
    from helpers.dataset.files import data_folder  # noqa: PLC0415
    from helpers.regenerate import lab as jupyter  # noqa: PLC0415

    jupyter.refuse_root(options)
    notebooks = notebooks_folder()
    house = Path.cwd() if packaged(notebooks) else notebooks.parent
    with data_errors():
        data = data_folder()
    if edit:
        require_clone(notebooks)
        jupyter.open_lab(house if data.is_relative_to(house) else notebooks, notebooks, options)
        return
    kept = jupyter.working_copies(notebooks, house / "lab")
    if packaged(data):
        kept += jupyter.copied_data(house / "lab", data)
        os.environ["COALITION_DATA"] = str(house / "lab" / jupyter.DATA)
    elif unreachable := jupyter.show_data(house / "lab", data):
        click.echo(unreachable)
    for name in kept:
        click.echo(f"{name} has changed since you changed your copy, which is kept: rename it.")
    jupyter.open_lab(house / "lab", house / "lab", options)


@main.command(
    "new-notebook",
    epilog=example('coalition new-notebook arms_by_region "Who arms Russia, and from where?"'),
)
@click.argument("name")
@click.argument("question")
def new_notebook(name: str, question: str) -> None:
    """Begin a notebook NAME that asks QUESTION.

    It executes as it is, and is there to be rewritten. A NAME without a number gets the
    next one.
    """
    from helpers.cli import skeleton  # noqa: PLC0415

    folder = notebooks_folder()
    require_clone(folder)
    with data_errors():
        path = skeleton.new_notebook(folder, name, question)
    click.echo(f"Look at: {path}")


def _reported(total: int, where: str, work: Callable[[Any], bool]) -> None:
    """Do some work under a report; end with code 1 if any of it failed."""
    from helpers.regenerate.report import Report  # noqa: PLC0415

    report = Report(total, sys.stdout)
    try:
        well = work(report)
    finally:
        report.close(where)
    if not well:
        raise click.exceptions.Exit(1)
