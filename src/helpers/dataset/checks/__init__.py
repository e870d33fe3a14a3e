"""Check the data folder: structure first, then content within and across tables.

Every rule names the file, line, column and value that break it and says what is
allowed; all are reported at once. Light to import: no table library is needed.

Where to find a rule: `cells` for the form of one cell, `members` for accounts,
states and votes, `evidence` for sources, paragraphs, events and claims,
`codings` for codings, coders and adjudications, `consistency` for evidence that points elsewhere
than its code, `measures` for what others made, `texts` for what any cell may say.

Examples
--------
>>> find_problems()
[]
"""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from helpers.dataset.checks import codings, consistency, evidence, measures, members, texts
from helpers.dataset.checks.cells import Rule
from helpers.dataset.checks.consistency import Mismatch
from helpers.dataset.checks.content import Content
from helpers.dataset.codebook import FILE, load_codebook
from helpers.dataset.files import (
    DataError,
    Problem,
    Row,
    data_folder,
    file_state,
    read_rows,
    verifying,
)
from helpers.dataset.schema import TABLES

__all__ = [
    "Mismatch",
    "find_problems",
    "mismatches",
    "require_clean",
    "submitted",
    "unexplained",
    "unread",
]

CHECKS: dict[str, Callable[[Content], Iterator[Problem]]] = {
    "accounts": members.accounts,
    "states": members.states,
    "sources": evidence.sources,
    "paragraphs": evidence.paragraphs,
    "coders": codings.coders,
    "codings": codings.codings,
    "undecided": codings.undecided,
    "adjudications": codings.adjudications,
    "explanations": consistency.explanations,
    "earlier_readings": codings.earlier_readings,
    "events": evidence.events,
    "searches": evidence.searches,
    "claims": evidence.claims,
    "measures": measures.measures,
    "measure_values": measures.measure_values,
    "un_resolutions": members.un_resolutions,
    "un_votes": members.un_votes,
}
"""For each table the function that checks its content."""


def find_problems(folder: Path | None = None) -> list[Problem]:
    """Return all that is wrong with a data folder, by file, line and column.

    While the codebook cannot be read, only its problems and those of structure are known.
    """
    place = _existing(folder)
    # Not the codebook: it stays in memory, and whoever asks for it later reads no file.
    with verifying():
        tables, problems = _read(place)
        problems += _surplus(place)
    broken = frozenset(Path(problem.file).stem for problem in problems)
    try:
        content = Content(load_codebook(place), tables, broken)
    except DataError as error:
        problems += error.problems
    else:
        problems += [problem for check in CHECKS.values() for problem in check(content)]
        for check in (members.numbers_of_rows, texts.texts, texts.seals):
            problems += check(content)
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))


def require_clean(folder: Path | None = None) -> None:
    """Raise `DataError`, which lists everything, unless a data folder is sound.

    A folder is checked once per state of its files, so that every loader can ask.
    """
    place = _existing(folder)
    with verifying():
        state = _state(place)
    problems = _remembered(place, state)
    if problems:
        raise DataError(problems)


def unexplained(folder: Path | None = None) -> list[Problem]:
    """Return codings that nothing accounts for, by file, line and column.

    Where both coders agree and the adjudicated coding says otherwise, ``adjudications.csv`` names
    another winner, ``undecided.csv`` does not name the two codes, or all evidence points elsewhere,
    a reason is owed. It is no problem of the data: an analyst who tries a code out can work on.
    """
    content = _content(folder)
    found = [
        *codings.unexplained(content),
        *codings.unnamed(content),
        *consistency.unexplained(content),
    ]
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.column))


def submitted(rows: list[Row], coder: Rule) -> list[Problem]:
    """Return what is wrong with codings from outside, beside the tables of the data folder.

    ``coder`` is the rule for the names of those who made them.
    """
    place = data_folder()
    tables, _ = _read(place)
    content = Content(load_codebook(place), tables | {"codings": rows})
    return [*codings.codings(content, coder)]


def unread(folder: Path | None = None) -> list[tuple[str, str, str, str]]:
    """Return account, coder, state and variable of every pair that was not read.

    Not having read a variable is one of the scheme's four outcomes, so it is no problem; a dataset
    that claims to be complete must have none.
    """
    content = _content(folder)
    return [
        (account, coder, state, variable.id)
        for account, coder in content.first_rows("coders", "account", "coder")
        for state in content.cases
        for variable in content.book.variables
        if variable.is_coded_in(account)
        if (account, state, variable.id, coder) not in content.codings
    ]


def mismatches(folder: Path | None = None) -> list[Mismatch]:
    """Return the codings all of whose evidence points elsewhere, in the order of the table."""
    return list(consistency.mismatches(_content(folder)))


def _content(folder: Path | None) -> Content:
    place = _existing(folder)
    tables, _ = _read(place)
    return Content(load_codebook(place), tables)


def _existing(folder: Path | None) -> Path:
    """Return the folder to check."""
    if folder is None:
        return data_folder()
    if not folder.is_dir():
        raise ValueError(f"no data folder at {folder}")
    return folder.resolve()


def _read(folder: Path) -> tuple[dict[str, list[Row]], list[Problem]]:
    """Read every table, and say what is wrong with the structure of each."""
    tables: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for name, columns in TABLES.items():
        tables[name], found = read_rows(folder / f"{name}.csv", columns)
        problems += found
    return tables, problems


def _surplus(folder: Path) -> list[Problem]:
    """Return a problem for every CSV file that is no table, lest it be overlooked."""
    files = {path.name for path in _tables_in(folder)}
    surplus = sorted(files - {f"{name}.csv" for name in TABLES})
    message = f"not a table of the dataset; tables: {', '.join(TABLES)}"
    return [Problem(file, 0, "", "", message) for file in surplus]


def _tables_in(folder: Path) -> list[Path]:
    """Return the CSV files of a folder, but what systems and office programs hide there."""
    found = (path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    return [path for path in found if path.name[:1] not in (".", "~")]


_State = tuple[tuple[str, tuple[int, ...]], ...]


def _state(folder: Path) -> _State:
    """Return what changes whenever a file of the folder does."""
    files = sorted([*_tables_in(folder), *(p for p in [folder / FILE] if p.is_file())])
    return tuple((path.name, file_state(path.stat())) for path in files)


@functools.lru_cache(maxsize=8)
def _remembered(folder: Path, _state: _State) -> tuple[Problem, ...]:
    return tuple(find_problems(folder))
