"""A copy of the data in which every text that the checks let pass would like to be markup."""

import csv
import itertools
import shutil
from html.parser import HTMLParser
from pathlib import Path
from zlib import crc32

import yaml

from helpers.dataset.checks import find_problems
from helpers.dataset.files import REPOSITORY
from helpers.dataset.schema import TABLES

# No blanks: the checks count words. None begins a cell like a formula, which exports refuse.
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img/src=x/onerror=alert(1)>',
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "![x](x)`{raw}`|=1+1",
    "{{7*7}}{%x%}",
    "``````",
    "</script></code></td></table><svg/onload=alert(1)>",
    "'onfocus=alert(1)//",
)
TEXTS = {"label", "short_label", "rule", "statement", "question", "title", "version", "unit"}


def write_poisoned_data(folder: Path) -> tuple[Path, set[tuple[str, str]]]:
    """Write the data folder, and return it with the tables' columns that are poisoned."""
    place = folder / "data"
    shutil.copytree(REPOSITORY / "data", place)
    book = yaml.safe_load((place / "codebook.yml").read_text(encoding="utf-8"))
    # A seal holds a whole table: what its columns let pass could not be tried.
    del book["seals"]
    text = yaml.safe_dump(_poisoned(book, itertools.count()), sort_keys=False, allow_unicode=True)
    (place / "codebook.yml").write_text(text, encoding="utf-8")
    # A section that is not there is reported as a paragraph that is not.
    columns = {(name, column) for name in TABLES for column in TABLES[name] if column != "section"}
    # One row shows what the checks refuse; what they let pass is then poisoned in every row.
    for last in (1, None):
        columns = _poison_tables(place, columns, last)
    return place, columns


def _poisoned(node, number, key=""):
    if isinstance(node, dict):
        return {name: _poisoned(value, number, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_poisoned(value, number, key) for value in node]
    if not isinstance(node, str) or key not in TEXTS | {"border_cases"}:
        return node
    place = next(number)
    payload = PAYLOADS[place % len(PAYLOADS)]
    # Labels may not be long, and tell some things apart.
    return f"{payload}{place}"[:34] if key == "label" else f"{payload}{node}"


def _poison_tables(place, columns, last):
    """Poison so many rows of columns, and return those that the checks let pass."""
    while True:
        for table in TABLES:
            chosen = {column for name, column in columns if name == table}
            _poison(place / f"{table}.csv", chosen, last)
        found = {
            (Path(p.file).stem, part) for p in find_problems(place) for part in p.column.split(", ")
        }
        if not found:
            return columns
        assert found & columns, found
        columns = columns - found


def _poison(path, columns, last):
    with (REPOSITORY / "data" / path.name).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    for row in rows[:last]:
        for place, name in enumerate(header):
            if name in columns and row[place]:
                # The same for the same text, so that five regions stay five.
                payload = PAYLOADS[crc32(row[place].encode()) % len(PAYLOADS)]
                row[place] = f"{payload}{row[place]}"
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *rows])


class Wild(HTMLParser):
    """What in a page runs, or would if somebody clicked it."""

    def __init__(self, html):
        super().__init__()
        self.found, self.inside = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        for name, value in attrs:
            address = (value or "").strip().lower() if name in {"href", "src"} else ""
            if name.startswith("on") or address.startswith("javascript:") or address == "x":
                self.found.append((tag, name, value))

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "script" and "alert(" in data:
            self.found.append((self.inside, "", data))
