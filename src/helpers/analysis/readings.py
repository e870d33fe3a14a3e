"""Every reading of an account at once: all combinations of the choices that an analysis makes.

A *reading* is one choice of coder, of what silence and undecided codings mean, of the least
confidence, of whether statements about groups count, and one for each choice that the codebook's
options offer. The *baseline* makes the first choice of each: the adjudicated coding with everything
counted, what is not known left open, the rules as they stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.lookup import MISSING, TRUE, Evaluator, answer_table, type_table
from helpers.dataset.allowed import account_ids, confidence_ids, require, silence_ids, undecided_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names, load_table
from helpers.dataset.outcomes import ADJUDICATED, AS_NO, CODED, OPEN, SILENT
from helpers.dataset.rules import option_sets

AS_THEY_STAND = "as the rules stand"
"""The value of a choice among options where none of them is asked for."""
LOADED = ("coder", "undecided", "silence", "min_confidence", "group_statements")
"""The choices made when codings are loaded, the arguments of `helpers.data.load_cases`."""
CONTRADICTED, UNSETTLED, HOLDS = VERDICTS = ("contradicted", "open", "holds")


@dataclass(frozen=True, eq=False)
class Readings:
    """What follows from an account under every combination of choices, the baseline first.

    ``choices`` has the values of each choice, the baseline's first. The arrays have an axis for the
    readings, in the order of `table`: ``types``, a column per state, places among the codebook's
    types; ``could_be``, bits of these; ``verdicts``, a column per statement of the thesis, places
    in `VERDICTS`; ``findings``, for each finding and state whether it holds.
    """

    account: str
    choices: Mapping[str, tuple[object, ...]]
    states: tuple[str, ...]
    types: NDArray[np.int8]
    could_be: NDArray[np.int64]
    verdicts: NDArray[np.int8]
    findings: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of readings."""
        return prod(map(len, self.choices.values()))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per reading, one column per choice."""
        return pd.DataFrame(list(product(*self.choices.values())), columns=list(self.choices))

    def fixed(self, choice: str, value: object) -> "Readings":
        """Return the readings that make a choice in one way; the first of them is the baseline."""
        kept = (self.table[choice] == value).to_numpy()
        return replace(
            self,
            choices={**self.choices, choice: (value,)},
            types=self.types[kept],
            could_be=self.could_be[kept],
            verdicts=self.verdicts[kept],
            findings=self.findings[kept],
        )

    def by_choice(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return an array with an axis for each choice in place of that for the readings."""
        return values.reshape(*map(len, self.choices.values()), *values.shape[1:])


def readings(account: str) -> Readings:
    """Return an account under every combination of choices.

    A value that no coding of the account is touched by is left out: where nothing is undecided,
    how it is read is no choice. ``ValueError`` if there are no adjudicated codings.
    """
    require("account", account, account_ids())
    rules = load_codebook().rules
    loaded, places, said = _loaded(account)
    evaluator = Evaluator(rules, tuple(option_sets(rules.choices)))
    flat = places.reshape(-1, places.shape[-1])
    columns = dict(zip(rules.codes, flat.T, strict=True))
    ruled_out = _ruled_out(said.reshape(len(flat), said.shape[-1]))

    n_loaded, n_sets, n_states = prod(places.shape[:-2]), len(evaluator.options), places.shape[-2]

    def as_readings(found: NDArray[Any]) -> NDArray[Any]:
        whole = np.broadcast_to(found, (n_sets, n_loaded * n_states))
        split = whole.reshape(n_sets, n_loaded, n_states).swapaxes(0, 1)
        return split.reshape(n_loaded * n_sets, n_states)

    levels = evaluator.with_levels(columns)
    could_be = type_table(evaluator).possible(columns, ruled_out)
    tables = [answer_table(evaluator, case.when) for case in rules.thesis]
    verdicts = [_verdict(as_readings(table.possible(columns, ruled_out))) for table in tables]
    held = [as_readings(evaluator.truth(case.when, levels) == TRUE) for case in rules.findings]
    return Readings(
        account=account,
        choices={**loaded, **_of_options(rules.choices)},
        states=tuple(case_names().index),
        types=as_readings(evaluator.types(levels)),
        could_be=as_readings(could_be),
        verdicts=np.array(verdicts, dtype="int8").reshape(len(verdicts), -1).T,
        findings=np.array(held, dtype="bool").reshape(len(held), -1, n_states).swapaxes(0, 1),
    )


