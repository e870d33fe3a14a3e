"""The codebook: variables, codes, levels and types, read from ``codebook.yml``.

The file is the only place that says what a code means. This module reads it,
refuses what is not well formed, and hands it on as plain objects.

Examples
--------
>>> book = load_codebook()
>>> book.variable("arms_supply").code_ids
('none', 'dual_use', 'munitions', 'weapon_systems')
>>> [t.id for t in book.support_types if t.step == 3]
['full_backer']
"""

import dataclasses
import functools
import re
import textwrap
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from helpers.dataset.files import DataError, Problem, data_folder, file_state, read_text
from helpers.dataset.rule_reading import LINE, read_rules
from helpers.dataset.rules import Case, Rules, in_words, level_in_words, listed
from helpers.dataset.schema import TABLES
from helpers.yaml_reading import Form, Loader, Refused, line_of, parse

FILE = "codebook.yml"
VARIABLE_TYPES = ("ordinal", "set", "binary")

_ENTRY = {"id", "label", "rule"}
_COLOURED = _ENTRY | {"colour"}
_LISTS: dict[str, set[str]] = {
    "statuses": _COLOURED,
    "derived_statuses": _COLOURED,
    "confidences": _ENTRY,
    "scopes": _ENTRY,
    "silence_readings": _ENTRY,
    "undecided_readings": _ENTRY,
    "coders": _ENTRY,
    "event_dimensions": _ENTRY,
    "event_standings": _ENTRY,
    "event_directions": _COLOURED,
    "search_outcomes": _ENTRY,
    "claim_verdicts": _COLOURED,
    "votes": _COLOURED,
    "resolution_kinds": _ENTRY,
    "resolution_sets": _ENTRY | {"resolutions"},
    "evidence_tiers": _ENTRY,
    "groups": {"id", "label"},
    "rules": {"id", "rule"},
    "record_rules": {"id", "rule"},
    "options": _ENTRY,
    "levels": {"id", "label", "codes", "cases", "otherwise"},
    "support_types": {"id", "label", "colour", "when"},
    "flags": {"id", "label", "when"},
    "findings": {"id", "label", "when"},
    "bounds": {"id", "label", "when", "same_passage", "rules_out"},
    "derived_rules": {"id", "rule"},
    "thesis": {"id", "statement", "broken_when"},
}
_MAY_BE_EMPTY = {
    "resolution_sets",
    "record_rules",
    "options",
    "flags",
    "findings",
    "bounds",
    "thesis",
}
_VARIABLE = {"id", "label", "short_label", "question", "type", "group", "codes", "border_cases"}
_OF_VARIABLES = {
    "silence_code",
    "accounts",
    "max_confidence",
    "requires",
    "votes",
    "directions",
}
_MARKS = {
    "claim_verdicts": ("checkable", "fair_when_written", "fair_at_cut_off"),
    "resolution_sets": ("apart",),
    "rules": ("not_of_texts",),
}
"""What the entries of a list may be marked as."""
_OPTIONAL = {
    "support_types": {"step"},
    "options": {"choice"},
    "votes": {"direction"},
    "variables": _OF_VARIABLES,
    "event_standings": {"max_confidence"},
    **{name: {"marks"} for name in _MARKS},
    # Any table, where its rows are to be counted.
    "counts": set(TABLES),
    "": {"groupings", "seals"},
    "groupings": set(TABLES["states"]),
    "seals": set(TABLES),
}
_TEXTS = ("id", "label", "short_label", "rule", "statement", "question", "silence_code", "choice")
_DATASET = {
    "title",
    "version",
    "released",
    "cut_off",
    "reference_state",
    "question",
    "introduction",
}
_COUNTS = {"members", "cases", "regions"}


