"""Read the rules of a codebook from YAML, and refuse those that cannot work.

A rule that names what there is not, runs in a circle, leaves a combination without a type or can
never match is a problem with its place, line and what is allowed; never an error of a derivation.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from helpers.dataset.files import Problem
from helpers.dataset.rules import (
    Bound,
    Case,
    Condition,
    Level,
    Options,
    Rules,
    classes,
    first,
    option_sets,
    rests_on,
    tests,
)

LINE = "__line__"
KINDS = ("any", "all", "not", "coded", "option")
TESTS = ("is", "at_least", "at_most")
MOST_COMBINATIONS = 100_000
"""Ways to code what rules tell apart; more of them would make bounds slow."""

Names = Mapping[str, tuple[str, ...]]
"""What a condition may test: variables and levels with their codes, in order."""


class RuleReader:
    """Turns raw mappings into conditions, and collects what is wrong with them."""

    def __init__(self, file: str, choices: Mapping[str, tuple[str, ...]]):
        self.file = file
        self.choices = choices
        self.options = tuple(option for options in choices.values() for option in options)
        self.problems: list[Problem] = []

    def refuse(self, line: int, place: str, value: object, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, line, place, str(value)[:40], message))

    def condition(self, raw: Any, names: Names, place: str, line: int) -> Condition | None:
        """Return a condition; None, and a problem, where it is not one."""
        if not isinstance(raw, dict):
            what = f"{', '.join(KINDS)}, or one of {', '.join(names)}"
            self.refuse(line, place, raw, f"must be a condition; allowed: {what}")
            return None
        line = raw.get(LINE, line)
        keys = [key for key in raw if key != LINE]
        if len(keys) != 1:
            self.refuse(line, place, keys, "a condition has one key; join several by all or any")
            return None
        (key,) = keys
        if key in ("any", "all"):
            return self._joined(key, raw[key], names, place, line)
        if key == "not":
            inner = self.condition(raw[key], names, f"{place}.not", line)
            return inner and {"not": inner}
        if key == "option":
            known = self.one_of(raw[key], self.options, f"{place}.option", line)
            return {"option": raw[key]} if known else None
        if key == "coded":
            return self.coded(raw[key], names, f"{place}.coded", line)
        if self.one_of(key, names, place, line, more=KINDS):
            return self._test(key, raw[key], names[key], f"{place}.{key}", line)
        return None

    def _joined(
        self, key: str, parts: Any, names: Names, place: str, line: int
    ) -> Condition | None:
        if not isinstance(parts, list) or not parts:
            self.refuse(line, f"{place}.{key}", parts, "must be a list of conditions")
            return None
        read = [self.condition(part, names, f"{place}.{key}", line) for part in parts]
        return {key: read} if None not in read else None

    def coded(self, raw: Any, names: Names, place: str, line: int) -> Condition | None:
        """Return the condition that some variables have codes."""
        if not isinstance(raw, list) or not raw:
            self.refuse(line, place, raw, f"must be a list of names; allowed: {', '.join(names)}")
            return None
        known = [self.one_of(name, names, place, line) for name in raw]
        return {"coded": list(raw)} if all(known) else None

    def _test(
        self, name: str, raw: Any, codes: tuple[str, ...], place: str, line: int
    ) -> Condition | None:
        keys = [key for key in raw if key != LINE] if isinstance(raw, dict) else []
        if len(keys) != 1 or keys[0] not in TESTS:
            self.refuse(line, place, raw, f"must have one of {', '.join(TESTS)}, with a code")
            return None
        line, kind = raw.get(LINE, line), keys[0]
        given = raw[kind]
        wanted = given if isinstance(given, list) and kind == "is" else [given]
        known = [self.one_of(code, codes, f"{place}.{kind}", line) for code in wanted]
        if not known or not all(known):
            return None
        place_of = codes.index(wanted[0])
        chosen = {"is": wanted, "at_least": codes[place_of:], "at_most": codes[: place_of + 1]}
        return {"test": name, "codes": [code for code in codes if code in chosen[kind]]}

    def one_of(
        self, value: Any, allowed: Iterable[str], place: str, line: int, more: tuple[str, ...] = ()
    ) -> bool:
        """Tell whether a value is among those allowed; a problem says what is."""
        known = tuple(allowed)
        if isinstance(value, str) and value in known:
            return True
        self.refuse(line, place, value, f"not known; allowed: {', '.join((*known, *more))}")
        return False


def read_rules(file: str, raw: Mapping[str, Any]) -> tuple[Rules | None, list[Problem]]:
    """Return the rules of a codebook whose lists are otherwise well formed."""
    reader = RuleReader(file, _choices(raw["options"]))
    codes = {v["id"]: _ids(v["codes"]) for v in raw["variables"] if v["type"] != "set"}
    of_levels = {level["id"]: _ids(level["codes"]) for level in raw["levels"]}
    names = {**codes, **of_levels}
    for name in sorted(set(names) & set(KINDS) | set(codes) & set(of_levels)):
        reader.refuse(0, "variables", name, "names a kind of condition, or a level, already")
    levels = [_level(reader, level, names) for level in raw["levels"]]
    types = _cases(reader, "support_types", raw["support_types"], of_levels)
    flags = _cases(reader, "flags", raw["flags"], names)
    findings = _cases(reader, "findings", raw["findings"], of_levels)
    thesis = _cases(reader, "thesis", raw["thesis"], names, "broken_when")
    bounds = [_bound(reader, bound, codes) for bound in raw["bounds"]]
    requires = {
        v["id"]: reader.condition(v["requires"], codes, f"variables.{v['id']}.requires", v[LINE])
        for v in raw["variables"]
        if "requires" in v
    }
    if reader.problems:
        return None, reader.problems
    ordered = list(_ordered(reader, {level.id: level for level in levels if level}, raw))
    rules = Rules(
        codes=codes,
        levels=tuple(ordered),
        types=types,
        flags=flags,
        findings=findings,
        bounds=tuple(bound for bound in bounds if bound),
        thesis=thesis,
        requires={name: condition for name, condition in requires.items() if condition},
        choices=reader.choices,
    )
    if not reader.problems:
        _require_of_use(reader, rules, of_levels, raw)
    return (None if reader.problems else rules), reader.problems


def _choices(options: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return options by what they decide; one that names nothing decides what its label says."""
    found: dict[str, tuple[str, ...]] = {}
    for option in options:
        name = option.get("choice", option["label"])
        found[name] = (*found.get(name, ()), option["id"])
    return found


