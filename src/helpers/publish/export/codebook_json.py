"""The codebook as JSON, so that other programs, a browser among them, derive what we derive."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from helpers.dataset.checks.codings import MUST_BE_EMPTY, MUST_BE_FILLED, RATIONALE_WORDS
from helpers.dataset.codebook import Codebook, Entry, Variable
from helpers.dataset.files import LONGEST_CELL
from helpers.dataset.rules import Rules, in_words
from helpers.dataset.schema import TABLES

SCHEMA = Path(__file__).with_name("codebook.schema.json")
LISTS = (
    "statuses",
    "derived_statuses",
    "confidences",
    "scopes",
    "silence_readings",
    "undecided_readings",
    "groups",
    "rules",
    "record_rules",
    "options",
)


def codebook_files(book: Codebook) -> dict[str, bytes]:
    """Return the codebook and its JSON Schema, by the names of their files."""
    text = json.dumps(as_json(book), indent=1, ensure_ascii=False) + "\n"
    return {"codebook.json": text.encode(), SCHEMA.name: SCHEMA.read_bytes()}


def as_json(book: Codebook) -> dict[str, Any]:
    """Return all that coding and deriving need; conditions are those of `dataset.rules`."""
    rules = book.rules
    types = {case.id: {"when": case.when} for case in rules.types}
    flags = {case.id: {"when": case.when} for case in rules.flags}
    thesis = {case.id: {"broken_when": case.when} for case in rules.thesis}
    return {
        "$schema": SCHEMA.name,
        "dataset": book.dataset,
        "unit": book.unit,
        "variables": [_variable(variable, rules) for variable in book.variables],
        "levels": _levels(book),
        "support_types": [_entry(kind) | types[kind.id] for kind in book.support_types],
        "flags": [_entry(flag) | flags[flag.id] for flag in book.lists["flags"]],
        "bounds": [dataclasses.asdict(bound) for bound in rules.bounds],
        "thesis": [_entry(entry) | thesis[entry.id] for entry in book.lists["thesis"]],
        **{name: [_entry(entry) for entry in book.lists[name]] for name in LISTS},
        "codings": {
            "columns": TABLES["codings"],
            "filled": MUST_BE_FILLED,
            "empty": MUST_BE_EMPTY,
            "rationale_words": RATIONALE_WORDS,
            "longest_cell": LONGEST_CELL,
        },
    }


def _entry(entry: Entry) -> dict[str, Any]:
    """Return what an entry has; what its list does not have is left out."""
    plain = dataclasses.asdict(entry)
    return {key: value for key, value in plain.items() if value not in ("", None, ())}


def _variable(variable: Variable, rules: Rules) -> dict[str, Any]:
    plain = dataclasses.asdict(variable) | {"codes": [_entry(code) for code in variable.codes]}
    requires = rules.requires.get(variable.id)
    optional = {"requires": requires, "requires_in_words": in_words(requires)} if requires else {}
    return {key: value for key, value in plain.items() if value not in ("", None, {})} | optional


def _levels(book: Codebook) -> list[dict[str, Any]]:
    """Return levels in the order of evaluation: each after those that it tests."""
    return [
        {
            "id": level.id,
            "label": book.level(level.id).label,
            "codes": [_entry(code) for code in book.level(level.id).codes],
            "cases": [{"id": case.id, "when": case.when} for case in level.cases],
            "otherwise": level.otherwise,
            "rule": book.level(level.id).question,
        }
        for level in book.rules.levels
    ]
