"""How to cite, what the data cannot say, and what the tables are."""

import re
from pathlib import Path

import yaml

from helpers.dataset.files import REPOSITORY
from helpers.publish.export.readme import HEADINGS
from helpers.publish.export.table_model import Contents
from helpers.publish.site.gallery import Shown, limits_of, linked
from helpers.publish.site.markup import Markdown, fenced, grid, md, page, prose, tag

RECORD = "What the record cannot say"
"""A section of the tables' documentation that stands among the limits too."""


def cite_page(contents: Contents) -> Markdown:
    """Return the page that says how to cite."""
    facts = contents.dataset
    rows = [[heading, prose(facts[name])] for name, heading in HEADINGS.items()]
    return page(
        "How to cite",
        "The dataset and its notebooks, with the version that every notebook prints at its end:",
        tag("blockquote", tag("p", facts["citation"])),
        fenced("bibtex", _bibtex(facts)),
        md("The text that the first account codes:\n\n> {text}", text=_text()),
        "The roll calls are the UN's record; cite their compilers as the terms below say.",
        Markdown("## The dataset in short"),
        grid("The dataset in short", [], rows),
        Markdown("## Terms"),
        section(REPOSITORY / "data" / "README.md", "Licences"),
        "The code is under the BSD 3-Clause licence.",
    )


def _bibtex(facts: dict[str, str]) -> str:
    """Return the dataset as an entry of a bibliography."""
    author, year = facts["citation"].split(f" ({facts['released'][:4]})")[0], facts["released"][:4]
    fields = {
        "author": f"{{{author}}}",
        "title": f"{{{facts['title']}}}",
        "year": year,
        "version": facts["version"],
        "note": "Data set",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join(["@misc{coalition_of_the_unwilling,", *lines, "}"])


def _text() -> Markdown:
    """Return the reference of the text that is coded, as the repository's citation file has it."""
    cff = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    text = cff["references"][0]
    who = ", ".join(author["name"] for author in text["authors"])
    title = md("[{title}]({url})", title=text["title"], url=Markdown(text["url"]))
    return md("{who} ({year}). {title}.", who=who, year=text["year"], title=title)


def limits_page(notebooks: list[Shown]) -> Markdown:
    """Return the page that says what the data cannot say, question by question."""
    parts, names = [], {shown.name for shown in notebooks}
    for shown in notebooks:
        said = linked(_to_tables(limits_of(shown)), names, "notebooks/")
        if said:
            to = Markdown(f"notebooks/{shown.name}.ipynb")
            parts.append(
                md("### [{question}]({to})\n\n{said}", question=shown.question, to=to, said=said)
            )
    return page(
        "What the data cannot say",
        _to_tables(section(REPOSITORY / "README.md", "What it cannot say")),
        Markdown(f"## {RECORD}"),
        linked(section(REPOSITORY / "data" / "README.md", RECORD), names, "notebooks/"),
        Markdown("## Question by question"),
        *parts,
    )


def _to_tables(text: Markdown) -> Markdown:
    """Return Markdown in which the file that says who coded leads to its page."""
    return Markdown(text.replace("`data/coders.csv`", "[`coders.csv`](tables/coders.md)"))


def about_tables() -> Markdown:
    """Return the documentation of the tables, as the repository has it."""
    return Markdown((REPOSITORY / "data" / "README.md").read_text(encoding="utf-8"))


def section(path: Path, heading: str) -> Markdown:
    """Return a section of the second level of a Markdown file, without its heading.

    Examples
    --------
    >>> section(REPOSITORY / "data" / "README.md", "States").startswith("`cow` and `gw`")
    True
    """
    text = path.read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if found is None:
        raise ValueError(f"{path.name} has no section {heading!r}, which the site shows")
    return Markdown(found[1].strip())