def _ids(entries: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(entry["id"] for entry in entries)


def _cases(
    reader: RuleReader, place: str, entries: Iterable[Any], names: Names, key: str = "when"
) -> tuple[Case, ...]:
    read = [
        (e["id"], reader.condition(e.get(key), names, f"{place}.{e['id']}.{key}", e[LINE]))
        for e in entries
    ]
    return tuple(Case(name, when) for name, when in read if when)


def _level(reader: RuleReader, raw: Mapping[str, Any], names: Names) -> Level | None:
    """Return a level; its cases may name its own codes only."""
    place, line, own = f"levels.{raw['id']}", raw[LINE], _ids(raw["codes"])
    cases = raw.get("cases")
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        reader.refuse(line, f"{place}.cases", cases, "must be a list of cases: a code, and when")
        return None
    for case in cases:
        reader.one_of(case.get("code"), own, f"{place}.cases.code", case[LINE])
    reader.one_of(raw.get("otherwise"), own, f"{place}.otherwise", line)
    named = {case.get("code") for case in cases} | {raw.get("otherwise")}
    for code in own:
        if code not in named:
            reader.refuse(line, f"{place}.cases", code, "no case gives this code; add one")
    entries = [{**case, "id": case.get("code")} for case in cases]
    return Level(raw["id"], _cases(reader, place, entries, names), str(raw.get("otherwise")))


def _bound(reader: RuleReader, raw: Mapping[str, Any], codes: Names) -> Bound | None:
    place, line = f"bounds.{raw['id']}", raw[LINE]
    when = reader.condition(raw.get("when"), codes, f"{place}.when", line)
    together = reader.coded(raw.get("same_passage"), codes, f"{place}.same_passage", line)
    out = raw.get("rules_out")
    pairs = [(k, v) for k, v in out.items() if k != LINE] if isinstance(out, dict) else []
    if not pairs:
        reader.refuse(line, f"{place}.rules_out", out, "must name variables, each with a code")
    for name, code in pairs:
        if reader.one_of(name, codes, f"{place}.rules_out", line):
            reader.one_of(code, codes[name], f"{place}.rules_out.{name}", line)
    if when is None or together is None:
        return None
    return Bound(raw["id"], when, tuple(together["coded"]), tuple(pairs))


def _ordered(
    reader: RuleReader, levels: Mapping[str, Level], raw: Mapping[str, Any]
) -> Iterator[Level]:
    """Yield levels after those that they test; what is left over runs in a circle."""
    done: set[str] = set()
    while len(done) < len(levels):
        ready = [
            level
            for level in levels.values()
            if level.id not in done and not (_named(level) & set(levels)) - done
        ]
        if not ready:
            circle = [name for name in levels if name not in done]
            line = next(entry[LINE] for entry in raw["levels"] if entry["id"] == circle[0])
            message = "these levels rest on each other; a level may test only what is known before"
            reader.refuse(line, "levels", ", ".join(circle), message)
            return
        done |= {level.id for level in ready}
        yield from ready


def _named(level: Level) -> set[str]:
    return {name for case in level.cases for name in _all_names(case.when)}


def _all_names(condition: Condition) -> Iterator[str]:
    """Yield every name in a condition, options and those behind them among them."""
    if "test" in condition or "option" in condition:
        yield condition.get("test", condition.get("option"))
    elif "coded" in condition:
        yield from condition["coded"]
    elif "not" in condition:
        yield from _all_names(condition["not"])
    else:
        for part in condition.get("any", condition.get("all", ())):
            yield from _all_names(part)


def _require_of_use(
    reader: RuleReader, rules: Rules, of_levels: Names, raw: Mapping[str, Any]
) -> None:
    """Refuse combinations of levels without a type, and cases that can never match."""
    lines = {e["id"]: e[LINE] for key in _WITH_RULES for e in raw[key]}
    by_level = [dict(zip(of_levels, way, strict=True)) for way in product(*of_levels.values())]
    for levels in by_level:
        if first(rules.types, levels) is None:
            said = ", ".join(f"{name} {code}" for name, code in levels.items())
            message = f"no type where {said}; every combination of levels needs one"
            reader.refuse(raw["support_types"][0][LINE], "support_types", "", message)
    known = {**rules.codes, **of_levels}
    for place, cases in (
        ("support_types", rules.types),
        *((f"levels.{level.id}", level.cases) for level in rules.levels),
        *((f"flags.{case.id}", (case,)) for case in rules.flags),
        *((f"thesis.{case.id}", (case,)) for case in rules.thesis),
        *((f"bounds.{bound.id}", (Case(bound.id, bound.when),)) for bound in rules.bounds),
    ):
        line = lines.get(place.rpartition(".")[2], raw["support_types"][0][LINE])
        for case in _unreachable(cases, known, set(of_levels), option_sets(rules.choices)):
            message = "never matches, whatever the codes: the cases before it, or it, leave nothing"
            reader.refuse(line, f"{place}.{case.id}" if len(cases) > 1 else place, "", message)
    _require_of_options(reader, rules, raw)
    n_ways = _n_ways(rules, [case.when for case in rules.types])
    if n_ways > MOST_COMBINATIONS:
        message = f"the types tell {n_ways} ways of coding apart; at most {MOST_COMBINATIONS}"
        reader.refuse(raw["support_types"][0][LINE], "support_types", "", message)


def _require_of_options(reader: RuleReader, rules: Rules, raw: Mapping[str, Any]) -> None:
    """Refuse options that no rule asks for: asking for them would change nothing."""
    levels = [case for level in rules.levels for case in level.cases]
    cases = (*levels, *rules.types, *rules.flags, *rules.findings, *rules.thesis)
    used = {name for case in cases for name in _all_names(case.when)}
    for option in raw["options"]:
        if option["id"] not in used:
            message = "no rule asks for this option; name it in one, or remove it"
            reader.refuse(option[LINE], "options", option["id"], message)


_WITH_RULES = ("levels", "support_types", "flags", "thesis", "bounds")


def _unreachable(
    cases: tuple[Case, ...], known: Names, always_known: set[str], asked_for: list[Options]
) -> list[Case]:
    """Return the cases that are never the first to hold, whatever an analysis asks for."""
    told_apart: dict[str, set[tuple[str, ...]]] = {}
    for case in cases:
        for name, accepted in tests(case.when, None):
            told_apart.setdefault(name, set()).add(tuple(accepted))
    choices = [
        [*classes(known[name], accepted), *([] if name in always_known else [None])]
        for name, accepted in told_apart.items()
    ]
    left = list(cases)
    for way in product(*choices):
        codes = dict(zip(told_apart, way, strict=True))
        for asked in asked_for:
            found = first(cases, codes, asked)
            if found in left:
                left.remove(found)
        if not left:
            break
    return left


def _n_ways(rules: Rules, conditions: list[Condition]) -> int:
    told_apart = rests_on(rules, conditions, None)
    return math.prod(len(classes(rules.codes[name], sets)) for name, sets in told_apart.items())
