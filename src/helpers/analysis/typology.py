"""What follows from the codings: levels, support types, bounds, thesis.

Pure functions: a table of cases in (see `helpers.dataset.loading.load_cases`), a DataFrame
or Series out. The rules are those of the codebook; nothing here reads a file
but the codebook itself.
"""

from collections.abc import Iterable, Sequence
from itertools import product

import pandas as pd

from helpers.dataset.allowed import require_flag
from helpers.dataset.codebook import Codebook, load_codebook

WAR_ACTS = ("recognises_dpr_lpr", "recognises_annexations")
CRIMEA = "recognises_crimea"
MATERIAL = ("combat_troops", "arms_supply", "territory_use", "economic_support")
TURNING = ("public_stance", "aid_to_ukraine", "realignment")
NEEDED = (*WAR_ACTS, CRIMEA, *MATERIAL, *TURNING)

Code = str | None
"""A code, or None where the variable is missing."""


def recognition_of(acts: Sequence[Code]) -> str:
    """Return the recognition level of the given acts.

    Parameters
    ----------
    acts : sequence of str or None
        Codes of the acts that count.

    Returns
    -------
    str
        ``yes``, ``no`` or ``unknown``.

    Examples
    --------
    >>> recognition_of(["refused", None]), recognition_of([None, None])
    ('no', 'unknown')
    """
    if any(act in {"endorsed", "recognised"} for act in acts):
        return "yes"
    return "no" if any(act in {"refused", "withheld"} for act in acts) else "unknown"


def material_of(troops: Code, arms: Code, territory: Code, economy: Code) -> str:
    """Return the material level of four codes.

    Parameters
    ----------
    troops, arms, territory, economy : str or None
        Codes of ``combat_troops``, ``arms_supply``, ``territory_use`` and
        ``economic_support``.

    Returns
    -------
    str
        ``military``, ``economic``, ``none`` or ``unknown``.

    Examples
    --------
    >>> material_of(None, "dual_use", None, None)
    'economic'
    >>> material_of("none", "none", None, "none")
    'unknown'
    """
    return _material(load_codebook(), (troops, arms, territory, economy))


def turning_of(stance: Code, aid: Code, realignment: Code) -> str:
    """Return whether a state turns away from Russia.

    Parameters
    ----------
    stance, aid, realignment : str or None
        Codes of ``public_stance``, ``aid_to_ukraine`` and ``realignment``.

    Returns
    -------
    str
        ``yes``, ``no`` or ``unknown``.

    Examples
    --------
    >>> turning_of("distances", None, None), turning_of("supports", None, "none")
    ('yes', 'unknown')
    """
    turns = (
        stance in {"opposes", "distances"} or aid == "arms" or realignment in {"seeking", "exiting"}
    )
    if turns:
        return "yes"
    return "unknown" if None in {stance, aid, realignment} else "no"


def type_of(recognition: str, material: str, turning_away: str) -> str:
    """Return the support type of three levels.

    Parameters
    ----------
    recognition, material, turning_away : str
        Levels, as the functions above return them.

    Returns
    -------
    str
        The id of a support type of the codebook.

    Examples
    --------
    >>> type_of("no", "unknown", "unknown"), type_of("unknown", "economic", "yes")
    ('undetermined', 'hedger')
    """
    if recognition == "yes":
        return "full_backer" if material == "military" else "endorser"
    away = turning_away == "yes"
    by_material = {
        "military": ("military_backer", "military_backer"),
        "economic": ("hedger", "economic_partner"),
        "none": ("distancer", "bystander"),
        "unknown": ("distancer", "undetermined"),
    }
    return by_material[material][0 if away else 1]