@dataclass(frozen=True)
class Entry:
    """One coded value, type or rule; what its list does not have is empty.

    ``rule`` of a support type, a flag or a bound is made from its condition, ``breaks`` from that
    of a thesis statement. ``step`` is the place of a support type in the scheme's order,
    ``choice`` what an option decides, ``direction`` where a vote moves a state.
    """

    id: str
    label: str = ""
    rule: str = ""
    colour: str = ""
    step: int | None = None
    resolutions: tuple[str, ...] = ()
    breaks: str = ""
    marks: tuple[str, ...] = ()
    choice: str = ""
    direction: str = ""
    max_confidence: str = ""


@dataclass(frozen=True)
class Votes:
    """Roll calls that may be evidence for a variable, of how many months before the account."""

    resolutions: tuple[str, ...]
    within_months: int | None = None


@dataclass(frozen=True)
class Variable:
    """One variable of the scheme, or one derived level, its codes in order.

    Codes of an ordinal variable run from furthest from Russia to closest. ``silence_code`` is what
    silence takes where an analysis reads it as "no"; sets have none and are then empty. Where
    ``accounts`` is empty all accounts are coded. ``directions`` has, for a code, the directions of
    evidence that speak for it; for a code that is not there any does.
    """

    id: str
    label: str
    short_label: str
    question: str
    type: str
    group: str
    codes: tuple[Entry, ...]
    border_cases: tuple[str, ...] = ()
    silence_code: str = ""
    accounts: tuple[str, ...] = ()
    max_confidence: str = ""
    votes: Votes | None = None
    directions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def code_ids(self) -> tuple[str, ...]:
        """Ids of the codes, in the scheme's order."""
        return tuple(code.id for code in self.codes)

    @property
    def is_set(self) -> bool:
        """Whether several codes may hold at once."""
        return self.type == "set"

    def is_coded_in(self, account: str) -> bool:
        """Tell whether an account is coded on this variable."""
        return not self.accounts or account in self.accounts


@dataclass(frozen=True)
class Codebook:
    """The whole scheme, as ``codebook.yml`` states it."""

    dataset: dict[str, str]
    counts: dict[str, int]
    groupings: dict[str, tuple[str, ...]]
    seals: dict[str, str]
    unit: str
    variables: tuple[Variable, ...]
    levels: tuple[Variable, ...]
    lists: dict[str, tuple[Entry, ...]]
    rules: Rules

    def variable(self, name: str) -> Variable:
        """Return one variable; ``ValueError`` names those there are."""
        return _pick(self.variables, name, "variable")

    def level(self, name: str) -> Variable:
        """Return one derived level; ``ValueError`` names those there are."""
        return _pick(self.levels, name, "level")

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the ids of one list, such as ``confidences`` or ``statuses``."""
        return tuple(entry.id for entry in self.lists[name])

    def marked(self, name: str, mark: str) -> tuple[Entry, ...]:
        """Return the entries of a list that have a mark."""
        return tuple(entry for entry in self.lists[name] if mark in entry.marks)

    def entry(self, name: str, entry_id: str) -> Entry:
        """Return one entry of a list; ``ValueError`` names those there are."""
        return _pick(self.lists[name], entry_id, name)

    @property
    def support_types(self) -> tuple[Entry, ...]:
        """The support types, from least to most supportive, then those outside the order."""
        return self.lists["support_types"]


_Item = TypeVar("_Item", Entry, Variable)


def _pick(items: tuple[_Item, ...], name: str, what: str) -> _Item:
    for item in items:
        if item.id == name:
            return item
    raise ValueError(f"unknown {what} {name!r}; allowed: {', '.join(i.id for i in items)}")


_FORM = Form(deepest=50, longest=100_000, references=True)


class _LineLoader(Loader):
    """YAML with the line of every mapping, refusing a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key, (key_node, _) in zip(keys, node.value, strict=True):
            if keys.count(key) > 1:
                raise Refused(line_of(key_node), f"the key {key!r} stands twice")
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        mapping[LINE] = line_of(node)
        return mapping


def load_codebook(folder: Path | None = None) -> Codebook:
    """Return the codebook of a data folder, read once per state of the file.

    Raises `DataError`, which lists all that is wrong, where it is not well formed.
    """
    path = (folder or data_folder()) / FILE
    return _load(path, file_state(path.stat()) if path.is_file() else ())


