"""The Excel coding sheet, empty: a sheet per state, lists to choose from, the rest protected."""

import re
from collections.abc import Sequence
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from helpers.dataset.checks.codings import MUST_BE_EMPTY, MUST_BE_FILLED, RATIONALE_WORDS
from helpers.dataset.codebook import Codebook, Entry, Variable, load_codebook
from helpers.dataset.coding_sheet import (
    ACCOUNT,
    CODEBOOK,
    COLUMNS,
    HEAD,
    INSTRUCTIONS,
    LISTS,
    PSEUDONYM,
    TICK,
    Line,
    lines,
    place_columns,
)
from helpers.dataset.loading import case_names, load_table
from helpers.publish.export.excel import AS_IT_STANDS, LINE

SHOWN = {
    "key": ("variable", 21),
    "question": ("question, or the code of a set", 48),
    "status": ("status", 11),
    "code": ("code", 18),
    "scope": ("scope", 8),
    "confidence": ("confidence", 11),
    "locator": ("paragraph", 16),
    "rationale": ("rationale, in your own words", 46),
    "words": ("words left", 7),
    "missing": ("still to do", 30),
}
"""Heading and width of each column."""
FURTHER = "and paragraph"
LONGEST_TITLE = 31
"""Characters that Excel allows in the name of a sheet."""
NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\']")
LOOKED_AT = ("code", "scope", "confidence", "locator", "rationale")
"""Columns of which a status asks something, in their order."""
STEPS = (
    "Type your name or a pseudonym into the yellow cell above. All yellow cells are yours; the "
    "others are locked.",
    'Open "{text}" beside this file: {address}',
    "There is one sheet per state. Code the states that you were given, and leave the others "
    "empty: a line on which nothing is chosen counts as not read.",
    "Choose a status first. {statuses}",
    "If it is coded, choose the code, the scope, the confidence and the paragraph that by itself "
    "justifies the code; further paragraphs follow it (they are the locator; the source is filled "
    "in for you). Then say why in your own words, {limit} at most. The column on the right says "
    "what is still to do.",
    f"Several codes of a set may hold at once: choose {TICK} beside each that does. All else about "
    "the set goes on its first line.",
    "Code only what the text says. What you know from elsewhere does not count, and silence is "
    'never "no".',
    "The sheet codebook has every code with its rule, the border cases and the general rules.",
    "Save, and hand the file in.",
)


def write_coding_sheet(account: str, path: Path) -> None:
    """Write an empty coding sheet for an account that codes a text."""
    book = load_codebook()
    with xlsxwriter.Workbook(str(path), AS_IT_STANDS) as workbook:
        workbook.set_properties(
            {
                "title": f"Coding sheet: {book.dataset['title']}, {book.dataset['version']}",
                "created": datetime.fromisoformat(book.dataset["released"]),
            }
        )
        _Writer(workbook, book, account).write()


