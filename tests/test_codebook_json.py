"""The codebook as JSON: valid by its schema, and a browser derives from it what Python derives."""

import json
import os
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from helpers.data import load_cases
from helpers.dataset.codebook import load_codebook
from helpers.dataset.rules import (
    holds,
    level_codes,
    option_sets,
    possible_answers,
    possible_types,
    type_of,
)
from helpers.publish import site
from helpers.publish.export.codebook_json import as_json, codebook_files

try:
    from reader import chromium
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

SCRIPT = Path(site.__file__).parent / "static" / "rules.js"
N_RANDOM = 3000
DERIVE = """([book, records]) => records.map(({codes, out, options}) => {
  const found = rules.derive(book, codes, out, options);
  const answers = book.thesis.map((entry) =>
    [...rules.possibleAnswers(book, entry.broken_when, codes, out, options)].sort());
  return [found.levels, found.type, found.couldBe, found.flags, answers];
})"""


def written() -> dict[str, Any]:
    return json.loads(codebook_files(load_codebook())["codebook.json"])


def test_the_json_is_valid_by_its_schema() -> None:
    schema = json.loads(codebook_files(load_codebook())["codebook.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written(), schema)
    broken = written()
    broken["support_types"][0]["when"] = {"test": "recognition"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_nothing_of_the_rules_is_lost() -> None:
    book, plain = load_codebook(), written()
    assert plain == json.loads(json.dumps(as_json(book)))
    assert [v["id"] for v in plain["variables"]] == [v.id for v in book.variables]
    assert [k["when"] for k in plain["support_types"]] == [k.when for k in book.rules.types]
    assert [t["broken_when"] for t in plain["thesis"]] == [t.when for t in book.rules.thesis]
    assert plain["bounds"][0]["rules_out"] == [
        list(pair) for pair in book.rules.bounds[0].rules_out
    ]
    assert all(level["cases"] and level["rule"] for level in plain["levels"])


def records() -> list[dict[str, Any]]:
    """Return the cases of all accounts, and random codes with gaps of every size."""
    rules, draw = load_codebook().rules, random.Random(20261125)
    found = []
    for account in ("essay", "record_2023", "record_2026"):
        cases = load_cases(account)
        for _, row in cases[list(rules.codes)].astype(object).iterrows():
            found.append({name: None if code != code else code for name, code in row.items()})
    for _ in range(N_RANDOM):
        share = draw.choice((0.0, 0.2, 0.5, 0.9))
        pick = {
            n: None if draw.random() < share else draw.choice(c) for n, c in rules.codes.items()
        }
        found.append(pick)
    outs = [[], [list(pair) for pair in rules.bounds[0].rules_out]]
    options = [sorted(each) for each in option_sets(rules.choices)]
    return [
        {"codes": codes, "out": draw.choice(outs), "options": draw.choice(options)}
        for codes in found
    ]


def derived(record: dict[str, Any]) -> list[Any]:
    """Return what Python makes of a record, in the order of the script's answer."""
    rules, codes, asked = load_codebook().rules, record["codes"], frozenset(record["options"])
    out = [tuple(pair) for pair in record["out"]]
    levels = level_codes(rules, codes, asked)
    flags = {flag.id: holds(flag.when, {**codes, **levels}, asked) for flag in rules.flags}
    answers = [sorted(possible_answers(rules, t.when, codes, out, asked)) for t in rules.thesis]
    possible = list(possible_types(rules, codes, out, asked))
    return [levels, type_of(rules, levels), possible, flags, answers]


def test_a_browser_derives_the_same() -> None:
    given = records()
    with chromium() as browser:
        page = browser.new_page()
        page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8") + "\nwindow.rules = rules;")
        answers = page.evaluate(DERIVE, [written(), given])
    assert len(answers) == len(given) == N_RANDOM + 39
    for record, answer in zip(given, answers, strict=True):
        assert answer == derived(record), record
