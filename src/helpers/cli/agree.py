"""The command that compares codings from outside, such as those of a class."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.group import data_errors, example, main

if TYPE_CHECKING:
    import pandas as pd

    from helpers.dataset.files import Problem

N_NAMED = 20
"""Problems of one file that are printed in full."""


@main.command(epilog=example("coalition agree class", "coalition agree class --format csv"))
@click.argument(
    "paths", nargs=-1, required=True, metavar="FOLDER|FILE...", type=click.Path(path_type=Path)
)
@click.option("--account", default="", help="Whose codings to compare; the first that was coded.")
@click.option(
    "--format", "style", type=click.Choice(["text", "csv"]), default="text", show_default=True
)
def agree(paths: tuple[Path, ...], account: str, style: str) -> None:
    """Say how far several coders agree, such as a class.

    Files have the columns of codings.csv. What is wrong with any is named and left out, and the
    rest is compared: by variable, member of a set, and reading of silence.

    In CSV a unit is a state that two coders or more have a value of, kappa is the mean over
    pairs of coders, ac1 is AC2 where codes are ordered, and a cell is empty where nothing is
    defined. In text the states follow.
    """
    from helpers.analysis.agreement import by_coder, by_pair, reliability  # noqa: PLC0415
    from helpers.dataset.coding_files import read_coding_files  # noqa: PLC0415
    from helpers.display.tables import agreement_csv, agreement_text  # noqa: PLC0415

    with data_errors():
        codings, problems = read_coding_files(path.expanduser() for path in paths)
        _name(problems)
        chosen = _account(codings, account)
        coders = by_coder(codings[codings["account"] == chosen]).values()
        results = reliability(*coders)
        if style == "csv":
            click.echo(agreement_csv(results), nl=False)
            return
        click.echo(f"Account {chosen}, {len(coders)} coders\n")
        click.echo(agreement_text(results, by_pair(*coders)), nl=False)


def _account(codings: "pd.DataFrame", asked: str) -> str:
    """Return the account to compare, and say which others were coded."""
    from helpers.dataset.allowed import account_ids, require  # noqa: PLC0415

    coded = [name for name in account_ids() if name in set(codings["account"])]
    chosen = require("account", asked, coded) if asked or not coded else coded[0]
    others = [name for name in coded if name != chosen]
    if others and not asked:
        click.echo(f"Also coded: {', '.join(others)}; choose one with --account.", err=True)
    return chosen


def _name(problems: "Sequence[Problem]") -> None:
    """Print what is left out; of a file with many problems the first, and how many more."""
    seen: dict[str, int] = {}
    for problem in problems:
        seen[problem.file] = seen.get(problem.file, 0) + 1
        if seen[problem.file] <= N_NAMED:
            click.echo(f"left out: {problem}", err=True)
    for file, n in seen.items():
        if n > N_NAMED:
            click.echo(f"left out: {file}: {n - N_NAMED} more problem(s)", err=True)