# Asked for hundreds of times by one figure, so that not even announcing it would be cheap, as
# `helpers.dataset.files.once_per_state` does.
@functools.lru_cache(maxsize=8)
def _load(path: Path, _state: tuple[int, ...]) -> Codebook:
    book, problems = read_codebook(path)
    if book is None:
        raise DataError(problems)
    return book


def read_codebook(path: Path) -> tuple[Codebook | None, list[Problem]]:
    """Return a codebook, None where it has problems, and all of these."""
    text, problems = read_text(path)
    if problems:
        return None, problems
    try:
        loader, root = parse(text, _LineLoader, _FORM)
        raw: Any = loader.construct_document(root) if root else None
    except Refused as error:
        return None, [Problem(path.name, error.line, "", "", str(error))]
    problems = list(_problems(path.name, raw))
    if problems:
        return None, problems
    rules, problems = read_rules(path.name, raw)
    return (_build(raw, rules), []) if rules else (None, problems)


def _problems(file: str, raw: Any) -> Iterator[Problem]:
    """Yield what keeps parsed YAML from being a codebook."""
    required = {"dataset", "counts", "unit", "variables", *_LISTS}
    yield from _keys(file, "", raw, required)
    if not isinstance(raw, dict):
        return
    yield from _keys(file, "dataset", raw.get("dataset", {}), _DATASET)
    yield from _keys(file, "counts", raw.get("counts", {}), _COUNTS)
    yield from _count_problems(file, raw.get("counts"))
    yield from _of_tables(file, raw)
    for name, keys in _LISTS.items():
        yield from _list_problems(file, name, raw.get(name, []), keys)
    for level in _mappings(raw.get("levels")):
        place = f"levels.{level.get('id')}.codes"
        yield from _list_problems(file, place, level.get("codes"), {"id", "label", "colour"})
    yield from _list_problems(file, "variables", raw.get("variables", []), _VARIABLE)
    for entry in _mappings(raw.get("resolution_sets")):
        held = entry.get("resolutions")
        if not isinstance(held, list) or not held or not all(isinstance(r, str) for r in held):
            place = f"resolution_sets.{entry.get('id')}.resolutions"
            message = "must be a list of texts with at least one entry"
            yield Problem(file, entry.get(LINE, 0), place, str(held)[:40], message)
    directions = [item.get("id") for item in _mappings(raw.get("event_directions"))]
    for vote in _mappings(raw.get("votes")):
        if vote.get("direction", directions[0] if directions else None) not in directions:
            message = f"must be one of {', '.join(map(str, directions))}"
            place = f"votes.{vote.get('id')}.direction"
            yield Problem(file, vote.get(LINE, 0), place, str(vote["direction"])[:40], message)
    sure = [level.get("id") for level in _mappings(raw.get("confidences"))]
    for entry in _mappings(raw.get("event_standings")):
        if entry.get("max_confidence", *sure[:1]) not in sure:
            place = f"event_standings.{entry.get('id')}.max_confidence"
            message = f"must be one of {', '.join(map(str, sure))}"
            yield Problem(file, entry.get(LINE, 0), place, str(entry["max_confidence"]), message)
    for variable in _mappings(raw.get("variables")):
        yield from _variable_problems(file, variable, raw)


def _count_problems(file: str, counts: Any) -> Iterator[Problem]:
    for key in sorted(set(counts) & {*_COUNTS, *TABLES}) if isinstance(counts, dict) else ():
        if not isinstance(counts[key], int) or isinstance(counts[key], bool) or counts[key] < 1:
            message = "must be a whole number from 1"
            yield Problem(file, counts[LINE], f"counts.{key}", str(counts[key])[:40], message)


