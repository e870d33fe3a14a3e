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

import functools
import re
import textwrap
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from helpers.dataset.files import DataError, Problem, data_folder, file_state, read_text

FILE = "codebook.yml"
LINE = "__line__"
VARIABLE_TYPES = ("ordinal", "set", "binary")

_ENTRY = {"id", "label", "rule"}
_COLOURED = _ENTRY | {"colour"}
_LISTS: dict[str, set[str]] = {
    "statuses": _COLOURED,
    "derived_statuses": _COLOURED,
    "confidences": _ENTRY,
    "scopes": _ENTRY,
    "silence_readings": _ENTRY,
    "coders": _ENTRY,
    "event_dimensions": _ENTRY,
    "event_directions": _COLOURED,
    "claim_verdicts": _COLOURED,
    "votes": _COLOURED,
    "resolution_kinds": _ENTRY,
    "resolution_sets": _ENTRY | {"resolutions"},
    "evidence_tiers": _ENTRY,
    "groups": {"id", "label"},
    "rules": {"id", "rule"},
    "record_rules": {"id", "rule"},
    "levels": _ENTRY | {"codes"},
    "support_types": _COLOURED,
    "derived_rules": {"id", "rule"},
    "thesis": {"id", "statement"},
}
_VARIABLE = {
    "id",
    "label",
    "short_label",
    "question",
    "type",
    "group",
    "essay_only",
    "codes",
    "border_cases",
}
_OPTIONAL = {"silence_code", "step"}
_TEXTS = ("id", "label", "short_label", "rule", "statement", "question", "silence_code")
_DATASET = {"title", "version", "released", "cut_off"}


@dataclass(frozen=True)
class Entry:
    """One coded value or rule: its id, label, rule and colour.

    ``label``, ``rule`` and ``colour`` are empty where the list has none.
    ``step`` is the place of a support type in the scheme's order, ``resolutions``
    what a set of resolutions holds.
    """

    id: str
    label: str = ""
    rule: str = ""
    colour: str = ""
    step: int | None = None
    resolutions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """One variable of the scheme, its codes in order.

    Codes of an ordinal variable run from furthest from Russia to closest.
    ``silence_code`` is the code that silence takes where an analysis reads it as
    "no"; it is empty for sets, which are then read as empty.
    """

    id: str
    label: str
    short_label: str
    question: str
    type: str
    group: str
    essay_only: bool
    silence_code: str
    codes: tuple[Entry, ...]
    border_cases: tuple[str, ...]

    @property
    def code_ids(self) -> tuple[str, ...]:
        """Ids of the codes, in the scheme's order."""
        return tuple(code.id for code in self.codes)

    @property
    def is_set(self) -> bool:
        """Whether several codes may hold at once."""
        return self.type == "set"


@dataclass(frozen=True)
class Codebook:
    """The whole scheme, as ``codebook.yml`` states it."""

    dataset: dict[str, str]
    unit: str
    variables: tuple[Variable, ...]
    levels: tuple[Variable, ...]
    lists: dict[str, tuple[Entry, ...]]

    def variable(self, name: str) -> Variable:
        """Return one variable.

        Raises
        ------
        ValueError
            If there is no such variable; the message names those there are.
        """
        return _pick(self.variables, name, "variable")

    def level(self, name: str) -> Variable:
        """Return one derived level, its codes ordered like a variable's.

        Raises
        ------
        ValueError
            If there is no such level; the message names those there are.
        """
        return _pick(self.levels, name, "level")

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the ids of one list, such as ``confidences`` or ``statuses``."""
        return tuple(entry.id for entry in self.lists[name])

    def entry(self, name: str, entry_id: str) -> Entry:
        """Return one entry of a list.

        Raises
        ------
        ValueError
            If the list has no such entry; the message names those there are.
        """
        return _pick(self.lists[name], entry_id, name)

    @property
    def support_types(self) -> tuple[Entry, ...]:
        """The support types, from least to most supportive, then undetermined."""
        return self.lists["support_types"]

    @property
    def record_variables(self) -> tuple[Variable, ...]:
        """The variables that are coded for the record accounts too."""
        return tuple(v for v in self.variables if not v.essay_only)


_Item = TypeVar("_Item", Entry, Variable)


def _pick(items: tuple[_Item, ...], name: str, what: str) -> _Item:
    for item in items:
        if item.id == name:
            return item
    raise ValueError(f"unknown {what} {name!r}; allowed: {', '.join(i.id for i in items)}")


# The parser in C, where the library was built with it, takes a tenth of the time.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _LineLoader(_Loader):  # type: ignore[valid-type, misc]
    """YAML with the line of every mapping, refusing a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key, (key_node, _) in zip(keys, node.value, strict=True):
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


