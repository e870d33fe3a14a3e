"""Build the site, whole or not at all."""

import io
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.publish.export.collect import load_contents
from helpers.publish.site.gallery import read_notebooks
from helpers.publish.site.sphinx_settings import settings
from helpers.publish.site.sphinx_sources import write_sources
from helpers.regenerate.parameter_values import Allowed

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

NEEDED = ("sphinx", "myst_nb", "pydata_sphinx_theme", "xlsxwriter", "pyreadstat")
MARK = ".coalition-site"
"""A file by which a built site is known, so that nothing else is ever replaced."""


def build_site(out: Path, notebooks: Path, allowed: Allowed) -> list[str]:
    """Build the site from the stored notebooks and the tables.

    Parameters
    ----------
    out : Path
        Where the site is to stand: a free name, or a site that was built before.
    notebooks : Path
        The folder of the notebooks; none is executed.
    allowed : Allowed
        The types that notebook parameters may have.

    Returns
    -------
    list of str
        Sphinx's warnings; none if all is well.

    Raises
    ------
    ValueError
        If a package is missing, the place is taken, or the data hold errors; the
        message says what to do.
    RegenerateError
        If a notebook cannot be read.
    OSError
        If something cannot be written.
    """
    require_packages()
    require_place(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, since only within a file system a rename is one step.
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as name:
        work = Path(name)
        contents = load_contents()
        write_sources(work / "source", contents, read_notebooks(notebooks, allowed))
        warnings = _run_sphinx(work, settings(contents))
        (work / "html" / MARK).touch()
        _put(work / "html", out, work / "old")
    return warnings


def require_packages() -> None:
    """Raise an error that says what to install, if a package is missing.

    Raises
    ------
    ValueError
        If one is.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ValueError(
            f"the site needs the package {missing[0]}: "
            "pip install 'coalition-of-the-unwilling[site]'"
        )


def require_place(out: Path) -> None:
    """Raise an error if a place holds anything but a site that was built before.

    Parameters
    ----------
    out : Path
        The place.

    Raises
    ------
    ValueError
        If it does.
    """
    if os.path.lexists(out) and not (out / MARK).is_file():
        raise ValueError(
            f"{out} exists already and is no site; give another name, or remove it first"
        )


def _run_sphinx(work: Path, chosen: dict[str, object]) -> list[str]:
    """Have Sphinx build the pages, and return its warnings."""
    from sphinx.application import Sphinx  # noqa: PLC0415

    said = io.StringIO()
    app = Sphinx(
        srcdir=work / "source",
        confdir=None,
        outdir=work / "html",
        doctreedir=work / "doctrees",
        buildername="html",
        confoverrides=chosen,
        status=None,
        warning=said,
        parallel=os.cpu_count() or 1,
    )
    # Text names no file or address that would be put in its place.
    app.env.settings["file_insertion_enabled"] = False
    left = _left_out(app)
    app.build(force_all=True)
    for name in (".buildinfo", "objects.inv"):
        (work / "html" / name).unlink(missing_ok=True)
    # Sphinx makes the folder though it is told to copy no sources.
    (work / "html" / "_sources").rmdir()
    return [*left, *(line for line in said.getvalue().splitlines() if line.strip())]


def _left_out(app: "Sphinx") -> list[str]:
    """Have no file from elsewhere copied; which would have been is in the list after building."""
    left: list[str] = []
    source = Path(app.srcdir).resolve()
    work = source.parent

    def look(_app: "Sphinx", environment: "BuildEnvironment") -> None:
        found: tuple[dict[Any, Any], ...] = (environment.images, environment.dlfiles)
        for files in found:
            # Pictures that notebooks hold lie beside the sources.
            for name in [n for n in files if not (source / n).resolve().is_relative_to(work)]:
                left.append(f"{', '.join(files.pop(name)[0])}: no file of the site: {name}")

    app.connect("env-check-consistency", look)
    return left


def _put(built: Path, out: Path, old: Path) -> None:
    """Put a built site in its place, an earlier one away."""
    if out.exists():
        out.rename(old)
    built.rename(out)
    shutil.rmtree(old, ignore_errors=True)
