"""The handout: one page of A4 that fits whatever the codebook holds, the same bytes each time."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from helpers.analysis.teaching import practice_states
from helpers.dataset.checks.codings import RATIONALE_WORDS
from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.words import listing, names
from helpers.publish.seminar.plan import text_of

WIDTH, HEIGHT = 8.27, 11.69
"""A4, in inches."""
MARGIN, GAP = 0.55, 0.3
SIZES = [size / 4 for size in range(40, 15, -1)]
"""Sizes of the letters, in points; the first that fits one page is taken."""
SPACING = 1.28
TITLE = "Code it yourself"
STEPS = (
    'Open this page, and read the text to which it leads: "{title}", {address}',
    "Go on to the coding page, and type your pseudonym, as agreed; no two may have the same. "
    "Nothing that you type leaves your machine until you save it.",
    "For each question choose an outcome first. If it is coded, choose the code, how sure you are, "
    "and the paragraph that by itself justifies the code; it is named by its section and its place "
    "in it, such as {place}. Say why in your own words, {limit} at most.",
    "Code only what the text says, right or wrong. What you know from elsewhere does not count.",
    "Save the codings, and hand in the file.",
)


@dataclass(frozen=True)
class Piece:
    """A paragraph of the handout: its text, the words before it in bold, how far it stands in."""

    text: str
    bold: str = ""
    indent: float = 0.0
    before: float = 0.25
    scale: float = 1.0


def write_handout(account: str, path: Path) -> None:
    """Write the handout of an account that codes a text; `ValueError` if no size fits a page."""
    book = load_codebook()
    top = _front(account)
    columns = _columns(account)
    size = next((size for size in SIZES if _fits(top, columns, size)), None)
    if size is None:
        raise ValueError("the codebook has too many variables for a handout of one page")
    with rc_context({"pdf.fonttype": 42, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        FigureCanvasPdf(figure)
        foot = _draw(figure, top, MARGIN, HEIGHT - MARGIN, WIDTH - 2 * MARGIN, size)
        width = (WIDTH - 2 * MARGIN - GAP) / 2
        for place, pieces in enumerate(columns):
            _draw(figure, pieces, MARGIN + place * (width + GAP), foot - 0.1, width, size)
        # Without its own date and program, the file would differ from day to day.
        facts = {"Title": f"{TITLE}: {book.dataset['title']}", "CreationDate": None}
        figure.savefig(path, format="pdf", metadata=facts)


def _front(account: str) -> list[Piece]:
    """Return what stands across the page: what to do, and the outcomes."""
    book, (source, paragraphs) = load_codebook(), text_of(account)
    locators = paragraphs["section"] + " " + paragraphs["paragraph"]
    words = {
        "title": source["title"],
        "address": source["address"],
        "place": min(locators, key=len),
        "limit": f"{RATIONALE_WORDS} words",
    }
    practice, states = practice_states(account)
    steps = [
        Piece(step.format(**words), f"{number}. ") for number, step in enumerate(STEPS, start=1)
    ]
    return [
        Piece("", TITLE, before=0, scale=1.9),
        Piece(f"Together: {listing(names([practice]))}. Alone: {listing(names(states))}."),
        Piece("_" * 60, "Page: ", before=0.6),
        Piece("_" * 30, "Your pseudonym: ", before=0.6),
        *steps,
        Piece("", "Outcomes", before=0.7, scale=1.15),
        *(Piece(_plain(e.rule), f"{e.label}: ") for e in book.lists["statuses"]),
        Piece("", "Scope and source", before=0.7, scale=1.15),
        Piece(_scopes(), "scope: "),
        Piece("the text, filled in for you; the locator is the paragraph in it.", "source: "),
        Piece("", "How sure", before=0.7, scale=1.15),
        *(Piece(_plain(e.rule), f"{e.label}: ") for e in book.lists["confidences"]),
    ]


def _scopes() -> str:
    """Return in a line of whom evidence can speak."""
    said = (f"{e.label}: {_plain(e.rule)}" for e in load_codebook().lists["scopes"])
    return f"Of whom does the text speak there? {' '.join(said)}"


def _columns(account: str) -> tuple[list[Piece], list[Piece]]:
    """Return the questions with their codes, in two columns of about one length."""
    asked = [_variable(v) for v in load_codebook().variables if v.is_coded_in(account)]
    lengths = [sum(len(piece.bold + piece.text) for piece in pieces) for pieces in asked]
    half = next(n for n in range(len(asked) + 1) if 2 * sum(lengths[:n]) >= sum(lengths))
    left, right = asked[:half], asked[half:]
    return [p for pieces in left for p in pieces], [p for pieces in right for p in pieces]


def _variable(variable: Variable) -> list[Piece]:
    several = " (several may hold)" if variable.is_set else ""
    codes = " / ".join(code.label for code in variable.codes)
    return [
        Piece(_plain(variable.question), f"{variable.short_label}. ", before=0.55),
        Piece(codes + several, indent=0.15, before=0.05),
    ]


def _plain(text: str) -> str:
    return text.replace("`", "")


def _fits(top: list[Piece], columns: tuple[list[Piece], ...], size: float) -> bool:
    """Tell whether all pieces fit a page at a size."""
    width = (WIDTH - 2 * MARGIN - GAP) / 2
    room = HEIGHT - 2 * MARGIN - 0.1 - _height(top, WIDTH - 2 * MARGIN, size)
    return all(_height(pieces, width, size) <= room for pieces in columns)


def _height(pieces: list[Piece], width: float, size: float) -> float:
    """Return how many inches some pieces take in a column."""
    sizes = ((p, _em(size * p.scale)) for p in pieces)
    return sum(em * (p.before + SPACING * len(_wrapped(p, width, size))) for p, em in sizes)


def _em(size: float) -> float:
    return size / 72


def _draw(
    figure: Figure, pieces: list[Piece], left: float, top: float, width: float, size: float
) -> float:
    """Draw pieces below each other, and return where the last one ends."""
    for piece in pieces:
        em = _em(size * piece.scale)
        top -= em * piece.before
        for line in _wrapped(piece, width, size):
            top -= em * SPACING
            x = left + piece.indent
            for weight, text in line:
                figure.text(
                    x / WIDTH,
                    top / HEIGHT,
                    text,
                    fontsize=size * piece.scale,
                    fontweight=weight,
                    parse_math=False,
                )
                x += _width(text + " ", weight) * em
    return top


def _wrapped(piece: Piece, width: float, size: float) -> list[list[tuple[str, str]]]:
    """Return the lines of a piece; each is its bold and its plain words."""
    words = [("bold", w) for w in piece.bold.split()] + [("normal", w) for w in piece.text.split()]
    room = (width - piece.indent) / _em(size * piece.scale)
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for weight, word in words:
        wide = _width(word + " ", weight)
        if used and used + wide > room:
            lines.append([])
            used = 0.0
        used += wide
        line = lines[-1]
        if line and line[-1][0] == weight:
            line[-1] = (weight, f"{line[-1][1]} {word}")
        else:
            line.append((weight, word))
    return lines


@cache
def _width(text: str, weight: str) -> float:
    """Return how wide a text is, in ems."""
    font = FontProperties(family="DejaVu Sans", weight=weight, size=72)

    def measured(shown: str) -> float:
        sizes = _renderer().get_text_width_height_descent(shown, font, False)
        return float(sizes[0]) / 72

    # A full stop behind it, since blanks at the end are not measured.
    return measured(f"{text}.") - measured(".")


@cache
def _renderer() -> Any:
    """Return what measures texts; matplotlib has no types for it."""
    canvas: Any = FigureCanvasAgg(Figure(dpi=72))
    return canvas.get_renderer()
