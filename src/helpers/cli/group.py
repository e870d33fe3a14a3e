"""The command itself: how it ends, and what its commands share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import helpers
from helpers.dataset.files import DataError
from helpers.regenerate.errors import RegenerateError, printable
from helpers.regenerate.signals import like_interrupts

if TYPE_CHECKING:
    from helpers.regenerate.parameter_values import Allowed

INTERRUPTED = 130
OTHERS_WRITE = 0o002
FOLDERS = ("COALITION_DATA", "COALITION_NOTEBOOKS")


class WrongInput(click.ClickException):
    """Something in the arguments, the plan or a notebook that cannot be used."""

    exit_code = 2


class Coalition(click.Group):
    """A group of commands that end with a message and a code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what a user can put right into a message."""
        _settle_folders()
        # Whatever the user lets others do: what is written here, nobody else can change.
        os.umask(os.umask(0o077) | OTHERS_WRITE)
        try:
            with like_interrupts():
                return super().invoke(ctx)
        except KeyboardInterrupt as error:
            ended = ", ".join(getattr(error, "__notes__", []))
            click.echo(
                f"\nInterrupted{f' in {ended}' if ended else ''}. "
                "What is written is whole; the same command goes on from there.",
                err=True,
            )
            ctx.exit(getattr(error, "code", INTERRUPTED))
        except RegenerateError as error:
            raise WrongInput(printable(str(error))) from error
        except (BrokenPipeError, click.exceptions.Exit):
            raise
        except OSError as error:
            raise click.ClickException(str(error)) from error


def _settle_folders() -> None:
    """Have folders that the environment names relative to this one mean the same to kernels."""
    for name in FOLDERS:
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).expanduser().absolute())


def example(*lines: str) -> str:
    """Return the end of a command's help: how it is called.

    Its first character tells click not to join the lines.
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


def allowed_values() -> "Allowed":
    """Return the types that notebook parameters may have, and their values."""
    from helpers.parameters import ALLOWED  # noqa: PLC0415
    from helpers.regenerate.parameter_values import remember  # noqa: PLC0415

    return remember(ALLOWED)


@contextmanager
def data_errors() -> Iterator[None]:
    """Turn what is wrong with data (code 1) or an argument (code 2) into a message."""
    try:
        yield
    except DataError as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        raise WrongInput(str(error)) from error
