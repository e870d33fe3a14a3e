"""Types and answers of many codings under every set of options at once, as a table to look up.

Every way of coding what a question tells apart is evaluated once under all sets of options, on
arrays; what codings with gaps could be is then read off. `helpers.analysis.typology` says the same
one state at a time.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from helpers.dataset.rules import Case, Condition, Options, Rules, classes, rests_on

Places: TypeAlias = NDArray[np.int8]
"""Codes as places in the codebook's order; `MISSING` where there is none."""
Columns: TypeAlias = Mapping[str, Places]
MISSING = -1
FALSE, UNKNOWN, TRUE = 0, 1, 2
"""Kleene's truths: *and* is the least of them, *or* the greatest."""


@dataclass(frozen=True, eq=False)
class Evaluator:
    """The rules on arrays: along the first axis the sets of options, along the last the codings."""

    rules: Rules
    options: tuple[Options, ...]

    def truth(self, condition: Condition, columns: Columns) -> NDArray[Any]:
        """Return whether a condition holds, as `FALSE`, `UNKNOWN` or `TRUE`."""
        if "test" in condition:
            name = condition["test"]
            known = [TRUE if code in condition["codes"] else FALSE for code in self._codes(name)]
            # A missing code is the last place.
            return np.array([*known, UNKNOWN], dtype="int8")[columns[name]]
        if "any" in condition:
            return reduce(np.maximum, (self.truth(part, columns) for part in condition["any"]))
        if "all" in condition:
            return reduce(np.minimum, (self.truth(part, columns) for part in condition["all"]))
        if "not" in condition:
            return TRUE - self.truth(condition["not"], columns)
        if "coded" in condition:
            coded = reduce(np.logical_and, (columns[n] != MISSING for n in condition["coded"]))
            return np.where(coded, TRUE, FALSE).astype("int8")
        asked = [TRUE if condition["option"] in each else FALSE for each in self.options]
        return np.array(asked, dtype="int8")[:, None]

    def with_levels(self, columns: Columns) -> dict[str, Places]:
        """Return columns, and those of the levels that follow from them."""
        found = dict(columns)
        for level in self.rules.levels:
            codes = self._codes(level.id)
            places = [codes.index(case.id) for case in level.cases]
            otherwise = codes.index(level.otherwise)
            found[level.id] = self._first(level.cases, places, otherwise, found)
        return found

    def types(self, levels: Columns) -> Places:
        """Return the place of the type among the rules' types; every combination has one."""
        return self._first(self.rules.types, range(len(self.rules.types)), MISSING, levels)

    def _first(
        self, cases: Iterable[Case], places: Iterable[int], otherwise: int, columns: Columns
    ) -> Places:
        sure = [self.truth(case.when, columns) == TRUE for case in cases]
        return np.select([*np.broadcast_arrays(*sure)], [*places], otherwise).astype("int8")

    def _codes(self, name: str) -> tuple[str, ...]:
        if name in self.rules.codes:
            return self.rules.codes[name]
        level = next(level for level in self.rules.levels if level.id == name)
        return tuple(dict.fromkeys((*(case.id for case in level.cases), level.otherwise)))


@dataclass(frozen=True, eq=False)
class Table:
    """What follows from every way of coding what some conditions rest on.

    ``bits`` has an axis for the sets of options and one for each of ``names``: of its classes, of
    which ``class_of`` gives each code's; a bit of a cell for each result.
    """

    names: tuple[str, ...]
    class_of: tuple[NDArray[np.intp], ...]
    bits: NDArray[np.int64]

    def possible(
        self, columns: Columns, ruled_out: Mapping[str, NDArray[np.bool_]]
    ) -> NDArray[np.int64]:
        """Return the bits of all that could follow: by set of options and coding.

        ``ruled_out`` has, for a variable, which of its codes are not among what could be where it
        is missing: a row per coding, a column per code.
        """
        # Codings that agree on these variables, and on what is ruled out of them, are one.
        parts: list[NDArray[Any]] = [columns[name][:, None] for name in self.names]
        parts += [ruled_out[name] for name in self.names if name in ruled_out]
        joined = np.concatenate(parts, axis=1).astype("int8")
        _, first, back = np.unique(joined, axis=0, return_index=True, return_inverse=True)
        found = [self._one(columns, ruled_out, place) for place in first]
        return np.stack(found, axis=1)[:, back.ravel()]

    def _one(
        self, columns: Columns, ruled_out: Mapping[str, NDArray[np.bool_]], place: int
    ) -> NDArray[np.int64]:
        left = self.bits
        for name, class_of in zip(self.names, self.class_of, strict=True):
            code = columns[name][place]
            if code != MISSING:
                left = left[:, class_of[code]]
                continue
            if name in ruled_out:
                left = left[:, np.unique(class_of[~ruled_out[name][place]])]
            left = np.bitwise_or.reduce(left, axis=1)
        return left


def type_table(evaluator: Evaluator) -> Table:
    """Return the table of types: bit n for the n-th type of the rules."""
    conditions = [case.when for case in evaluator.rules.types]
    return _table(evaluator, conditions, evaluator.types)


def answer_table(evaluator: Evaluator, condition: Condition) -> Table:
    """Return the table of a condition: bit 0 where it does not hold, bit 1 where it does."""

    def answers(columns: Columns) -> NDArray[Any]:
        return np.where(evaluator.truth(condition, columns) == TRUE, 1, 0)

    return _table(evaluator, [condition], answers)


def _table(
    evaluator: Evaluator,
    conditions: list[Condition],
    result: Callable[[Columns], NDArray[Any]],
) -> Table:
    rules = evaluator.rules
    told_apart = rests_on(rules, conditions, None)
    kinds = {name: classes(rules.codes[name], sets) for name, sets in told_apart.items()}
    shape = [len(each) for each in kinds.values()]
    grid = np.indices(shape).reshape(len(shape), -1)
    columns: dict[str, Places] = {
        name: np.full(1, MISSING, dtype="int8") for name in rules.codes if name not in kinds
    }
    for (name, each), along in zip(kinds.items(), grid, strict=True):
        places = [rules.codes[name].index(str(code)) for code in each]
        columns[name] = np.array(places, dtype="int8")[along]
    found = result(evaluator.with_levels(columns)).astype("int64")
    whole = np.broadcast_to(found, (len(evaluator.options), grid.shape[1]))
    bits = (1 << whole).reshape(len(evaluator.options), *shape)
    class_of = tuple(_class_of(rules.codes[name], told_apart[name]) for name in kinds)
    return Table(tuple(kinds), class_of, bits)


def _class_of(codes: tuple[str, ...], told_apart: Iterable[tuple[str, ...]]) -> NDArray[np.intp]:
    """Return the class of each code, in the order of `helpers.dataset.rules.classes`."""
    sets = list(told_apart)
    answers = [tuple(code in some for some in sets) for code in codes]
    order = list(dict.fromkeys(answers))
    return np.array([order.index(answer) for answer in answers])
