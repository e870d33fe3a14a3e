"""The command that makes the set of a seminar."""

from pathlib import Path

import click

from helpers.cli.group import allowed_values, data_errors, example, main
from helpers.cli.repository import notebooks_folder, require_clone


@main.command(epilog=example("coalition seminar build/seminar"))
@click.argument("out", type=click.Path(path_type=Path))
def seminar(out: Path) -> None:
    """Write to OUT what a seminar needs.

    A plan, slides, a handout, coding sheets for Excel, the site with the pages to code on, and
    the notebooks, for students without solutions. OUT must be a free name: nothing is ever
    replaced.
    """
    require_clone()
    from helpers.publish.seminar.write import START, write_seminar  # noqa: PLC0415

    target = out.expanduser().absolute()
    with data_errors():
        warnings = write_seminar(target, notebooks_folder(), allowed_values())
    for line in warnings:
        click.echo(line, err=True)
    click.echo(f"Open: {target / START}")
