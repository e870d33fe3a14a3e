"""The ``coalition`` command.

Commands are thin: they read arguments, call a function and print. They import what
they need when they run, so that ``--help`` and what only reads text start at once.
"""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import helpers
from helpers.dataset.files import DataError
from helpers.publish.export.formats import FORMATS
from helpers.regenerate.errors import RegenerateError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from helpers.regenerate.executors import Execute
    from helpers.regenerate.incremental import Ledger, Project
    from helpers.regenerate.parameter_values import Allowed
    from helpers.regenerate.plan import Run

INTERRUPTED = 130


class WrongInput(click.ClickException):
    """Something in the arguments, the plan or a notebook that cannot be used."""

    exit_code = 2


class Coalition(click.Group):
    """A group of commands that end with a message and a code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what a user can put right into a message.

        Parameters
        ----------
        ctx : click.Context
            The command and its arguments.

        Returns
        -------
        object
            What the command returns.

        Raises
        ------
        WrongInput
            If an argument, the plan or a notebook cannot be used.
        click.ClickException
            If a file cannot be read or written.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(
                "\nInterrupted. What is written is whole; the same command goes on from there.",
                err=True,
            )
            ctx.exit(INTERRUPTED)
        except RegenerateError as error:
            raise WrongInput(str(error)) from error
        except (BrokenPipeError, click.exceptions.Exit):
            raise
        except OSError as error:
            raise click.ClickException(str(error)) from error


def example(*lines: str) -> str:
    """Return the end of a command's help: how it is called.

    Parameters
    ----------
    *lines : str
        Commands as typed.

    Returns
    -------
    str
        A paragraph; its first character tells click not to join the lines.
    """
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])


@click.group(
    cls=Coalition,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=example("coalition run"),
)
@click.version_option(helpers.__version__)
def main() -> None:
    """Ask who supports Russia's war on Ukraine, how, and how sure we are.

    Runs the notebooks that ask, and checks the data that answers.
    """


def _notebooks_folder() -> Path:
    """Return the folder of the notebooks, wherever the command is called from."""
    from helpers.cli.repository import notebooks_folder  # noqa: PLC0415

    return notebooks_folder()


def _allowed() -> "Allowed":
    """Return the types that notebook parameters may have, and their values."""
    from helpers.parameters import ALLOWED  # noqa: PLC0415
    from helpers.regenerate.parameter_values import remember  # noqa: PLC0415

    return remember(ALLOWED)


@main.command("list", epilog=example("coalition list", "coalition list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
def list_notebooks(as_json: bool) -> None:
    """List the notebooks, their questions and their parameters."""
    import json  # noqa: PLC0415

    from helpers.regenerate.listing import describe_notebooks, format_listing  # noqa: PLC0415

    described = describe_notebooks(_notebooks_folder(), _allowed())
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

    folder, allowed = _notebooks_folder(), _allowed()
    runs = select_runs(folder, notebooks, given, allowed)
    if all_states:
        planned = {run.name for run in runs}
        profiles = sweep(folder, "06_state_profile", "state", allowed)
        runs += [profile for profile in profiles if profile.name not in planned]
    return runs


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
def run(runs: "list[Run]", out: Path, jobs: int | None, force: bool, address: str | None) -> None:
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
    from helpers.regenerate.store import open_store  # noqa: PLC0415

    if jobs and address:
        raise click.UsageError("--jobs is for this machine; a cluster's workers bring their own.")
    target, project = out.expanduser().resolve(), _project()
    require_folder(target, runs)
    with open_store(target) as store:
        due = runs
        if not force:
            why = reasons(runs, project, target, store.records())
            due = [run for run in runs if why[run.name]]
        if len(due) < len(runs):
            click.echo(f"{len(runs) - len(due)} of {len(runs)} runs are up to date.")
        if due:
            _execute(due, target, Ledger(project, target, store, due), jobs, address)
        else:
            click.echo(f"Look at: {target}")


def _project() -> "Project":
    """Return what all runs share."""
    from helpers.cli.repository import project  # noqa: PLC0415

    with _data_errors():
        return project()


def _execute(
    runs: "Sequence[Run]", target: Path, ledger: "Ledger", jobs: int | None, address: str | None
) -> None:
    """Execute runs, here or on a cluster, under a report."""
    from helpers.cli.repository import project  # noqa: PLC0415
    from helpers.regenerate.batch import regenerate  # noqa: PLC0415
    from helpers.regenerate.cluster import cluster  # noqa: PLC0415
    from helpers.regenerate.executors import default_jobs, local  # noqa: PLC0415

    place: AbstractContextManager[Execute]
    if address:
        place = cluster(address, project, lambda text: click.echo(text, err=True))
    else:
        place = local(ledger.project, jobs or default_jobs())
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
    why = reasons(runs, _project(), target, read_records(target))
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

    folder = _notebooks_folder()
    paths = default_notebooks(folder, notebooks, _allowed())
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
    notebook has changed.
    """
    from helpers.regenerate.lab import open_lab, working_copies  # noqa: PLC0415

    notebooks = _notebooks_folder()
    folder = notebooks if edit else notebooks.parent / "lab"
    for name in [] if edit else working_copies(notebooks, folder):
        click.echo(f"{name} has changed since you changed your copy, which is kept: rename it.")
    open_lab(folder, options)


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

    with _data_errors():
        path = skeleton.new_notebook(_notebooks_folder(), name, question)
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


