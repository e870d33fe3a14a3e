"""The repository's guides as pages: one per thing that a reader may want to do."""

import re
from pathlib import Path

from helpers.dataset.files import REPOSITORY
from helpers.publish.site.markup import Markdown, md, menu, page

FOLDER = REPOSITORY / "docs"
HALF_HOUR = REPOSITORY / "CONTRIBUTING.md"
ELSEWHERE = {"data/README.md": "../tables/index.md"}
"""Files that the site shows under other names; of all others it keeps the words alone."""


def guide_pages() -> dict[str, Markdown]:
    """Return by its path the page of every guide, and the one that leads to them."""
    guides = [HALF_HOUR, *sorted(FOLDER.glob("*.md"))]
    pages = {f"docs/{_name(path)}.md": _guide(path) for path in guides}
    pages["docs/index.md"] = _index(guides)
    return pages


def _name(path: Path) -> str:
    return path.stem.lower()


def _guide(path: Path) -> Markdown:
    """Return a guide, with links that lead within the site; what stands in fences is as typed."""
    parts = re.split(r"(^```.*?^```$)", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    parts[::2] = [
        re.sub(r"\[([^\]]*)\]\((?!https?:)([^)]*)\)", lambda m: _led(path, m[1], m[2]), part)
        for part in parts[::2]
    ]
    return Markdown("".join(parts))


def _led(path: Path, words: str, to: str) -> str:
    """Return a link to a file of the repository as the site has it, or its words alone."""
    target = (path.parent / to).resolve()
    if target == HALF_HOUR or (target.parent == FOLDER and target.suffix == ".md"):
        return f"[{words}]({_name(target)}.md)"
    known = ELSEWHERE.get(target.relative_to(REPOSITORY).as_posix())
    return f"[{words}]({known})" if known else words


def _index(guides: list[Path]) -> Markdown:
    """Return the page that names each guide with its first sentence."""
    items = []
    for path in guides:
        title, text = path.read_text(encoding="utf-8").split("\n\n", 2)[:2]
        first = re.sub(r"\s+", " ", text).split(". ")[0].rstrip(".")
        items.append(f"- [{title.removeprefix('# ')}]({_name(path)}.md): {first}.")
    return page(
        "Guides",
        "What you may want to do with the data and the notebooks, a page each. Commands are typed "
        "in a clone of the repository.",
        md("{items}", items=Markdown("\n".join(items))),
        menu(*(_name(path) for path in guides)),
    )
