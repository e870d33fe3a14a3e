"""Everything that Sphinx reads, written to a folder that is thrown away."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from helpers.analysis.teaching import text_accounts
from helpers.publish.export.table_model import Contents
from helpers.publish.seminar import plan
from helpers.publish.seminar.materials import write_materials
from helpers.publish.site import (
    about_pages,
    class_page,
    codebook_page,
    coding_page,
    gallery,
    guides,
    start_page,
    state_pages,
    table_pages,
    what_if,
)
from helpers.publish.site.downloads import write_downloads
from helpers.publish.site.gallery import Shown

OWN = Path(__file__).parent / "static"
"""The site's own style, script and template."""


def write_sources(folder: Path, contents: Contents, notebooks: list[Shown]) -> None:
    """Write the sources of all pages.

    Parameters
    ----------
    folder : Path
        Where to; it is made.
    contents : Contents
        The dataset.
    notebooks : list of Shown
        The stored notebooks.

    Raises
    ------
    ValueError
        If the data hold errors; the message lists them.
    OSError
        If something cannot be written.
    """
    members = state_pages.Members()
    for path, text in _pages(contents, notebooks, members):
        _write(folder / path, text.encode("utf-8"))
    for name, picture in _figures(notebooks, members):
        _write(folder / "_static" / "figures" / name, picture)
    write_static(folder)
    _write_files(folder / "_extra" / "files", folder / "_extra.scratch", notebooks)


def write_static(folder: Path) -> None:
    """Write styles, scripts and templates."""
    styles = ("site.css", "code.css", "class.css")
    for name in {
        "favicon.svg",
        "site.js",
        "whatif.js",
        *styles,
        *coding_page.SCRIPTS,
        *class_page.SCRIPTS,
    }:
        _write(folder / "_static" / name, (OWN / name).read_bytes())
    for name, script in coding_page.coding_data().items():
        _write(folder / "_static" / name, script)
    _write(folder / "_static" / what_if.DATA, what_if.what_if_data())
    for name in ("colophon.html", "steps.html"):
        _write(folder / "_templates" / name, (OWN / name).read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _pages(
    contents: Contents, notebooks: list[Shown], members: state_pages.Members
) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page."""
    yield "index.md", start_page.start_page(contents)
    yield "codebook.md", codebook_page.codebook_page()
    yield "cite.md", about_pages.cite_page(contents)
    if text_accounts():
        yield "code/index.md", coding_page.coding_page()
        yield "code/class.md", class_page.class_page()
        yield "teach.md", plan.teach_page()
        yield plan.STUDENTS.replace(".html", ".md"), plan.students_page()
    yield "limits.md", about_pages.limits_page(notebooks)
    yield "notebooks/index.md", gallery.gallery_page(notebooks)
    known = {shown.name for shown in notebooks}
    for shown in notebooks:
        yield f"notebooks/{shown.name}.ipynb", gallery.notebook_page(shown, known)
    yield from table_pages.table_pages(contents, about_pages.about_tables()).items()
    yield from state_pages.state_pages(members).items()
    yield from guides.guide_pages().items()


def _figures(notebooks: list[Shown], members: state_pages.Members) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each image that is not a notebook's own."""
    yield start_page.FIGURE, start_page.start_figure().png()
    for shown in notebooks:
        face = gallery.face(shown)
        if face:
            yield f"{shown.name}.png", face[0]
    for name, picture in sorted(members.figures.items()):
        yield name, picture.png()


def _write_files(folder: Path, scratch: Path, notebooks: list[Shown]) -> None:
    """Write what can be taken away: the notebooks as stored, and the exports."""
    for shown in notebooks:
        _write(folder / "notebooks" / f"{shown.name}.ipynb", shown.raw)
    if text_accounts():
        write_materials(folder / "seminar")
    scratch.mkdir()
    write_downloads(folder, scratch)
    shutil.rmtree(scratch)