def type_names() -> tuple[str, ...]:
    """Return the types in the order in which readings count them."""
    return tuple(case.id for case in load_codebook().rules.types)


def _of_options(choices: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[object, ...]]:
    return {choice: (AS_THEY_STAND, *options) for choice, options in choices.items()}


def _verdict(found: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return the verdicts on a statement from the answers that each state could give."""
    broken, unsure = (found == 2).any(axis=1), (found == 3).any(axis=1)
    codes = [VERDICTS.index(CONTRADICTED), VERDICTS.index(UNSETTLED)]
    return np.select([broken, unsure], codes, VERDICTS.index(HOLDS)).astype("int8")


def _ruled_out(said: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Return which codes bounds leave out: by variable, a row per coding, a column per code."""
    rules = load_codebook().rules
    found: dict[str, NDArray[np.bool_]] = {}
    for bound, holds in zip(rules.bounds, said.T, strict=True):
        for name, code in bound.rules_out:
            codes = rules.codes[name]
            left_out = found.setdefault(name, np.zeros((len(said), len(codes)), dtype="bool"))
            left_out[:, codes.index(code)] |= holds
    return found


@dataclass(frozen=True, eq=False)
class _Coded:
    """One coder's codings as arrays, a row per state and a column per variable.

    ``either`` has the codes by reading of what is undecided, ``shared`` a column per bound: whether
    one passage speaks of all its variables.
    """

    either: Mapping[str, NDArray[np.int8]]
    confidence: NDArray[np.int8]
    group: NDArray[np.bool_]
    silent: NDArray[np.bool_]
    shared: NDArray[np.bool_]


def _loaded(
    account: str,
) -> tuple[dict[str, tuple[object, ...]], NDArray[np.int8], NDArray[np.bool_]]:
    """Return the choices of loading; codes under each; and whether bounds apply.

    The arrays have an axis per choice, then one of states and one of variables, or of bounds.
    """
    coded = _coded(account)
    if ADJUDICATED not in coded:
        raise ValueError(f"account {account!r} has no adjudicated codings yet")
    every: dict[str, tuple[object, ...]] = {
        "coder": tuple(sorted(coded, key=lambda coder: coder != ADJUDICATED)),
        "undecided": undecided_ids(),
        "silence": silence_ids(),
        "min_confidence": confidence_ids(),
        "group_statements": (True, False),
    }
    levels, shape = confidence_ids(), tuple(map(len, every.values()))
    ways = list(product(*every.values()))
    found = [
        _counting(coded[str(who)], str(two), silence == AS_NO, levels.index(str(least)), group)
        for who, two, silence, least, group in ways
    ]
    places, kept = (np.stack(each) for each in zip(*found, strict=True))
    said = _said(places, kept) & np.stack([coded[str(who)].shared for who, *_ in ways])
    places = places.reshape(*shape, *places.shape[1:])
    said = said.reshape(*shape, *said.shape[1:])
    chosen = {}
    for axis, (choice, values) in enumerate(every.items()):
        differ = _different(axis, places, said)
        places, said = places.take(differ, axis), said.take(differ, axis)
        chosen[choice] = tuple(values[place] for place in differ)
    return chosen, places, said


def _different(axis: int, *arrays: NDArray[Any]) -> list[int]:
    """Return the places along an axis at which the arrays are not as at an earlier one."""
    kept: list[int] = []
    for place in range(arrays[0].shape[axis]):
        parts = [array.take(place, axis) for array in arrays]
        earlier = ([array.take(k, axis) for array in arrays] for k in kept)
        if not any(all(map(np.array_equal, parts, others)) for others in earlier):
            kept.append(place)
    return kept


def _coded(account: str) -> dict[str, _Coded]:
    """Return an account's codings as arrays, by coder."""
    states = {state: place for place, state in enumerate(case_names().index)}
    table, two = (_of(account, name) for name in ("codings", "undecided"))
    return {coder: _arrays(rows, two.get(coder, []), states) for coder, rows in table.items()}


def _of(account: str, table: str) -> dict[str, list[dict[str, str]]]:
    """Return an account's rows on all variables but sets, by coder."""
    whole, known = load_table(table), load_codebook().rules.codes
    own = whole[(whole["account"] == account).to_numpy()]
    found: dict[str, list[dict[str, str]]] = {}
    for cells in own.itertuples(index=False, name=None):
        row = dict(zip(own.columns, cells, strict=True))
        if row["variable"] in known:
            found.setdefault(row["coder"], []).append(row)
    return found


def _arrays(
    rows: list[dict[str, str]], two: list[dict[str, str]], states: Mapping[str, int]
) -> _Coded:
    """Return the codings of one coder, with the two codes of what is undecided."""
    codes, levels = load_codebook().rules.codes, ["", *confidence_ids()]
    variables = {name: place for place, name in enumerate(codes)}
    shape = len(states), len(variables)
    place, confidence = np.full(shape, MISSING, dtype="int8"), np.zeros(shape, dtype="int8")
    group, silent = np.zeros(shape, dtype="bool"), np.zeros(shape, dtype="bool")
    for row in rows:
        at = states[row["state"]], variables[row["variable"]]
        if row["status"] == CODED:
            place[at] = codes[row["variable"]].index(row["code"])
        # What names no confidence has the least.
        confidence[at] = max(levels.index(row["confidence"]) - 1, 0)
        group[at], silent[at] = row["scope"] == "group", row["status"] == SILENT
    either = {reading: place.copy() for reading in undecided_ids()}
    for row, reading in product(two, set(either) - {OPEN}):
        at = states[row["state"]], variables[row["variable"]]
        either[reading][at] = codes[row["variable"]].index(row[reading])
    return _Coded(either, confidence, group, silent, _shared(rows, states))


def _shared(rows: list[dict[str, str]], states: Mapping[str, int]) -> NDArray[np.bool_]:
    """Return, by state and bound, whether one passage speaks of all the bound's variables."""
    passages = {(r["state"], r["variable"]): {*r["locator"].split(";")} - {""} for r in rows}
    bounds = load_codebook().rules.bounds
    found = [
        bool(set.intersection(*(passages.get((state, n), set()) for n in bound.same_passage)))
        for state, bound in product(states, bounds)
    ]
    return np.array(found, dtype="bool").reshape(len(states), len(bounds))


def _counting(
    coded: _Coded, undecided: str, as_no: bool, least: int, group: object
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return the codes that count, by state and variable, and which of them are a coder's."""
    place = coded.either[undecided]
    kept = (place != MISSING) & (coded.confidence >= least) & (bool(group) | ~coded.group)
    places = np.where(kept, place, MISSING).astype("int8")
    return np.where(coded.silent, _fills(), places) if as_no else places, kept


def _fills() -> NDArray[np.int8]:
    """Return the code of each variable where silence is read as no."""
    book = load_codebook()
    codes = [codes.index(book.variable(n).silence_code) for n, codes in book.rules.codes.items()]
    return np.array(codes, dtype="int8")


def _said(places: NDArray[np.int8], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for which bounds the condition holds, and all variables of one passage count."""
    rules = load_codebook().rules
    names, plain = list(rules.codes), Evaluator(rules, (frozenset(),))
    columns = dict(zip(names, np.moveaxis(places, -1, 0), strict=True))
    found = np.zeros((*places.shape[:-1], len(rules.bounds)), dtype="bool")
    for number, bound in enumerate(rules.bounds):
        together = kept[..., [names.index(name) for name in bound.same_passage]].all(axis=-1)
        found[..., number] = together & (plain.truth(bound.when, columns) == TRUE)
    return found