def derive(cases: pd.DataFrame, crimea: bool = False) -> pd.DataFrame:
    """Return levels, support type and bounds of every case.

    Parameters
    ----------
    cases : DataFrame
        One row per state, as `helpers.dataset.loading.load_cases` returns it. Without a column
        ``general_denial`` no denial is assumed.
    crimea : bool
        Whether Crimea counts as a third act of recognition.

    Returns
    -------
    DataFrame
        One row per state, same index and order. ``recognition``, ``material`` and
        ``turning_away`` are ordered categoricals; ``type`` is a categorical in the
        codebook's order; ``could_be`` holds every type the state could have if its
        missing variables were coded, as a tuple in that order; ``determined`` says
        whether that is one; ``co_belligerent`` is ``yes``, ``no`` or ``unknown``.

    Raises
    ------
    ValueError
        If a column is missing or holds an unknown code, or ``crimea`` is neither true
        nor false; the message names it.

    Examples
    --------
    >>> from helpers.dataset.loading import load_cases
    >>> derive(load_cases("essay")).loc["BLR", ["recognition", "material", "type"]].tolist()
    ['unknown', 'military', 'military_backer']
    """
    records = _records(cases)
    acts = _acts(crimea)
    rows = [_derive_row(record, acts) for record in records]
    book = load_codebook()
    types = pd.CategoricalDtype([t.id for t in book.support_types], ordered=False)
    result = pd.DataFrame(rows, index=cases.index, columns=_DERIVED)
    dtypes = {
        level.id: pd.CategoricalDtype(list(level.code_ids), ordered=True) for level in book.levels
    }
    return result.astype({**dtypes, "type": types})


_DERIVED = [
    "recognition",
    "material",
    "turning_away",
    "type",
    "could_be",
    "determined",
    "co_belligerent",
]


