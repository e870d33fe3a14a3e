"""How to cite, what the data cannot say, and what the tables are."""

import re
from pathlib import Path

import yaml

from helpers.dataset.files import REPOSITORY
from helpers.publish.export.readme import HEADINGS
from helpers.publish.export.table_model import Contents
from helpers.publish.site.gallery import Shown, limits_of, linked
from helpers.publish.site.markup import block, grid, page, prose, tag


def cite_page(contents: Contents) -> str:
    """Return the page that says how to cite.

    Parameters
    ----------
    contents : Contents
        What the dataset says about itself.

    Returns
    -------
    str
        MyST Markdown.
    """
    facts = contents.dataset
    rows = [[heading, prose(facts[name])] for name, heading in HEADINGS.items()]
    return page(
        "How to cite",
        "The dataset and its notebooks, with the version that every notebook prints at its end:",
        block(tag("blockquote", tag("p", facts["citation"]))),
        f"```bibtex\n{_bibtex(facts)}\n```",
        f"The essay that the first account codes:\n\n> {_essay()}",
        "The roll calls are the UN's record; cite their compilers as the terms below say.",
        "## The dataset in short",
        block(grid("The dataset in short", [], rows)),
        "## Terms",
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


def _essay() -> str:
    """Return the essay's reference, as the repository's citation file has it."""
    cff = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    essay = cff["references"][0]
    who = ", ".join(author["name"] for author in essay["authors"])
    return f"{who} ({essay['year']}). [{essay['title']}]({essay['url']})."


def limits_page(notebooks: list[Shown]) -> str:
    """Return the page that says what the data cannot say.

    Parameters
    ----------
    notebooks : list of Shown
        The notebooks, each of which says what it does not show.

    Returns
    -------
    str
        MyST Markdown.
    """
    parts, names = [], {shown.name for shown in notebooks}
    for shown in notebooks:
        said = linked(_to_tables(limits_of(shown)), names, "notebooks/")
        if said:
            parts.append(f"### [{shown.question}](notebooks/{shown.name}.ipynb)\n\n{said}")
    return page(
        "What the data cannot say",
        _to_tables(section(REPOSITORY / "README.md", "What it cannot say")),
        "## Question by question",
        *parts,
    )


def _to_tables(text: str) -> str:
    """Return Markdown in which the file that says who coded leads to its page."""
    return text.replace("`data/coders.csv`", "[`coders.csv`](tables/coders.md)")


def about_tables() -> str:
    """Return the documentation of the tables, as the repository has it."""
    return (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")


def section(path: Path, heading: str) -> str:
    """Return a section of a Markdown file without its heading.

    Parameters
    ----------
    path : Path
        The file.
    heading : str
        The section's heading, of the second level.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    ValueError
        If the file has no such section.

    Examples
    --------
    >>> section(REPOSITORY / "data" / "README.md", "States").startswith("`cow` and `gw`")
    True
    """
    text = path.read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if found is None:
        raise ValueError(f"{path.name} has no section {heading!r}, which the site shows")
    return found[1].strip()