class _Writer:
    """Fills one workbook."""

    def __init__(self, workbook: Any, book: Codebook, account: str):
        self.workbook, self.book, self.account = workbook, book, account
        self.source = _row("accounts", "account", account)["text"]
        self.ranges: dict[str, str] = {}
        top = {"valign": "top", "text_wrap": True}
        typed = {"locked": False, "num_format": "@", "bg_color": "#fff8d6", "border": 1}
        line = {"border": 1, "border_color": "#bfbfbf"}
        self.formats = {
            "text": workbook.add_format(top),
            "bold": workbook.add_format(top | {"bold": True}),
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format(top | line | {"bold": True, "bg_color": "#e6e6e6"}),
            "cell": workbook.add_format(top | line),
            "member": workbook.add_format(top | line | {"indent": 2}),
            "key": workbook.add_format(top | line | {"font_size": 8, "font_color": "#595959"}),
            "typed": workbook.add_format(top | typed | {"border_color": "#bfbfbf"}),
            "none": workbook.add_format(line | {"bg_color": "#e6e6e6"}),
            "wrong": workbook.add_format({"bold": True, "font_color": "#b2182b"}),
        }

    def write(self) -> None:
        """Write every sheet; the lists stand last and are hidden."""
        front = self.workbook.add_worksheet(INSTRUCTIONS)
        cases = {str(state): str(name) for state, name in case_names().items()}
        states = {s: self.workbook.add_worksheet(_title(s, n)) for s, n in cases.items()}
        codebook = self.workbook.add_worksheet(CODEBOOK)
        self._lists(self.workbook.add_worksheet(LISTS))
        self._instructions(front)
        for state, sheet in states.items():
            self._state(sheet, state)
        self._codebook(codebook)

    def _lists(self, sheet: Any) -> None:
        """Write what can be chosen; Excel takes a list from cells, whatever its length."""
        offered = {name: self.book.ids(name) for name in ("statuses", "scopes", "confidences")}
        paragraphs = load_table("paragraphs")
        own = paragraphs[paragraphs["source"] == self.source]
        offered["locators"] = tuple(own["section"] + " " + own["paragraph"])
        offered["ticks"] = (TICK,)
        for variable in self.book.variables:
            offered[variable.id] = variable.code_ids
        for column, (name, values) in enumerate(offered.items()):
            sheet.write_column(0, column, values)
            letters = xlsxwriter.utility.xl_col_to_name(column)
            self.ranges[name] = f"={LISTS}!${letters}$1:${letters}${len(values)}"
        sheet.very_hidden()
        sheet.protect()

    def _instructions(self, sheet: Any) -> None:
        """Write who codes what, and how."""
        text = _row("sources", "source", self.source)
        words = {
            "text": text["title"],
            "address": text["address"],
            "limit": f"{RATIONALE_WORDS} words",
            "statuses": " ".join(f"{e.label}: {e.rule}" for e in self.book.lists["statuses"]),
        }
        sheet.set_column("A:A", 18)
        sheet.set_column("B:B", 100)
        sheet.write("A1", "Coding sheet", self.formats["title"])
        sheet.write("A2", "Your name", self.formats["bold"])
        sheet.write_blank(PSEUDONYM, None, self.formats["typed"])
        sheet.write("A3", "Account", self.formats["bold"])
        sheet.write(ACCOUNT, self.account, self.formats["text"])
        for number, step in enumerate(STEPS, start=1):
            said = _plain(step.format(**words))
            sheet.write(number + 3, 0, f"Step {number}", self.formats["bold"])
            sheet.write(number + 3, 1, said, self.formats["text"])
            sheet.set_row(number + 3, LINE * ceil(len(said) / 95) + 4)
        _for_paper(sheet)
        sheet.protect()

    def _state(self, sheet: Any, state: str) -> None:
        """Write one state's sheet."""
        sheet.write("A1", case_names()[state], self.formats["title"])
        for name, (heading, width) in SHOWN.items():
            sheet.set_column(f"{COLUMNS[name]}:{COLUMNS[name]}", width)
            sheet.write(f"{COLUMNS[name]}{HEAD}", heading, self.formats["head"])
        sheet.set_row(HEAD - 1, 2 * LINE)
        for column in place_columns()[1:]:
            sheet.set_column(f"{column}:{column}", SHOWN["locator"][1])
            sheet.write(f"{column}{HEAD}", FURTHER, self.formats["head"])
        for line in lines(self.book, self.account):
            if line.member:
                self._member(sheet, line)
            else:
                self._variable(sheet, line)
        sheet.freeze_panes(HEAD, 2)
        _for_paper(sheet)
        sheet.protect("", {"format_columns": True, "format_rows": True})

    def _variable(self, sheet: Any, line: Line) -> None:
        """Write the line of a variable."""
        row, variable = line.row, line.variable
        asked = _plain(f"{variable.label}. {variable.question}")
        sheet.write(f"{COLUMNS['key']}{row}", line.key, self.formats["key"])
        sheet.write(f"{COLUMNS['question']}{row}", asked, self.formats["cell"])
        sheet.set_row(row - 1, LINE * max(2, ceil(len(asked) / SHOWN["question"][1])) + 3)
        self._choice(sheet, f"{COLUMNS['status']}{row}", "statuses")
        if variable.is_set:
            sheet.write_blank(f"{COLUMNS['code']}{row}", None, self.formats["none"])
        else:
            self._choice(sheet, f"{COLUMNS['code']}{row}", variable.id)
        self._choice(sheet, f"{COLUMNS['scope']}{row}", "scopes")
        self._choice(sheet, f"{COLUMNS['confidence']}{row}", "confidences", self._most(variable))
        for column in place_columns():
            self._choice(sheet, f"{column}{row}", "locators")
        sheet.write_blank(f"{COLUMNS['rationale']}{row}", None, self.formats["typed"])
        self._words(sheet, row)
        self._missing(sheet, line)

    def _member(self, sheet: Any, line: Line) -> None:
        """Write the line of one code of a set."""
        entry = next(code for code in line.variable.codes if code.id == line.member)
        sheet.write(f"{COLUMNS['key']}{line.row}", line.key, self.formats["key"])
        text = _plain(f"{entry.label}: {entry.rule}")
        sheet.write(f"{COLUMNS['question']}{line.row}", text, self.formats["member"])
        sheet.set_row(line.row - 1, LINE * ceil(len(text) / (SHOWN["question"][1] - 4)) + 3)
        self._choice(sheet, f"{COLUMNS['code']}{line.row}", "ticks")

    def _choice(self, sheet: Any, cell: str, name: str, most: int | None = None) -> None:
        """Offer a list in a cell, or its first ``most`` entries; nothing else can be typed."""
        source: Any = self.ranges[name]
        if most is not None:
            source = list(self.book.ids(name)[:most])
        sheet.write_blank(cell, None, self.formats["typed"])
        message = "Choose from the list; the Delete key empties the cell."
        sheet.data_validation(
            cell,
            {
                "validate": "list",
                "source": source,
                "error_title": "Not in the list",
                "error_message": message,
            },
        )

    def _most(self, variable: Variable) -> int | None:
        """Return how many levels of confidence a variable allows; None if all."""
        levels = self.book.ids("confidences")
        return levels.index(variable.max_confidence) + 1 if variable.max_confidence else None

    def _words(self, sheet: Any, row: int) -> None:
        """Count down the words of the rationale."""
        typed, cell = f"TRIM({COLUMNS['rationale']}{row})", f"{COLUMNS['words']}{row}"
        count = f'LEN({typed})-LEN(SUBSTITUTE({typed}," ",""))+1'
        formula = f"={RATIONALE_WORDS}-IF(LEN({typed})=0,0,{count})"
        sheet.write_formula(cell, formula, self.formats["cell"], RATIONALE_WORDS)
        below = {"type": "cell", "criteria": "<", "value": 0, "format": self.formats["wrong"]}
        sheet.conditional_format(cell, below)

    def _missing(self, sheet: Any, line: Line) -> None:
        """Say what a line still lacks, by its status."""
        own = {name: f"{COLUMNS[name]}{line.row}" for name in ("status", *LOOKED_AT)}
        empty = {name: f'{cell}=""' for name, cell in own.items()}
        if line.variable.is_set:
            column, size = COLUMNS["code"], len(line.variable.codes)
            ticks = f"{column}{line.row + 1}:{column}{line.row + size}"
            empty["code"] = f"COUNTA({ticks})=0"
        any_ = "+".join(f"NOT({empty[name]})" for name in LOOKED_AT)
        said = f'IF({any_}>0,"choose a status","")'
        for status in self.book.ids("statuses"):
            parts = [
                f'IF({empty[name]},"{_called(name)}; ","")'
                for name in LOOKED_AT
                if name in MUST_BE_FILLED.get(status, ())
            ] + [
                f'IF({empty[name]},"","no {_called(name)}; ")'
                for name in LOOKED_AT
                if name in MUST_BE_EMPTY.get(status, ())
            ]
            joined = "&".join(parts) or '""'
            said = f'IF({own["status"]}="{status}",{joined},{said})'
        sheet.write_formula(f"{COLUMNS['missing']}{line.row}", f"={said}", self.formats["cell"], "")

    def _codebook(self, sheet: Any) -> None:
        """Write every code with its rule, and the rules of coding."""
        for column, width in (("A:A", 24), ("B:B", 22), ("C:C", 100)):
            sheet.set_column(column, width)
        rows = [
            row
            for variable in self.book.variables
            if variable.is_coded_in(self.account)
            for row in _described(variable)
        ]
        for name in ("statuses", "confidences", "scopes", "rules"):
            rows.append((name, "", ""))
            rows += [("", entry.label or entry.id, entry.rule) for entry in self.book.lists[name]]
        for number, texts in enumerate(rows):
            for place, text in enumerate(texts):
                style = self.formats["text" if place else "bold"]
                sheet.write(number, place, _plain(text), style)
            sheet.set_row(number, LINE * max(1, ceil(len(texts[-1]) / 100)) + 2)
        _for_paper(sheet)
        sheet.protect("", {"format_columns": True, "format_rows": True})


def _described(variable: Variable) -> list[tuple[str, str, str]]:
    """Return a variable's rows of the codebook."""
    codes: Sequence[Entry] = variable.codes
    return [
        (variable.id, "", variable.question),
        *(("", code.id, code.rule) for code in codes),
        *(("", "border case", case) for case in variable.border_cases),
    ]


def _plain(text: str) -> str:
    """Return text without the backticks by which the codebook marks ids."""
    return text.replace("`", "")


def _called(name: str) -> str:
    return "paragraph" if name == "locator" else name


def _title(state: str, name: str) -> str:
    """Return the name of a state's sheet; the reader takes its first word."""
    return NOT_IN_TITLE.sub("", f"{state} {name}")[:LONGEST_TITLE].rstrip()


def _row(table: str, key: str, value: str) -> dict[str, str]:
    """Return one row of a table."""
    found = load_table(table).set_index(key).loc[value]
    return {str(column): str(cell) for column, cell in found.items()}


def _for_paper(sheet: Any) -> None:
    """Have a sheet printed across one page's width."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
