"""What follows from the codings: levels, support types, bounds, thesis.

A table of cases in (see `helpers.data.load_cases`), a table out. What follows from which codes is
said in ``codebook.yml`` alone; `helpers.dataset.rules` evaluates it.
"""

import functools
from collections.abc import Iterable

import pandas as pd

from helpers.dataset.allowed import require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.rules import (
    Code,
    Options,
    Rules,
    classes,
    holds,
    level_codes,
    possible_answers,
    possible_types,
    rests_on,
    type_of,
)

TRUTHS = {True: "yes", False: "no", None: "unknown"}

_Pairs = tuple[tuple[str, str], ...]


def needed(*levels: str, options: Iterable[str] = ()) -> list[str]:
    """Return the variables that types, or some levels, rest on, in the codebook's order.

    Raises ``ValueError`` where there is no such level or option.
    """
    book = load_codebook()
    rules, chosen = book.rules, [book.level(level).id for level in levels]
    conditions = [case.when for level in rules.levels if level.id in chosen for case in level.cases]
    types = [] if levels else [kind.when for kind in rules.types]
    return list(rests_on(rules, [*conditions, *types], _options(options)))


def derive(cases: pd.DataFrame, options: Iterable[str] = ()) -> pd.DataFrame:
    """One row per state, as in ``cases``: its levels, its type, and every type it could be.

    ``options`` are ids of the codebook's options, such as ``crimea``.

    Returns
    -------
    DataFrame
        A column per level of the codebook (ordered categories); ``type`` (categories in the
        codebook's order); ``could_be``, a tuple of every type the state could have if its missing
        variables were coded, in that order; ``determined``, whether that is one; a column per flag
        (``yes``, ``no`` or ``unknown``).

    Raises
    ------
    ValueError
        If a column is missing or holds an unknown code, or there is no such option.

    Examples
    --------
    >>> from helpers.data import load_cases
    >>> derive(load_cases("essay")).loc["BLR", ["recognition", "material", "type"]].tolist()
    ['unknown', 'military', 'military_backer']
    """
    book, asked = load_codebook(), _options(options)
    rows = [_derived(book.rules, codes, out, asked) for codes, out in _records(cases)]
    flags = [flag.id for flag in book.rules.flags]
    levels = [level.id for level in book.rules.levels]
    columns = [*levels, "type", "could_be", "determined", *flags]
    table = pd.DataFrame(rows, index=cases.index, columns=columns)
    dtypes = {level.id: pd.CategoricalDtype(list(level.code_ids), True) for level in book.levels}
    kinds = pd.CategoricalDtype([kind.id for kind in book.support_types], ordered=False)
    ordered = [*(level.id for level in book.levels), *columns[len(levels) :]]
    return table[ordered].astype({**dtypes, "type": kinds})


def thesis(cases: pd.DataFrame, options: Iterable[str] = ()) -> pd.DataFrame:
    """One row per statement of the thesis, indexed by its id: the verdict, and because of whom.

    Returns
    -------
    DataFrame
        ``statement``; ``verdict``: ``contradicted``, ``open`` or ``holds``; ``contradicted_by`` and
        ``open_because_of``, tuples of ISO3 codes in the order of the cases; ``n_states``.

    Raises
    ------
    ValueError
        As `derive`.

    Examples
    --------
    >>> from helpers.data import load_cases
    >>> thesis(load_cases("essay")).loc["material_help", "verdict"]
    'contradicted'
    """
    book, asked = load_codebook(), _options(options)
    answers = [_answers(book.rules, codes, out, asked) for codes, out in _records(cases)]
    rows = {}
    for place, entry in enumerate(book.lists["thesis"]):
        breaks = dict(zip(cases.index, (answer[place] for answer in answers), strict=True))
        against = tuple(state for state, found in breaks.items() if found == {True})
        unsure = tuple(state for state, found in breaks.items() if len(found) > 1)
        verdict = "contradicted" if against else "open" if unsure else "holds"
        rows[entry.id] = (entry.rule, verdict, against, unsure, len(cases))
    columns = ["statement", "verdict", "contradicted_by", "open_because_of", "n_states"]
    return pd.DataFrame.from_dict(rows, "index", columns=columns).rename_axis("thesis")


