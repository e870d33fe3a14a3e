"""Every way in which a hand edit, a spreadsheet or a merge can corrupt a file of the data."""

import csv
import io
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers.dataset.files import REPOSITORY
from helpers.dataset.schema import TABLES

DATA = REPOSITORY / "data"
Rows = list[list[str]]


@dataclass(frozen=True)
class Corruption:
    """One thing that happens to one file; ``line`` and ``column`` where it is one cell's."""

    kind: str
    file: str
    write: Callable[[Path], object]
    line: int = 0
    column: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.file}, line {self.line}, column {self.column}"


def corruptions() -> Iterator[Corruption]:
    """Yield all of them, the same every time."""
    for file in ("codebook.yml", *(f"{table}.csv" for table in TABLES)):
        chance = random.Random(file)
        raw = (DATA / file).read_bytes()
        for kind, write in of_files(raw, chance):
            yield Corruption(kind, file, write)
        if file == "codebook.yml":
            yield from of_lines(file, raw, chance)
            continue
        header, *rows = csv.reader(io.StringIO(raw.decode(), newline=""))
        yield from of_rows(file, header, rows, chance)
        yield from of_columns(file, header, rows, chance)
        yield from of_cells(file, header, rows, chance)


def of_files(raw: bytes, chance: random.Random) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Yield what becomes of a file as a whole, and of single bytes."""
    text = raw.decode()
    lines = raw.splitlines(keepends=True)
    middle = len(lines) // 2 or 1
    half = b"".join(lines[:middle])
    rest = b"".join(lines[middle:])
    place = chance.randrange(len(lines[0]), len(raw)) if len(lines) > 1 else len(raw) - 1
    # Not between the bytes of one letter.
    place -= next(n for n in range(4) if raw[place - n] & 0xC0 != 0x80)
    quoted = io.StringIO()
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows(csv.reader(io.StringIO(text)))
    table = not text.startswith("#")
    contents = {
        "byte order mark": b"\xef\xbb\xbf" + raw,
        "CRLF": raw.replace(b"\n", b"\r\n"),
        "no last line end": raw.rstrip(b"\n"),
        "all in quotes": quoted.getvalue().encode() if table else raw,
        "CR": raw.replace(b"\n", b"\r") if table else raw,
        "UTF-16": text.encode("utf-16"),
        "UTF-16, no mark": text.encode("utf-16-le"),
        "Latin-1": text.encode("latin-1", "replace"),
        "Latin-1 letter": raw[:place] + b"\xe9" + raw[place:],
        "lone surrogate": raw[:place] + b"\xed\xa0\x80" + raw[place:],
        "NUL": raw[:place] + b"\0" + raw[place:],
        "control sign": raw[:place] + b"\x1b" + raw[place:],
        "semicolons": raw.replace(b",", b";"),
        "tabs": raw.replace(b",", b"\t"),
        "empty": b"",
        "white space": b" \n\n",
        "one line": lines[0] if len(lines) > 1 else b"",
        "no first line": b"".join(lines[1:]) if table else raw,
        "cut": raw[:place],
        "cut at a line": half if len(lines) > 1 else b"",
        "twice": raw + raw,
        "conflict": half + b"<<<<<<< HEAD\n=======\n" + rest[:200] + b"\n>>>>>>> other\n" + rest,
        "end of a conflict": half + b">>>>>>> other\n" + rest,
        "both sides of a merge": half + lines[-1] + rest,
        "lone quote": raw[:place] + b'"' + raw[place:],
        "zeros": b"\0" * 1000,
        "another file": b"PK\x03\x04" + bytes(range(256)),
    }
    for kind, content in contents.items():
        if content != raw:
            yield kind, lambda path, content=content: path.write_bytes(content)
    yield "deleted", lambda _: None
    yield "link to itself", lambda path: path.symlink_to(path)
    yield "link to nothing", lambda path: path.symlink_to(path.parent / "nothing.csv")
    yield "folder", lambda path: path.mkdir()


def of_lines(file: str, raw: bytes, chance: random.Random) -> Iterator[Corruption]:
    """Yield what becomes of single lines of the codebook."""
    lines = raw.decode().splitlines(keepends=True)
    for number in chance.sample(range(len(lines)), 40):
        changed = {
            "line gone": lines[:number] + lines[number + 1 :],
            "line twice": [*lines[: number + 1], *lines[number:]],
            "line moved in": [*lines[:number], f"  {lines[number]}", *lines[number + 1 :]],
            "tab in a line": [*lines[:number], f"\t{lines[number]}", *lines[number + 1 :]],
        }
        for kind, content in changed.items():
            text = "".join(content)
            yield Corruption(kind, file, writer(text), number + 1)


def writer(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8", newline="")


def table_writer(header: list[str], rows: Rows) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows([header, *rows])

    return write


def of_rows(
    file: str, header: list[str], rows: Rows, chance: random.Random
) -> Iterator[Corruption]:
    """Yield what becomes of whole rows."""
    for place in sorted({0, len(rows) - 1, *chance.choices(range(len(rows)), k=3)} if rows else ()):
        row, before, after = rows[place], rows[:place], rows[place + 1 :]
        changed = {
            "row gone": before + after,
            "row twice": [*before, row, row, *after],
            "row at the end": [*before, *after, row],
            "cells moved right": [*before, ["", *row[:-1]], *after],
            "cells moved left": [*before, [*row[1:], ""], *after],
            "cell too many": [*before, ["", *row], *after],
            "cell too few": [*before, row[1:], *after],
            "empty line": [*before, [], row, *after],
            "empty row": [*before, [""] * len(row), row, *after],
            "header again": [*before, header, row, *after],
            "cells gone": [*before, [row[0], *[""] * (len(row) - 1)], *after],
        }
        for kind, content in changed.items():
            if content != rows:
                yield Corruption(kind, file, table_writer(header, content), place + 2)
    if rows:
        yield Corruption("rows sorted", file, table_writer(header, sorted(rows)))


def of_columns(
    file: str, header: list[str], rows: Rows, chance: random.Random
) -> Iterator[Corruption]:
    """Yield what becomes of whole columns."""
    for place, column in enumerate(header):
        cells = [row[place] for row in rows]
        other = (place + 1) % len(header)

        def put(new: list[str], place: int = place) -> Rows:
            pairs = zip(rows, new, strict=True)
            return [[*row[:place], cell, *row[place + 1 :]] for row, cell in pairs]

        def exchanged(row: list[str], place: int = place, other: int = other) -> list[str]:
            new = list(row)
            new[place], new[other] = row[other], row[place]
            return new

        changed = {
            "column gone": [row[:place] + row[place + 1 :] for row in (header, *rows)],
            "column twice": [[*row[: place + 1], *row[place:]] for row in (header, *rows)],
            "columns exchanged": [exchanged(row) for row in (header, *rows)],
            "header alone exchanged": [exchanged(header), *rows],
            "cells of columns exchanged": [header, *map(exchanged, rows)],
            "column down": [header, *put(["", *cells[:-1]])] if rows else [],
            "column up": [header, *put([*cells[1:], ""])] if rows else [],
            "column turned": [header, *put([*cells[-1:], *cells[:-1]])],
            "column sorted": [header, *put(sorted(cells))],
            "column emptied": [header, *put([""] * len(cells))],
            "column filled": [header, *put(cells[:1] * len(cells))],
            "header misspelt": [exchanged([*header[:place], f"{column}s", *header[place + 1 :]])],
        }
        for kind, (first, *content) in ((k, c) for k, c in changed.items() if c):
            if [first, *content] != [header, *rows]:
                yield Corruption(kind, file, table_writer(first, content), 0, column)


LOOKS_LIKE = str.maketrans(
    "aceopxyABCEHKMOPTX",
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443"
    "\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425",
)
WIDE = {ord(str(n)): chr(0xFF10 + n) for n in range(10)}
ARABIC = {ord(str(n)): chr(0x660 + n) for n in range(10)}
CELLS: dict[str, Callable[[str], str]] = {
    "cell emptied": lambda _: "",
    "space behind": lambda cell: f"{cell} ",
    "space before": lambda cell: f" {cell}",
    "no-break space": lambda cell: f"{cell}\u00a0",
    "space of no width": lambda cell: f"{cell[:1]}\u200b{cell[1:]}",
    "line break": lambda cell: f"{cell}\nx",
    "tab": lambda cell: f"{cell}\tx",
    "semicolon": lambda cell: f"{cell};",
    "letter more": lambda cell: f"{cell}x",
    "letter less": lambda cell: cell[:-1],
    "capitals": str.upper,
    "small letters": str.lower,
    "error of a spreadsheet": lambda _: "#REF!",
    "overflow": lambda _: "########",
    "formula": lambda cell: f"={cell}",
    "formula of signs": lambda _: "+1+1",
    "minus": lambda cell: f"-{cell}",
    "nan": lambda _: "nan",
    "full-width digits": lambda cell: cell.translate(WIDE),
    "Arabic digits": lambda cell: cell.translate(ARABIC),
    "Cyrillic letters": lambda cell: cell.translate(LOOKS_LIKE),
    "a Cyrillic letter": lambda cell: re.sub(
        "[aceopxyACEHKMOPTX]", lambda m: m[0].translate(LOOKS_LIKE), cell, count=1
    ),
    "accents apart": lambda cell: unicodedata.normalize("NFD", cell),
    "accent alone": lambda cell: f"{cell} \u0301",
    "mojibake": lambda cell: cell.encode().decode("latin-1"),
    "question marks": lambda cell: re.sub(r"[^\x00-\x7f]", "\ufffd", cell),
    "leading zeros lost": lambda cell: re.sub("^0+(?=[0-9])", "", cell),
    "leading zero": lambda cell: f"0{cell}" if cell.isdigit() else cell,
    "decimal": lambda cell: f"{cell}.0" if cell.isdigit() else cell,
    "exponent": lambda cell: f"{cell}E+05" if cell.isdigit() else cell,
    "date turned": lambda cell: re.sub("^([0-9]{4})-([0-9]{2})-([0-9]{2})$", r"\3/\2/\1", cell),
    "date as a number": lambda cell: re.sub("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "44616", cell),
    "month as a date": lambda cell: re.sub("^([0-9]{4})-([0-9]{2})$", r"\1-\2-01", cell),
    "month in words": lambda cell: re.sub("^20([0-9]{2})-[0-9]{2}$", r"Feb-\1", cell),
    "day that is none": lambda cell: re.sub("-[0-9]{2}$", "-32", cell),
    "year 1023": lambda cell: re.sub("^20([0-9]{2}-)", r"10\1", cell),
    "year 2099": lambda cell: re.sub("^[0-9]{4}-", "2099-", cell),
    "markup": lambda cell: f"{cell}<script>alert(1)</script>",
    "5,000 digits": lambda _: "9" * 5000,
    "100,000 letters": lambda cell: cell + "x" * 100_000,
    "200,000 letters": lambda cell: cell + "x" * 200_000,
}
"""What becomes of one cell; nothing where it stays as it is."""


def of_cells(
    file: str, header: list[str], rows: Rows, chance: random.Random
) -> Iterator[Corruption]:
    """Yield what becomes of single cells: each kind in a filled cell of each column."""
    for place in range(len(header)):
        filled = [number for number, row in enumerate(rows) if row[place]]
        for kind, change in CELLS.items():
            # Not every cell has a date, a zero or an accent.
            changed = [n for n in filled if change(rows[n][place]) != rows[n][place]]
            if changed:
                number = chance.choice(changed)
                yield _cell(kind, file, header, rows, (number, place), change(rows[number][place]))
        if len({rows[number][place] for number in filled}) > 1:
            number = chance.choice(filled)
            others = sorted({row[place] for row in rows} - {"", rows[number][place]})
            other = chance.choice(others)
            yield _cell("value of another row", file, header, rows, (number, place), other)
        empty = [number for number, row in enumerate(rows) if not row[place]]
        if empty:
            yield _cell("cell filled", file, header, rows, (chance.choice(empty), place), "x")


def _cell(
    kind: str, file: str, header: list[str], rows: Rows, at: tuple[int, int], new: str
) -> Corruption:
    number, place = at
    row = [*rows[number][:place], new, *rows[number][place + 1 :]]
    write = table_writer(header, [*rows[:number], row, *rows[number + 1 :]])
    return Corruption(kind, file, write, number + 2, header[place])
