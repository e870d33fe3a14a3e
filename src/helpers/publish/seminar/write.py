"""The set of a seminar in one folder, whole or not at all."""

import shutil
from pathlib import Path

from helpers.analysis.teaching import text_accounts
from helpers.publish.atomic import require_free, written_whole
from helpers.publish.seminar.notebooks import write_notebooks
from helpers.publish.seminar.plan import FOLDER, STUDENTS
from helpers.publish.seminar.slides import write_slides
from helpers.publish.site.build import build_site
from helpers.publish.site.markup import Html, joined, link, tag
from helpers.regenerate.parameter_values import Allowed

START = "START-HERE.html"
PARTS = (
    ("site/teach.html", "The plan", "read this first: 90 minutes, or three sessions"),
    ("leader/slides/index.html", "The slides", "for you; the arrow keys turn the page"),
    ("site/code/class.html", "The class page", "for you: drop the students' files on it"),
    (f"site/{STUDENTS}", "The page for students", "give them its address; how, the plan says"),
    ("students", "For the students", "handout, coding sheets, notebooks without solutions"),
    ("leader/notebooks", "The notebooks", "for you, with results and solutions"),
    ("site/index.html", "The site", "all that is known; put the folder on any web space"),
)
"""The parts, in the order of use."""


def write_seminar(out: Path, notebooks: Path, allowed: Allowed) -> list[str]:
    """Write a seminar's set to a free place, and return the warnings of building the site.

    ``ValueError`` if the place is taken, a package is missing, the data hold errors, or there is
    no text to code.
    """
    require_free(out)
    if not text_accounts():
        raise ValueError("no account codes a text of numbered paragraphs (paragraphs.csv)")
    with written_whole(out) as draft:
        draft.mkdir()
        warnings = build_site(draft / "site", notebooks, allowed)
        students, leader = draft / "students", draft / "leader"
        write_notebooks(notebooks, students / "notebooks", leader / "notebooks")
        for path in (draft / "site" / FOLDER).iterdir():
            if path.is_file():
                shutil.copyfile(path, students / path.name)
        write_slides(text_accounts()[0], leader / "slides", "../../site/")
        (draft / START).write_bytes(_start().encode("utf-8"))
    return warnings


def _start() -> str:
    """Return a page that leads to every part."""
    items = joined(tag("li", link(to, name), f": {what}.") for to, name, what in PARTS)
    title = "A seminar: where to find everything"
    head = Html(
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, '
        'initial-scale=1">\n<style>body { font: 1.1rem/1.5 system-ui, sans-serif; '
        "max-width: 40rem; margin: 2rem auto; padding: 0 1rem; } li { margin: 0.5rem 0; }</style>\n"
    ) + tag("title", title)
    body = tag("main", tag("h1", title), tag("ol", items))
    return f'<!DOCTYPE html>\n<html lang="en">\n{tag("head", head)}\n{tag("body", body)}\n</html>\n'