@contextmanager
def _data_errors() -> Iterator[None]:
    """Turn what is wrong with data (code 1) or an argument (code 2) into a message."""
    try:
        yield
    except DataError as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        raise WrongInput(str(error)) from error


@main.command(epilog=example("coalition check", "coalition check --data my_codings"))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Data folder to check; by default the repository's, or that of COALITION_DATA.",
)
def check(data: Path | None) -> None:
    """Check the data tables, and name everything that is wrong.

    Ends with code 1 if anything is. Adjudicated codings that adjudications.csv does
    not account for are listed too, and are no error.
    """
    from helpers.dataset.checks import find_problems, unexplained  # noqa: PLC0415

    with _data_errors():
        problems = find_problems(data)
        notes = [] if problems else unexplained(data)
    for line in [*problems, *(f"to explain: {note}" for note in notes)]:
        click.echo(line)
    click.echo(f"{len(problems)} problem(s), {len(notes)} coding(s) to explain")
    if problems:
        raise click.exceptions.Exit(1)


@main.command(epilog=example("coalition codebook", "coalition codebook arms_supply"))
@click.argument("variable", required=False)
def codebook(variable: str | None) -> None:
    """Print the coding scheme, or one VARIABLE of it with its rules."""
    from helpers.dataset.codebook import describe, load_codebook  # noqa: PLC0415

    with _data_errors():
        click.echo(describe(load_codebook(), variable))


@main.command(epilog=example("coalition types", "coalition types --silence no --format csv"))
@click.option("--account", default="", help="Whose picture of the world; the first unless given.")
@click.option("--silence", default="open", show_default=True, help="How silence is read.")
@click.option(
    "--format", "style", type=click.Choice(["text", "csv"]), default="text", show_default=True
)
def types(account: str, silence: str, style: str) -> None:
    """Print each state's levels, support type and bounds."""
    from helpers.analysis.typology import derive  # noqa: PLC0415
    from helpers.dataset.allowed import account_ids  # noqa: PLC0415
    from helpers.dataset.loading import load_cases  # noqa: PLC0415
    from helpers.display.tables import types_csv, types_text  # noqa: PLC0415

    with _data_errors():
        derived = derive(load_cases(account or account_ids()[0], silence=silence))
    click.echo(types_csv(derived) if style == "csv" else types_text(derived), nl=False)


@main.command(epilog=example("coalition diff", "coalition diff HEAD~3"))
@click.argument("revision", default="HEAD", metavar="[REV]")
def diff(revision: str) -> None:
    """Show what changed in the data since a commit, and what follows.

    Codings one by one, other tables by number of rows, then the support types and
    the thesis verdicts that come out otherwise. REV is HEAD unless given.
    """
    from helpers.analysis.history import report  # noqa: PLC0415

    with _data_errors():
        click.echo(report(revision))


@main.command(epilog=example("coalition export build/stata --format stata"))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(list(FORMATS)),
    default="datapackage",
    show_default=True,
    help="; ".join(f"{name}: {style.makes}" for name, style in FORMATS.items()) + ".",
)
def export(out: Path, style: str) -> None:
    """Write the data to OUT for R, Stata, SPSS or Excel.

    All tables, a wide and a long one of the codings, the codebook, version and
    citation. OUT must be a free name: nothing is ever replaced.
    """
    from helpers.publish.export.write import export as export_data  # noqa: PLC0415

    target = out.expanduser().absolute()
    with _data_errors():
        export_data(target, style)
    click.echo(f"Look at: {target}")


@main.command(epilog=example("coalition site", "coalition site --serve --port 8080"))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="build/site",
    show_default=True,
    help="Folder for the site; a site that was built there before is replaced.",
)
@click.option("--serve", "show", is_flag=True, help="Then show it on this machine, until Ctrl-C.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Where to show it; 0 takes any free port.",
)
def site(out: Path, show: bool, port: int) -> None:
    """Build the site: pages to read and to send links to.

    Made from the stored notebooks and the tables; nothing is executed, and no page asks
    anything of other sites.
    """
    from helpers.publish.site.build import build_site  # noqa: PLC0415

    target = out.expanduser().absolute()
    with _data_errors():
        warnings = build_site(target, _notebooks_folder(), _allowed())
    for line in warnings:
        click.echo(line, err=True)
    click.echo(f"Look at: {target / 'index.html'}")
    if show:
        _serve(target, port)


def _serve(folder: Path, port: int) -> None:
    """Show a folder until the user has seen enough."""
    from helpers.publish.site.serve import server  # noqa: PLC0415

    try:
        ready = server(folder, port)
    except OSError as error:
        why = f"port {port} cannot be used ({error.strerror})"
        raise WrongInput(f"{why}; give another with --port, or 0 for any that is free") from error
    with ready as running:
        host, chosen = running.server_address[:2]
        click.echo(f"Open http://{host!s}:{chosen}/ in a browser; Ctrl-C ends it.")
        with suppress(KeyboardInterrupt):
            running.serve_forever()
    click.echo("Stopped.")
