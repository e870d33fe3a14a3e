"""Tables in notebooks: text to the left, links that can be followed."""

import re
import zlib
from dataclasses import dataclass

import pandas as pd
from IPython.core.getipython import get_ipython


def readable() -> None:
    """Let notebooks show tables for reading: text to the left, nothing cut off.

    Pandas itself aligns all cells to the right and cuts long ones. Outside of Jupyter only the
    cutting ends.
    """
    pd.options.display.max_colwidth = None
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        formatters = shell.display_formatter.formatters
        formatters["text/html"].for_type(pd.DataFrame, as_html)


def as_html(table: pd.DataFrame) -> str:
    """Return a table as pandas writes it, text columns to the left, in a style of its own.

    Backticks, which mark codes in the codebook's rules, are left out. Two amounts of dollars are no
    mathematics.
    """
    html = table.to_html(border=0, classes="mathjax_ignore").replace("`", "")
    # The id depends on the content alone, so that the same table gives the same bytes.
    name = f"t{zlib.crc32(html.encode()):08x}"
    numbers = [pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes]
    left = [f"#{name} td:nth-of-type({n})" for n, number in enumerate(numbers, 1) if not number]
    selectors = ", ".join([f"#{name} th", *left])
    style = f"<style>{selectors} {{text-align: left; vertical-align: top}}</style>"
    return style + html.replace("<table", f'<table id="{name}"', 1)


@dataclass(frozen=True)
class LinkedTable:
    """A table whose web addresses, where a cell is one, can be followed in HTML."""

    table: pd.DataFrame

    def _repr_html_(self) -> str:
        link = r'<td><a href="\1">\1</a></td>'
        return re.sub(r"<td>(https?://[^<\"]+)</td>", link, as_html(self.table))

    def __repr__(self) -> str:
        return repr(self.table)
