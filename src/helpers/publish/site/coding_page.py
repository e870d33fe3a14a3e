"""The page on which a reader codes an account, and the data that its scripts take along."""

from typing import Any

from helpers.dataset import coding_sheet
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names, load_table
from helpers.dataset.outcomes import ADJUDICATED
from helpers.dataset.words import in_labels
from helpers.publish.export.codebook_json import as_json
from helpers.publish.site.markup import Markdown, link, page, tag
from helpers.publish.site.scripts import data_script, labelled, scripts

SCRIPTS = (
    "rules.js",
    "codings.js",
    "dom.js",
    "answers.js",
    "paragraphs.js",
    "comparing.js",
    "code.js",
)
"""The scripts of the page, each after those that it takes from."""
OF_SOURCE = ("publisher", "title", "title_is_ours", "date", "address")
TITLE = "Code it yourself"


def coding_page() -> Markdown:
    """Return the page; its scripts make the form."""
    return page(
        TITLE,
        "Read the text, state by state, and code it by the same rules as the project. Nothing is "
        "sent anywhere: what you do is kept in this browser and leaves it as a file that you save.",
        tag("noscript", tag("p", "This page needs JavaScript.", class_="care")),
        tag("link", rel="stylesheet", href="../_static/code.css"),
        tag("div", id="code"),
        scripts("material.js", *SCRIPTS),
        tag(
            "p",
            link("../codebook.html", "The whole codebook"),
            "; ",
            link("class.html", "compare a class"),
            class_="way",
        ),
    )


def coding_data() -> dict[str, bytes]:
    """Return, by the names of scripts, what coding needs and what is shown after it."""
    return {
        "material.js": data_script(book=_book(), material=material()),
        "project.js": data_script(project=_project()),
    }


def _book() -> dict[str, Any]:
    """Return the codebook with labels in what is read; messages keep the ids of files."""
    book: dict[str, Any] = labelled(as_json(load_codebook()))
    for variable in book["variables"]:
        if "requires" in variable:
            variable["requires_in_labels"] = in_labels(variable["requires_in_words"])
    return book


def material() -> dict[str, Any]:
    """Return what a coding may name, beside the codebook, in accounts of numbered paragraphs."""
    sources = load_table("sources").set_index("source")
    accounts = [
        {
            **{name: row[name] for name in ("label", "as_of", "basis", "text")},
            "id": row["account"],
            "source": {name: str(sources.at[row["text"], name]) for name in OF_SOURCE},
        }
        for row in load_table("accounts").to_dict(orient="records")
        if row["text"]
    ]
    return {
        "accounts": accounts,
        "states": [{"id": state, "name": name} for state, name in case_names().items()],
        "coders": [{"id": c.id, "label": c.label} for c in load_codebook().lists["coders"]],
        "standing": ADJUDICATED,
        "paragraphs": _paragraphs(),
        "sheet": _sheet(),
    }


def _sheet() -> dict[str, Any]:
    """Return how a coding sheet for Excel is laid out, for the script that reads one."""
    return {
        "instructions": coding_sheet.INSTRUCTIONS,
        "unread": [coding_sheet.CODEBOOK, coding_sheet.LISTS],
        "pseudonym": coding_sheet.PSEUDONYM,
        "account": coding_sheet.ACCOUNT,
        "head": coding_sheet.HEAD,
        "columns": coding_sheet.COLUMNS,
        "places": coding_sheet.place_columns(),
        "tick": coding_sheet.TICK,
        "member": coding_sheet.MEMBER,
        "largest": coding_sheet.LARGEST,
    }


def _paragraphs() -> dict[str, list[dict[str, Any]]]:
    """Return the numbered paragraphs of each source, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in load_table("paragraphs").to_dict(orient="records"):
        one = {"locator": f"{row['section']} {row['paragraph']}"}
        one |= {name: row[name] for name in ("section", "words", "sha256")}
        found.setdefault(row["source"], []).append(one)
    return found


def _project() -> dict[str, Any]:
    """Return the project's codings of these accounts, and why one of them stands."""
    accounts = [account["id"] for account in material()["accounts"]]
    codings, settled = load_table("codings"), load_table("adjudications")
    return {
        "codings": codings[codings["account"].isin(accounts)].to_numpy().tolist(),
        "adjudications": settled[settled["account"].isin(accounts)].to_dict(orient="records"),
    }
