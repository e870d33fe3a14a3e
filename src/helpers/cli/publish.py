"""The commands that let the data and the notebooks leave the house."""

from contextlib import suppress
from pathlib import Path

import click

from helpers.cli.group import WrongInput, allowed_values, data_errors, example, main
from helpers.cli.repository import notebooks_folder, require_clone
from helpers.publish.export.formats import FORMATS


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
    with data_errors():
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
    require_clone()
    from helpers.publish.site.build import build_site  # noqa: PLC0415

    target = out.expanduser().absolute()
    with data_errors():
        warnings = build_site(target, notebooks_folder(), allowed_values())
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
