"""The ``coalition`` command.

Commands are thin: they read arguments, call a function and print. They import what
they need when they run, so that ``--help`` and what only reads text start at once.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import helpers
from helpers.regenerate.errors import RegenerateError

if TYPE_CHECKING:
    from helpers.regenerate.values import Allowed

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
                "\nInterrupted. Files already written are whole; the rest is missing.", err=True
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
    chosen = os.environ.get("COALITION_NOTEBOOKS")
    folder = Path(chosen) if chosen else Path(helpers.__file__).resolve().parents[2] / "notebooks"
    return folder.expanduser().resolve()


def _allowed() -> "Allowed":
    """Return the types that notebook parameters may have, and their values."""
    from helpers.parameters import ALLOWED  # noqa: PLC0415
    from helpers.regenerate.values import remember  # noqa: PLC0415

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


@main.command(
    epilog=example(
        "coalition run", "coalition run 01_support_typology -p min_confidence high --out /tmp/trial"
    )
)
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
@click.option(
    "-p",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Give a parameter a value; repeat for more. 'coalition list' shows what is allowed.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="build",
    show_default=True,
    help="Folder for the executed notebooks.",
)
def run(notebooks: tuple[str, ...], given: tuple[tuple[str, str], ...], out: Path) -> None:
    """Execute notebooks into a folder.

    Without arguments, all runs of notebooks/plan.yml. With NOTEBOOK (its name, its
    number or a path), the runs that the plan has for it. With -p, one run with these
    values and the notebook's defaults for the others.

    Ends with code 1 if a notebook failed, 2 if the arguments are wrong.
    """
    from helpers.regenerate.plan import select_runs  # noqa: PLC0415

    runs = select_runs(_notebooks_folder(), notebooks, given, _allowed())
    from helpers.regenerate.batch import regenerate  # noqa: PLC0415

    target = out.expanduser().resolve()
    _reported(len(runs), f"Look at: {target}", lambda report: regenerate(runs, target, report))


@main.command(epilog=example("coalition refresh", "coalition refresh 01_support_typology"))
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
def refresh(notebooks: tuple[str, ...]) -> None:
    """Execute the notebooks in place and store their outputs.

    The stored outputs are what the tests compare with, so only this command writes
    them. Without arguments, all notebooks. A notebook that fails is left as it was.
    """
    from helpers.regenerate.batch import refresh as refresh_notebooks  # noqa: PLC0415
    from helpers.regenerate.plan import default_notebooks  # noqa: PLC0415

    folder = _notebooks_folder()
    paths = default_notebooks(folder, notebooks, _allowed())
    _reported(len(paths), f"Look at: {folder}", lambda report: refresh_notebooks(paths, report))


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