def thesis(cases: pd.DataFrame, crimea: bool = False) -> pd.DataFrame:
    """Return the verdict on each statement of the essay's thesis.

    Parameters
    ----------
    cases : DataFrame
        One row per state, as `helpers.dataset.loading.load_cases` returns it.
    crimea : bool
        Whether Crimea counts as a third act of recognition.

    Returns
    -------
    DataFrame
        One row per statement, indexed by its id: ``statement``; ``verdict``, which
        is ``contradicted``, ``open`` or ``holds``; ``contradicted_by`` and
        ``open_because_of``, tuples of ISO3 codes in the order of the cases;
        ``n_states``.

    Raises
    ------
    ValueError
        As `derive`.

    Examples
    --------
    >>> from helpers.dataset.loading import load_cases
    >>> thesis(load_cases("essay")).loc["material_help", "verdict"]
    'contradicted'
    """
    acts = _acts(crimea)
    records = zip(cases.index, _records(cases), strict=True)
    answers = {state: _answers(record, acts) for state, record in records}
    rows = {}
    for entry in load_codebook().lists["thesis"]:
        against = tuple(s for s, breaks in answers.items() if breaks[entry.id] == {True})
        unsure = tuple(s for s, breaks in answers.items() if len(breaks[entry.id]) > 1)
        verdict = "contradicted" if against else "open" if unsure else "holds"
        rows[entry.id] = (entry.rule, verdict, against, unsure, len(cases))
    columns = ["statement", "verdict", "contradicted_by", "open_because_of", "n_states"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("thesis")


def _acts(crimea: bool) -> tuple[str, ...]:
    return (*WAR_ACTS, CRIMEA) if require_flag("crimea", crimea) else WAR_ACTS


def _material(book: Codebook, codes: Sequence[Code]) -> str:
    """Return the material level; the codebook is read once for all the ways tried."""
    troops, arms, territory, economy = codes
    military = (
        _at_least(book, "combat_troops", troops, "volunteers")
        or _at_least(book, "arms_supply", arms, "munitions")
        or _at_least(book, "territory_use", territory, "staging")
    )
    if military:
        return "military"
    if _at_least(book, "economic_support", economy, "trade") or arms == "dual_use":
        return "economic"
    return "unknown" if None in codes else "none"


def _at_least(book: Codebook, variable: str, code: Code, least: str) -> bool:
    """Tell whether a code stands at or above another in its variable's order."""
    if code is None:
        return False
    order = book.variable(variable).code_ids
    return order.index(code) >= order.index(least)


def _records(cases: pd.DataFrame) -> list[dict[str, Code | bool]]:
    """Return cases as plain dictionaries, missing as None, codes checked."""
    missing = [name for name in NEEDED if name not in cases.columns]
    if missing:
        raise ValueError(f"the table of cases lacks the columns {', '.join(missing)}")
    book = load_codebook()
    for name in NEEDED:
        allowed = book.variable(name).code_ids
        unknown = sorted(set(cases[name].dropna().astype(str)) - set(allowed))
        if unknown:
            raise ValueError(
                f"column {name} holds {', '.join(unknown)}; allowed: {', '.join(allowed)}"
            )
    plain = cases[list(NEEDED)].astype(object)
    plain = plain.where(plain.notna(), None)
    denials = cases.get("general_denial", pd.Series(False, index=cases.index))
    records: list[dict[str, Code | bool]] = []
    for codes, denial in zip(plain.itertuples(index=False), denials, strict=True):
        known = bool(denial) if pd.notna(denial) else False
        records.append(dict(zip(NEEDED, codes, strict=True)) | {"general_denial": known})
    return records


def _derive_row(record: dict[str, Code | bool], acts: tuple[str, ...]) -> tuple[object, ...]:
    recognition = recognition_of(_codes(record, acts))
    material = material_of(*_codes(record, MATERIAL))
    turning = turning_of(*_codes(record, TURNING))
    possible = _could_be(record, acts)
    troops = record["combat_troops"]
    flag = "unknown" if troops is None else "yes" if troops == "regular" else "no"
    kind = type_of(recognition, material, turning)
    return recognition, material, turning, kind, possible, len(possible) == 1, flag


def _codes(record: dict[str, Code | bool], names: Iterable[str]) -> tuple[Code, ...]:
    return tuple(value if isinstance(value := record[name], str) else None for name in names)


def _completions(
    book: Codebook, record: dict[str, Code | bool], names: tuple[str, ...]
) -> list[tuple[Code, ...]]:
    """Return every way in which the missing variables could be coded."""
    options = []
    for name, code in zip(names, _codes(record, names), strict=True):
        allowed = book.variable(name).code_ids
        if name == "territory_use" and record["general_denial"]:
            allowed = tuple(option for option in allowed if option != "staging")
        options.append(allowed if code is None else (code,))
    return list(product(*options))


def _could_be(record: dict[str, Code | bool], acts: tuple[str, ...]) -> tuple[str, ...]:
    book = load_codebook()
    recognitions = {recognition_of(codes) for codes in _completions(book, record, acts)}
    materials = {_material(book, codes) for codes in _completions(book, record, MATERIAL)}
    turnings = {turning_of(*codes) for codes in _completions(book, record, TURNING)}
    found = {type_of(*levels) for levels in product(recognitions, materials, turnings)}
    return tuple(t.id for t in book.support_types if t.id in found)


def _answers(record: dict[str, Code | bool], acts: tuple[str, ...]) -> dict[str, set[bool]]:
    """Return, per statement, the answers a state could give to "does it break it?"."""
    book = load_codebook()
    recognises = {recognition_of(codes) == "yes" for codes in _completions(book, record, acts)}
    answers: dict[str, set[bool]] = {}
    for recognised, codes in product(recognises, _completions(book, record, MATERIAL)):
        regular = codes[0] == "regular"
        armed = _at_least(book, "arms_supply", codes[1], "munitions")
        broken = {
            "all_three": recognised and armed and regular,
            "regular_troops": regular,
            "recognition_and_arms": recognised and armed,
            "material_help": _material(book, codes) in {"economic", "military"},
        }
        for statement, answer in broken.items():
            answers.setdefault(statement, set()).add(answer)
    return answers
