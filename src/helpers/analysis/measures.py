"""How an account compares with measures that others made, see ``measures.csv``.

What a measure is compared with is said in the data: the support type, by its place in the scheme's
order, a level or a variable. Where the measure gives a state no place, or the account no code, the
two are not compared: neither is taken for a low value.
"""

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.association import PERMUTATIONS, SEED, kendall
from helpers.analysis.typology import derive
from helpers.dataset.allowed import require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_cases, load_table
from helpers.dataset.outcomes import TYPE

COMPARED, NO_PLACE, NO_CODE = "compared", "no place in the measure", "no code in the account"


def compared() -> list[tuple[str, str]]:
    """Return every measure with each of what it is compared with."""
    table = load_table("measures")
    pairs = zip(table["measure"], table["compared_with"].str.split(";"), strict=True)
    return [(measure, each) for measure, several in pairs for each in several]


def described(measure: str) -> pd.Series:
    """Return a measure's row of ``measures.csv``; ``ValueError`` names those that there are."""
    table = load_table("measures")
    require("measure", measure, table["measure"])
    return table[table["measure"] == measure].iloc[0]


def pairs(measure: str, compared_with: str) -> pd.DataFrame:
    """One row per state of a measure, its place beside what the account says.

    ``value`` and ``rank`` of the measure, ``code`` and ``place`` of the account, both from furthest
    from Russia to closest, and ``use``: `COMPARED`, `NO_PLACE` or `NO_CODE`. ``ValueError`` if
    there is no such measure.
    """
    account = described(measure)["account"]
    values = load_table("measure_values").query("measure == @measure").set_index("state")
    found = values[["value"]].assign(rank=pd.to_numeric(values["rank"]))
    found = found.join(_places(str(account), compared_with))
    use = pd.Series(COMPARED, index=found.index, dtype="object")
    use = use.mask(found["place"].isna(), NO_CODE).mask(found["rank"].isna(), NO_PLACE)
    return found.assign(use=use)


def agreement(permutations: int = PERMUTATIONS, seed: int = SEED) -> pd.DataFrame:
    """One row per measure and what it is compared with: Kendall's tau-b, see `association.kendall`.

    ``n_states`` of the measure, ``no_place`` and ``no_code``, which are left out; ``n``, ``tau_b``,
    ``p`` and ``permutations``; ``n_discordant`` of ``n_ordered`` pairs of states that both order.
    """
    rows = {}
    for key in compared():
        table = pairs(*key)
        used = table[table["use"] == COMPARED]
        left = [int((table["use"] == why).sum()) for why in (NO_PLACE, NO_CODE)]
        places = pd.Categorical(used["place"], sorted(set(used["place"])), ordered=True)
        result = kendall(pd.Series(places), used["rank"], permutations, seed)
        orders = _orders(used)
        rows[key] = [len(table), *left, *result, int((orders < 0).sum()), int((orders != 0).sum())]
    columns = ["n_states", "no_place", "no_code", "n", "tau_b", "p", "permutations"]
    table = pd.DataFrame.from_dict(rows, "index", columns=[*columns, "n_discordant", "n_ordered"])
    table.index = pd.MultiIndex.from_tuples(rows, names=["measure", "compared_with"])
    whole = {"n": "int64", "permutations": "int64"}
    return table.astype(whole).round({"tau_b": 2, "p": 3})


def disagreements() -> pd.DataFrame:
    """One row per pair of states that a measure and the account order the other way round.

    ``measure`` and ``compared_with``; ``closer``, the state closer to Russia by the measure, and
    ``further``; the value and the code of each.
    """
    rows = []
    for measure, compared_with in compared():
        table = pairs(measure, compared_with)
        used = table[table["use"] == COMPARED].sort_values("rank", kind="stable").reset_index()
        for low, high in combinations(used.to_dict("records"), 2):
            if low["rank"] < high["rank"] and low["place"] > high["place"]:
                sides = [end[name] for name in ("state", "value", "code") for end in (high, low)]
                rows.append((measure, compared_with, *sides))
    columns = ["measure", "compared_with", "closer", "further"]
    named = ["value_closer", "value_further", "code_closer", "code_further"]
    return pd.DataFrame(rows, columns=[*columns, *named])


def _orders(used: pd.DataFrame) -> NDArray[np.float64]:
    """Return for every pair of states 1 where both order it alike, -1 where not, 0 for ties."""
    ranks, places = (used[name].to_numpy(dtype="float64") for name in ("rank", "place"))
    first, second = np.triu_indices(len(used), 1)
    signs = np.sign(ranks[first] - ranks[second]) * np.sign(places[first] - places[second])
    return np.asarray(signs)


def _places(account: str, name: str) -> pd.DataFrame:
    """Return the code of every case on a variable, a level or the type, and its place in order."""
    book, cases = load_codebook(), load_cases(account)
    if name == TYPE:
        codes = derive(cases)[TYPE].astype(object)
        order = {kind.id: kind.step for kind in book.support_types}
    elif name in cases:
        codes = cases[name].astype(object)
        order = {code: place for place, code in enumerate(book.variable(name).code_ids)}
    else:
        codes = derive(cases)[name].astype(object)
        level = next(level for level in book.rules.levels if level.id == name)
        known = [code for code in book.level(name).code_ids if code != level.otherwise]
        order = {code: place for place, code in enumerate(known)}
    # A type without a step, and a level that nothing settles, have no place.
    return pd.DataFrame({"code": codes, "place": codes.map(order).astype("float64")})
