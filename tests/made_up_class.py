"""Made-up codings of a class that nobody ever taught, for tests. None of it is evidence."""

import csv
import random
from pathlib import Path
from typing import Any

from helpers.dataset.checks import submitted
from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.files import Row, data_folder, read_rows
from helpers.dataset.schema import TABLES

COLUMNS = TABLES["codings"]
SAID = "Made up by a test."


def places(account: str) -> tuple[str, list[str]]:
    """Return the text of an account, and its locators."""
    accounts, _ = read_rows(data_folder() / "accounts.csv", TABLES["accounts"])
    text = next(row["text"] for row in accounts if row["account"] == account)
    rows, _ = read_rows(data_folder() / "paragraphs.csv", TABLES["paragraphs"])
    return text, [f"{row['section']} {row['paragraph']}" for row in rows if row["source"] == text]


def cases() -> list[str]:
    rows, _ = read_rows(data_folder() / "states.csv", TABLES["states"])
    return [row["state"] for row in rows if row["region"]]


def row_of(account: str, state: str, variable: str, coder: str, **cells: str) -> dict[str, str]:
    """Return the cells of one coding, silent unless they say more."""
    key = {"account": account, "state": state, "variable": variable, "coder": coder}
    return dict.fromkeys(COLUMNS, "") | key | {"status": "silent"} | cells


def coded(text: str, locator: str, code: str, **cells: str) -> dict[str, str]:
    """Return the cells of a coding that has a code."""
    sure = load_codebook().ids("confidences")[0]
    evidence = {"source": text, "locator": locator, "rationale": SAID}
    return {
        "status": "coded",
        "code": code,
        "scope": "state",
        "confidence": sure,
        **evidence,
    } | cells


def one_coder(name: str, chance: random.Random, account: str = "essay") -> list[dict[str, str]]:
    """Return the made-up codings of one coder, all of which the checks let stand."""
    text, locators = places(account)
    rows = []
    for state in cases():
        for variable in load_codebook().variables:
            if variable.is_coded_in(account) and chance.random() < 0.9:
                cells = _answer(variable, chance, text, locators)
                rows.append(row_of(account, state, variable.id, name, **cells))
    sound = [Row(line, cells) for line, cells in enumerate(rows)]
    while wrong := {problem.line for problem in submitted(sound, lambda _: "")}:
        sound = [row for row in sound if row.line not in wrong]
    return [row.cells for row in sound]


def _answer(
    variable: Variable, chance: random.Random, text: str, locators: list[str]
) -> dict[str, Any]:
    drawn = chance.random()
    if drawn < 0.5:
        return {}
    evidence = {"source": text, "locator": chance.choice(locators), "rationale": SAID}
    if drawn < 0.55:
        return {"status": "undecided", **evidence}
    some = chance.sample(variable.code_ids, k=chance.randint(1, 2)) if variable.is_set else ()
    members = [code for code in variable.code_ids if code in some]
    return coded(text, evidence["locator"], ";".join(members) or chance.choice(variable.code_ids))


def write_codings(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as a file of codings."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_class(folder: Path, n_coders: int, seed: int) -> Path:
    """Write a file for each coder of a made-up class, the same for the same seed."""
    chance = random.Random(seed)
    folder.mkdir(exist_ok=True)
    for number in range(n_coders):
        name = f"Made up {number:02}"
        write_codings(folder / f"coder-{number:02}.csv", one_coder(name, chance))
    return folder
