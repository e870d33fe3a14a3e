"""A notebook to begin with: executes as it is, and keeps the rules of all notebooks.

Written here and not in `helpers.regenerate`, since its text is about the dataset.
"""

import json
import re
from pathlib import Path

NAME = re.compile(r"(?:(\d\d)_)?[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
NUMBERED = re.compile(r"(\d\d)_")

# A cell begins with "%%", its kind and its tags.
TEMPLATE = """\
%% markdown
# {question}

Say here, in some sixty words, why it matters, and what would have to be seen for either answer.
%% code
from helpers import plots, tables, typology
from helpers.data import coverage, load_cases, load_status
from helpers.parameters import Account, Confidence, Grouping, OrderedVariable, Silence

tables.readable()
%% markdown
## Parameters

`account` says whose picture of the world is read, `silence` what happens where it says nothing.
`min_confidence` drops codings that are less certain. `variable` is the one looked at closely,
`grouping` the division into regions.
%% code parameters
account: Account = "essay"  # whose picture of the world
silence: Silence = "open"  # "open": silence stays missing; "no": silence is read as no
min_confidence: Confidence = "low"  # the least confidence a coding must have
variable: OrderedVariable = "arms_supply"  # the variable that is looked at closely
grouping: Grouping = "region"  # which division of the world into regions
%% markdown
## 1 The variables

As the codebook asks them.
%% code
tables.variables_table([variable])
%% code
tables.codes_table(variable)
%% markdown
Codes stand in order, from furthest from Russia to closest to Russia.
%% markdown
## 2 What is known

Before anything is counted: how much was coded, how much was silent, how much is open.
%% code
counts = coverage(account, min_confidence=min_confidence)
tables.coverage_table(counts)
%% code
total = counts.sum()
print(f"Coded: {total['coded']} of {total['n_states']} pairs of a state and a variable.")
%% markdown
What is not coded stays open, and is never read as "no" unless the parameter `silence` says so.
%% markdown
## 3 One variable
%% code
cases = load_cases(account, min_confidence=min_confidence, silence=silence)
codes = cases[variable]
codes.value_counts(sort=False).rename("states").to_frame()
%% code
print(f"A code of this variable: {codes.notna().sum()} of {len(codes)} states.")
%% markdown
Say what the table shows, and what it leaves open.
%% code
status = load_status(account, min_confidence=min_confidence)
plots.code_map(cases, status, title="What the account lets one code, state by state")
%% markdown
## 4 What follows
%% code
types = typology.derive(cases)
tables.types_table(types)
%% code
sure = types.index[types["determined"]]
plots.type_bounds(types, title=f"{len(sure)} of {len(types)} states have only one possible type")
%% markdown
A filled dot is the type on what is coded; a ring is a type that the state could still have.
%% code
tables.composition(types, grouping)
%% markdown
## 5 What this does not show

* Anything of states that are not coded.
* How much support there is: codes say which kind.
%% markdown
## 6 Exercises

**First.** Read silence as "no". For how many states does that settle the type?
%% code solution
closed = typology.derive(load_cases(account, min_confidence=min_confidence, silence="no"))
print(tables.count_of(closed.index[closed["determined"]], len(closed)))
%% markdown
**Second.** Which states have no code of the variable above?
%% code solution
print(tables.listing(tables.names(codes.index[codes.isna()])))
%% markdown
**Third.** How many states are of each type?
%% code solution
tables.type_counts(types)
%% markdown
## 7 Data and sources
%% code
tables.provenance(account)
"""


def new_notebook(folder: Path, name: str, question: str) -> Path:
    """Write a notebook that asks a question, and say where.

    Raises
    ------
    ValueError
        If the name or the question cannot be used; the message says what can.
    """
    target = folder / f"{_numbered(folder, name)}.ipynb"
    asked = question.strip()
    if len(asked.splitlines()) != 1 or not asked.endswith("?"):
        raise ValueError(f"not a question: {question!r}; one line that ends with a question mark")
    text = json.dumps(_notebook(target.stem, asked), indent=1, ensure_ascii=False) + "\n"
    # "x": somebody else's notebook of this name, written just now, is not overwritten.
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return target


def _numbered(folder: Path, name: str) -> str:
    """Return a free name, with the next number if it has none."""
    match = NAME.fullmatch(name)
    if not match:
        wanted = "small letters, digits and single underscores, such as arms_by_region"
        raise ValueError(f"not a notebook's name: {name!r}; {wanted} or 09_arms_by_region")
    stems = sorted(path.stem for path in folder.glob("*.ipynb"))
    taken = {int(found[1]): stem for stem in stems if (found := NUMBERED.match(stem))}
    if match[1] is None:
        if 99 in taken:
            raise ValueError(f"no number is left after {taken[99]}.ipynb; give one that is free")
        return f"{max(taken, default=-1) + 1:02}_{name}"
    if int(match[1]) in taken:
        stem = taken[int(match[1])]
        raise ValueError(f"{stem}.ipynb has this number; a name without one gets the next")
    return name


def _notebook(name: str, question: str) -> dict[str, object]:
    parts = re.split(r"^%% (\w+) ?(\w*)\n", TEMPLATE, flags=re.MULTILINE)[1:]
    cells = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    return {
        "cells": [
            _cell(f"n{name[:2]}-{number:02}", kind, tag, text.replace("{question}", question))
            for number, (kind, tag, text) in enumerate(cells, start=1)
        ],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(identity: str, kind: str, tag: str, text: str) -> dict[str, object]:
    ran: dict[str, object] = {"execution_count": None, "outputs": []}
    return {
        "cell_type": kind,
        "id": identity,
        "metadata": {"tags": [tag]} if tag else {},
        "source": text.rstrip("\n").splitlines(keepends=True),
        **(ran if kind == "code" else {}),
    }