def load_codebook(folder: Path | None = None) -> Codebook:
    """Return the codebook of a data folder.

    Parameters
    ----------
    folder : Path, optional
        The data folder; by default the one that `helpers.dataset.files.data_folder` finds.

    Returns
    -------
    Codebook
        Read once per state of the file.

    Raises
    ------
    DataError
        If the file is not a well-formed codebook; it lists all that is wrong.
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
    """Read a codebook and say all that is wrong with it.

    Parameters
    ----------
    path : Path
        The YAML file.

    Returns
    -------
    tuple of Codebook or None, and list of Problem
        None where there are problems.
    """
    text, problems = read_text(path)
    if problems:
        return None, problems
    try:
        raw = yaml.load(text, _LineLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        return None, [Problem(path.name, mark.line + 1 if mark else 0, "", "", f"not YAML: {what}")]
    # PyYAML builds dates, numbers and tagged values before it looks whether they make sense.
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        what = f"not YAML: {type(error).__name__}: {error}; put odd values in quotes"
        return None, [Problem(path.name, 0, "", "", what)]
    problems = list(_problems(path.name, raw))
    return (None, problems) if problems else (_build(raw), [])


def _problems(file: str, raw: Any) -> Iterator[Problem]:
    """Yield what keeps parsed YAML from being a codebook."""
    required = {"dataset", "unit", "variables", *_LISTS}
    yield from _keys(file, "", raw, required)
    if not isinstance(raw, dict):
        return
    yield from _keys(file, "dataset", raw.get("dataset", {}), _DATASET)
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
    groups = [group.get("id") for group in _mappings(raw.get("groups"))]
    for variable in _mappings(raw.get("variables")):
        yield from _variable_problems(file, variable, groups)


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
    allowed = required | {LINE, *_OPTIONAL}
    for key in sorted(str(key) for key in set(value) - allowed):
        yield Problem(
            file, line, place, key, f"unknown key; allowed: {', '.join(sorted(required))}"
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
    if not isinstance(items, list) or not items:
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
        colour = item.get("colour")
        if "colour" in keys and not re.fullmatch(r"#[0-9a-f]{6}", str(colour)):
            yield Problem(file, line, f"{place}.{name}", str(colour), "a colour is #rrggbb")


def _variable_problems(file: str, raw: dict[str, Any], groups: list[Any]) -> Iterator[Problem]:
    """Yield what is wrong with one variable beyond its keys."""
    line, place = raw.get(LINE, 0), f"variables.{raw.get('id')}"
    yield from _list_problems(file, f"{place}.codes", raw.get("codes"), _COLOURED)
    allowed: tuple[tuple[str, list[Any]], ...] = (
        ("type", list(VARIABLE_TYPES)),
        ("group", groups),
        ("essay_only", [True, False]),
    )
    for key, values in allowed:
        if raw.get(key) not in values:
            message = f"must be one of {', '.join(map(str, values))}"
            yield Problem(file, line, f"{place}.{key}", str(raw.get(key)), message)
    cases = raw.get("border_cases", [])
    if not isinstance(cases, list) or not all(isinstance(case, str) for case in cases):
        message = "must be a list of texts, [] if there are none; quote a text that has a colon"
        yield Problem(file, line, f"{place}.border_cases", str(cases)[:40], message)
    codes = [code.get("id") for code in _mappings(raw.get("codes"))]
    if raw.get("type") != "set" and raw.get("silence_code") not in codes:
        message = f"must be one of its codes: {', '.join(map(str, codes))}"
        yield Problem(file, line, f"{place}.silence_code", str(raw.get("silence_code")), message)
    if raw.get("type") == "set" and "silence_code" in raw:
        yield Problem(file, line, f"{place}.silence_code", "", "a set has none: silence is empty")


def _build(raw: dict[str, Any]) -> Codebook:
    """Turn checked YAML into a codebook."""
    dataset = {key: str(value) for key, value in raw["dataset"].items() if key != LINE}
    lists = {name: tuple(map(_entry, raw[name])) for name in _LISTS if name != "levels"}
    return Codebook(
        dataset=dataset,
        unit=str(raw["unit"]),
        variables=tuple(map(_variable, raw["variables"])),
        levels=tuple(map(_variable, raw["levels"])),
        lists=lists,
    )


def _entry(raw: dict[str, Any]) -> Entry:
    return Entry(
        id=raw["id"],
        label=raw.get("label", ""),
        rule=raw.get("rule", raw.get("statement", "")),
        colour=raw.get("colour", ""),
        step=raw.get("step"),
        resolutions=tuple(raw.get("resolutions", ())),
    )


def _variable(raw: dict[str, Any]) -> Variable:
    return Variable(
        id=raw["id"],
        label=raw["label"],
        short_label=raw.get("short_label", raw["label"]),
        question=raw.get("question", raw.get("rule", "")),
        type=raw.get("type", "ordinal"),
        group=raw.get("group", "derived"),
        essay_only=raw.get("essay_only", False),
        silence_code=raw.get("silence_code", ""),
        codes=tuple(map(_entry, raw["codes"])),
        border_cases=tuple(raw.get("border_cases", ())),
    )


def describe(book: Codebook, name: str | None = None, width: int = 88) -> str:
    """Return the codebook, or one variable of it, as text to read.

    Parameters
    ----------
    book : Codebook
        The scheme.
    name : str, optional
        One variable or derived level; by default an overview of all.
    width : int
        Columns of the text.

    Returns
    -------
    str
        Plain text.

    Raises
    ------
    ValueError
        If there is no such variable or level; the message names those there are.

    Examples
    --------
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
    ):
        lines += ["", title]
        for entry in book.lists[name]:
            lines += _wrap(f"{entry.id}: {entry.rule}", width, "  ", "      ")
    return "\n".join(lines)


def _wrap(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    later = first if rest is None else rest
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=later)