def _of_tables(file: str, raw: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the lists of groups, and with the seals of tables."""
    for part, is_right, message in (
        ("groupings", _are_texts, "must be a list of texts"),
        ("seals", _is_seal, "must be 16 hexadecimal digits in quotes"),
    ):
        held = raw.get(part, {})
        yield from _keys(file, part, held, set())
        for key, value in _plain(held) if isinstance(held, dict) else ():
            if not is_right(value):
                yield Problem(file, held[LINE], f"{part}.{key}", str(value)[:40], message)


def _is_seal(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{16}", value) is not None


def _mappings(value: Any) -> list[dict[str, Any]]:
    """Return the mappings of a list, whatever stands there."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _keys(file: str, place: str, value: Any, required: set[str]) -> Iterator[Problem]:
    """Yield missing and unknown keys of a mapping, and values that are not text."""
    if not isinstance(value, dict):
        yield Problem(file, 0, place, str(value)[:40], "must be a mapping")
        return
    line = value.get(LINE, 0)
    for key in sorted(required - set(value)):
        yield Problem(file, line, place, "", f"the key {key!r} is missing")
    optional = _OPTIONAL.get(place, set())
    for key in sorted(str(key) for key in set(value) - required - optional - {LINE}):
        yield Problem(
            file,
            line,
            place,
            key,
            f"unknown key; allowed: {', '.join(sorted(required | optional))}",
        )
    for key in _TEXTS:
        if key in value and not isinstance(value[key], str):
            message = (
                f"{key} must be text; put it in quotes (YAML reads a bare yes or no as a truth)"
            )
            yield Problem(file, line, place, str(value[key]), message)
    if not isinstance(value.get("step", 0), int):
        yield Problem(file, line, f"{place}.step", str(value["step"]), "must be a whole number")


def _list_problems(file: str, place: str, items: Any, keys: set[str]) -> Iterator[Problem]:
    """Yield what is wrong with a list of entries."""
    if not isinstance(items, list) or not (items or place in _MAY_BE_EMPTY):
        yield Problem(file, 0, place, "", "must be a list with at least one entry")
        return
    seen: set[str] = set()
    for item in items:
        yield from _keys(file, place, item, keys)
        if not isinstance(item, dict):
            continue
        line, name = item.get(LINE, 0), str(item.get("id"))
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
            yield Problem(file, line, f"{place}.id", name, "an id is letters, digits, _ and -")
        if name in seen:
            yield Problem(file, line, f"{place}.id", name, "this id stands twice")
        seen.add(name)
        marks = item.get("marks", [])
        if not _are_texts(marks) or not set(marks) <= set(_MARKS.get(place, ())):
            message = f"must be a list; allowed: {', '.join(_MARKS.get(place, ()))}"
            yield Problem(file, line, f"{place}.{name}.marks", str(marks)[:40], message)
        colour = item.get("colour")
        if "colour" in keys and not re.fullmatch(r"#[0-9a-f]{6}", str(colour)):
            yield Problem(file, line, f"{place}.{name}", str(colour), "a colour is #rrggbb")


def _variable_problems(file: str, raw: dict[str, Any], book: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with one variable beyond its keys."""
    line, place = raw.get(LINE, 0), f"variables.{raw.get('id')}"
    yield from _list_problems(file, f"{place}.codes", raw.get("codes"), _COLOURED)
    groups, levels, codes = (
        [item.get("id") for item in _mappings(items)]
        for items in (book.get("groups"), book.get("confidences"), raw.get("codes"))
    )
    is_set = raw.get("type") == "set"
    one_of = {"type": VARIABLE_TYPES, "group": groups, "max_confidence": levels}
    for key, values in (one_of | ({} if is_set else {"silence_code": codes})).items():
        if raw.get(key) not in values and (key in raw or key != "max_confidence"):
            message = f"must be one of {', '.join(map(str, values))}"
            yield Problem(file, line, f"{place}.{key}", str(raw.get(key))[:40], message)
    if is_set and "silence_code" in raw:
        yield Problem(file, line, f"{place}.silence_code", "", "a set has none: silence is empty")
    for key in ("border_cases", "accounts"):
        if not _are_texts(raw.get(key, [])):
            message = "must be a list of texts, [] if there are none; quote a text that has a colon"
            yield Problem(file, line, f"{place}.{key}", str(raw[key])[:40], message)
    if "votes" in raw:
        yield from _votes_problems(file, f"{place}.votes", raw["votes"], line)
    known = [item.get("id") for item in _mappings(book.get("event_directions"))]
    yield from _directions_problems(file, f"{place}.directions", raw, codes, known)


def _directions_problems(
    file: str, place: str, raw: dict[str, Any], codes: list[Any], known: list[Any]
) -> Iterator[Problem]:
    """Yield codes that there are not, and directions that events cannot have."""
    line, found = raw.get(LINE, 0), raw.get("directions", {})
    if not isinstance(found, dict):
        yield Problem(file, line, place, str(found)[:40], "must be a mapping of codes to lists")
        return
    for code, those in _plain(found):
        if code not in codes:
            message = f"not a code; allowed: {', '.join(map(str, codes))}"
            yield Problem(file, line, place, str(code)[:40], message)
        if not _are_texts(those) or not those or not set(those) <= set(known):
            message = f"must be a list of directions; allowed: {', '.join(map(str, known))}"
            yield Problem(file, line, f"{place}.{code}", str(those)[:40], message)


def _votes_problems(file: str, place: str, raw: Any, line: int) -> Iterator[Problem]:
    if not isinstance(raw, dict) or not set(raw) <= {"resolutions", "within_months", LINE}:
        message = "must have resolutions and may have within_months, no more"
        yield Problem(file, line, place, str(raw)[:40], message)
    elif not raw.get("resolutions") or not _are_texts(raw["resolutions"]):
        message = "must be a list of texts with at least one entry"
        yield Problem(file, line, f"{place}.resolutions", str(raw.get("resolutions"))[:40], message)
    elif type(raw.get("within_months", 1)) is not int or raw.get("within_months", 1) < 1:
        message = "must be a whole number from 1"
        value = str(raw["within_months"])[:40]
        yield Problem(file, line, f"{place}.within_months", value, message)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _build(raw: dict[str, Any], rules: Rules) -> Codebook:
    """Turn checked YAML into a codebook."""
    plain = set(_LISTS) - set(_IN_WORDS) - {"levels"}
    lists = {name: tuple(map(_entry, raw[name])) for name in _LISTS if name in plain}
    lists |= {name: tuple(words(raw[name], rules)) for name, words in _IN_WORDS.items()}
    of_levels = {level.id: level_in_words(level) for level in rules.levels}
    levels = [{**entry, "question": of_levels[entry["id"]]} for entry in raw["levels"]]
    return Codebook(
        dataset={key: str(value) for key, value in raw["dataset"].items() if key != LINE},
        counts={key: value for key, value in raw["counts"].items() if key != LINE},
        groupings={name: tuple(those) for name, those in _plain(raw.get("groupings", {}))},
        seals=dict(_plain(raw.get("seals", {}))),
        unit=raw["unit"],
        variables=tuple(map(_variable, raw["variables"])),
        levels=tuple(map(_variable, levels)),
        lists=lists,
        rules=rules,
    )


def _conditions(entries: list[dict[str, Any]], cases: tuple[Case, ...]) -> Iterator[Entry]:
    """Yield entries whose rule is their condition in words."""
    for entry, case in zip(entries, cases, strict=True):
        yield dataclasses.replace(_entry(entry), rule=f"{in_words(case.when)}.")


def _bounds(entries: list[dict[str, Any]], rules: Rules) -> Iterator[Entry]:
    for entry, bound in zip(entries, rules.bounds, strict=True):
        out = listed([f"`{name}` `{code}`" for name, code in bound.rules_out], "and")
        rule = f"{out} is ruled out if {in_words(bound.when)}, and one passage says so."
        yield dataclasses.replace(_entry(entry), rule=rule)


def _thesis(entries: list[dict[str, Any]], rules: Rules) -> Iterator[Entry]:
    for entry, case in zip(entries, rules.thesis, strict=True):
        yield dataclasses.replace(_entry(entry), breaks=f"{in_words(case.when)}.")


_IN_WORDS: dict[str, Callable[[list[dict[str, Any]], Rules], Iterator[Entry]]] = {
    "support_types": lambda entries, rules: _conditions(entries, rules.types),
    "flags": lambda entries, rules: _conditions(entries, rules.flags),
    "findings": lambda entries, rules: _conditions(entries, rules.findings),
    "bounds": _bounds,
    "thesis": _thesis,
}
"""Lists whose sentences are made from their rules, so that text and behaviour cannot differ."""


def _entry(raw: dict[str, Any]) -> Entry:
    return Entry(
        id=raw["id"],
        label=raw.get("label", ""),
        rule=raw.get("rule", raw.get("statement", "")),
        colour=raw.get("colour", ""),
        step=raw.get("step"),
        resolutions=tuple(raw.get("resolutions", ())),
        marks=tuple(raw.get("marks", ())),
        choice=raw.get("choice", ""),
        direction=raw.get("direction", ""),
        max_confidence=raw.get("max_confidence", ""),
    )


def _plain(raw: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the pairs of a mapping without the line that it stands on."""
    return [(key, value) for key, value in raw.items() if key != LINE]


def _variable(raw: dict[str, Any]) -> Variable:
    votes = raw.get("votes")
    return Variable(
        id=raw["id"],
        label=raw["label"],
        short_label=raw.get("short_label", raw["label"]),
        question=raw["question"],
        type=raw.get("type", "ordinal"),
        group=raw.get("group", "derived"),
        codes=tuple(map(_entry, raw["codes"])),
        border_cases=tuple(raw.get("border_cases", ())),
        silence_code=raw.get("silence_code", ""),
        accounts=tuple(raw.get("accounts", ())),
        max_confidence=raw.get("max_confidence", ""),
        votes=votes and Votes(tuple(votes["resolutions"]), votes.get("within_months")),
        directions={code: tuple(those) for code, those in _plain(raw.get("directions", {}))},
    )


def describe(book: Codebook, name: str | None = None, width: int = 88) -> str:
    """Return the codebook, or one variable or level of it, as plain text.

    >>> print(describe(load_codebook(), "alliance").splitlines()[0])
    alliance (ordinal, group ties): Formal tie to Russia
    """
    if name is None:
        return _overview(book, width)
    known = (*book.variables, *book.levels)
    variable = _pick(known, name, "variable")
    head = f"{variable.id} ({variable.type}, group {variable.group}): {variable.label}"
    lines = [head, *_wrap(variable.question, width, "  "), ""]
    for code in variable.codes:
        lines += _wrap(f"{code.id}: {code.rule or code.label}", width, "  ", "      ")
    if variable.border_cases:
        lines += ["", "  Border cases"]
        for case in variable.border_cases:
            lines += _wrap(f"- {case}", width, "  ", "    ")
    if variable.silence_code:
        lines += ["", f"  Silence read as no takes the code {variable.silence_code}."]
    return "\n".join(lines)


def _overview(book: Codebook, width: int) -> str:
    lines = [f"{book.dataset['title']}, version {book.dataset['version']}", book.unit, ""]
    for group in book.lists["groups"]:
        lines.append(group.label)
        for variable in (v for v in book.variables if v.group == group.id):
            joint = ", " if variable.is_set else " < "
            codes = joint.join(variable.code_ids)
            lines += _wrap(f"{variable.id}: {codes}", width, "  ", "      ")
    for title, name in (
        ("Outcomes of a reading", "statuses"),
        ("Confidence", "confidences"),
        ("General rules", "rules"),
        ("Rules for the record", "record_rules"),
        ("Derived rules", "derived_rules"),
        ("Support types", "support_types"),
        ("Flags", "flags"),
        ("Bounds", "bounds"),
        ("Options of an analysis", "options"),
    ):
        lines += ["", title]
        for entry in book.lists[name]:
            lines += _wrap(f"{entry.id}: {entry.rule}", width, "  ", "      ")
    return "\n".join(lines)


def _wrap(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    later = first if rest is None else rest
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=later)
