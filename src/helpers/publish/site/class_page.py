"""The page on which a class looks at its codings together; its scripts do all of it."""

from helpers.publish.site.markup import Markdown, link, page, tag
from helpers.publish.site.scripts import scripts

SCRIPTS = (
    "rules.js",
    "codings.js",
    "sheets.js",
    "dom.js",
    "comparing.js",
    "classroom.js",
    "class.js",
)
"""The scripts of the page, each after those that it takes from."""
TITLE = "Compare a class"


def class_page() -> Markdown:
    """Return the page, on which files are dropped."""
    return page(
        TITLE,
        "How far the members of a class agree, question by question, and what follows from "
        "each one's codes. Nothing is sent anywhere: the files are read in this browser, and "
        "forgotten when the page is closed.",
        tag("noscript", tag("p", "This page needs JavaScript.", class_="care")),
        tag("link", rel="stylesheet", href="../_static/class.css"),
        tag("div", id="class"),
        scripts("material.js", *SCRIPTS),
        tag("p", link("index.html", "Code it yourself"), " makes the files.", class_="way"),
        orphan=True,
    )
