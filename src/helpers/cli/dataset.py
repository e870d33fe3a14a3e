"""The commands that read, check and compare the dataset."""

from contextlib import nullcontext
from pathlib import Path

import click

from helpers.cli.group import data_errors, example, main
from helpers.cli.repository import require_clone
from helpers.dataset.files import data_folder, using_data


@main.command(epilog=example("coalition check", "coalition check --consistency"))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Data folder to check; by default the repository's, or that of COALITION_DATA.",
)
@click.option(
    "--consistency",
    is_flag=True,
    help="List the codings all of whose evidence points elsewhere, and events that none cites.",
)
def check(data: Path | None, consistency: bool) -> None:
    """Check the data tables, and name everything that is wrong.

    Ends with code 1 if anything is. Codings that nothing accounts for in
    adjudications.csv, undecided.csv or explanations.csv are listed too, and are no error;
    nor is what since the last commit looks like a slip: a column shifted, rows gone.
    """
    from helpers.analysis.history import uncommitted_accidents  # noqa: PLC0415
    from helpers.dataset.checks import find_problems, mismatches, unexplained  # noqa: PLC0415

    with data_errors():
        problems = find_problems(data)
        notes = [] if problems else unexplained(data)
        doubtful = uncommitted_accidents(data or data_folder())
    explain = [f"to explain: {note}" for note in notes]
    for line in [*problems, *(f"to look at: {note}" for note in doubtful), *explain]:
        click.echo(line)
    click.echo(f"{len(problems)} problem(s), {len(notes)} coding(s) to explain")
    if consistency and not problems:
        from helpers.analysis.evidence import uncited  # noqa: PLC0415
        from helpers.dataset.loading import load_table  # noqa: PLC0415
        from helpers.display.tables import consistency_text, uncited_text  # noqa: PLC0415

        with using_data(data) if data else nullcontext():
            click.echo(consistency_text(mismatches()), nl=False)
            click.echo(uncited_text(uncited(), len(load_table("events"))), nl=False)
    if problems:
        raise click.exceptions.Exit(1)


@main.command(epilog=example("coalition codebook", "coalition codebook arms_supply"))
@click.argument("variable", required=False)
def codebook(variable: str | None) -> None:
    """Print the coding scheme, or one VARIABLE of it with its rules."""
    from helpers.dataset.codebook import describe, load_codebook  # noqa: PLC0415

    with data_errors():
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

    with data_errors():
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

    with data_errors():
        require_clone(data_folder())
        click.echo(report(revision))