def open_because_of(cases: pd.DataFrame, options: Iterable[str] = ()) -> pd.Series:
    """Return, by state, the missing variables whose code could narrow what the state could be.

    Tuples in the codebook's order, empty for a state that is determined; errors as `derive`.

    >>> from helpers.data import load_cases
    >>> open_because_of(load_cases("essay"))["BLR"]
    ('recognises_dpr_lpr', 'recognises_annexations')
    """
    rules, asked = load_codebook().rules, _options(options)
    told_apart = rests_on(rules, [kind.when for kind in rules.types], asked)
    names = list(rules.codes)

    def could_be(codes: tuple[Code, ...], out: _Pairs) -> object:
        return _derived(rules, codes, out, asked)[len(rules.levels) + 1]

    def narrows(name: str, codes: tuple[Code, ...], out: _Pairs) -> bool:
        place = names.index(name)
        ways = classes([c for c in rules.codes[name] if (name, c) not in out], told_apart[name])
        return codes[place] is None and any(
            could_be((*codes[:place], way, *codes[place + 1 :]), out) != could_be(codes, out)
            for way in ways
        )

    rows = [tuple(n for n in told_apart if narrows(n, *record)) for record in _records(cases)]
    return pd.Series(rows, index=cases.index, dtype=object)


def _options(options: Iterable[str]) -> Options:
    book = load_codebook()
    asked = frozenset(require("option", option, book.ids("options")) for option in options)
    for choice, several in book.rules.choices.items():
        if len(asked & {*several}) > 1:
            both = " and ".join(option for option in several if option in asked)
            raise ValueError(f"options {both} exclude each other: both decide {choice!r}")
    return asked


def _records(cases: pd.DataFrame) -> list[tuple[tuple[Code, ...], _Pairs]]:
    """Return each case's codes, missing as None, and the codes that its bounds leave out."""
    book = load_codebook()
    rules = book.rules
    conditions = [case.when for case in (*rules.types, *rules.flags, *rules.thesis)]
    names = rests_on(rules, conditions, None)
    missing = [name for name in names if name not in cases.columns]
    if missing:
        raise ValueError(f"the table of cases lacks the columns {', '.join(missing)}")
    # Lists, since changing the types of so many short columns takes most of the time.
    columns: list[list[Code]] = []
    for name, allowed in rules.codes.items():
        found = cases[name].tolist() if name in cases.columns else [None] * len(cases)
        columns.append([None if pd.isna(code) else str(code) for code in found])
        unknown = {code for code in columns[-1] if code is not None} - {*allowed}
        if unknown:
            held = ", ".join(sorted(unknown))
            raise ValueError(f"column {name} holds {held}; allowed: {', '.join(allowed)}")
    out: list[_Pairs] = [()] * len(cases)
    for bound in rules.bounds:
        # Without the column no such passage is assumed.
        said = cases.get(bound.id, pd.Series(False, index=cases.index)).fillna(False).astype(bool)
        out = [pairs + bound.rules_out * bool(s) for pairs, s in zip(out, said, strict=True)]
    return list(zip(zip(*columns, strict=True), out, strict=True))


# Many readings of one account share most of their rows.
@functools.lru_cache(maxsize=20_000)
def _derived(
    rules: Rules, codes: tuple[Code, ...], out: _Pairs, options: Options
) -> tuple[object, ...]:
    known = dict(zip(rules.codes, codes, strict=True))
    levels = level_codes(rules, known, options)
    possible = possible_types(rules, known, out, options)
    flags = (TRUTHS[holds(flag.when, {**known, **levels}, options)] for flag in rules.flags)
    return *levels.values(), type_of(rules, levels), possible, len(possible) == 1, *flags


@functools.lru_cache(maxsize=20_000)
def _answers(
    rules: Rules, codes: tuple[Code, ...], out: _Pairs, options: Options
) -> list[set[bool]]:
    known = dict(zip(rules.codes, codes, strict=True))
    return [possible_answers(rules, case.when, known, out, options) for case in rules.thesis]
