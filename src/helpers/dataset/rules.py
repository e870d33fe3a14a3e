"""The evaluator: what a codebook's rules make of codes, with missing as a third value.

A condition is a mapping of one of six kinds, the same here, in ``codebook.json`` and in a browser:
``{"test": name, "codes": [...]}`` holds where a variable or level has one of these codes,
``{"coded": [names]}`` where all of these have a code, ``{"option": name}`` where an analysis asks
for it; ``{"any": [...]}``, ``{"all": [...]}`` and ``{"not": ...}`` join others. Where a missing
code would decide, a condition is unknown (Kleene's logic).

Examples
--------
>>> fights = {"test": "combat_troops", "codes": ["volunteers", "regular"]}
>>> arms = {"test": "arms_supply", "codes": ["munitions", "weapon_systems"]}
>>> holds({"any": [fights, arms]}, {"combat_troops": "regular", "arms_supply": None})
True
>>> holds({"all": [fights, arms]}, {"combat_troops": "regular", "arms_supply": None}) is None
True
>>> in_words({"not": fights})
'`combat_troops` is not `volunteers` or `regular`'
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any, TypeAlias

Code: TypeAlias = str | None
"""A code, or None where the variable is missing."""
Codes: TypeAlias = Mapping[str, Code]
Condition: TypeAlias = Mapping[str, Any]
Options: TypeAlias = frozenset[str]
"""What an analysis asks for beyond the rules as they stand."""
NO_OPTIONS: Options = frozenset()
ToldApart: TypeAlias = dict[str, set[tuple[str, ...]]]
"""By variable, the sets of codes that conditions tell apart."""


@dataclass(frozen=True)
class Case:
    """One alternative among several: what holds, and when."""

    id: str
    when: Condition


@dataclass(frozen=True)
class Level:
    """A derived level: the first case that holds for certain, or else ``otherwise``."""

    id: str
    cases: tuple[Case, ...]
    otherwise: str


@dataclass(frozen=True)
class Bound:
    """Codes that are ruled out where they are missing, if what is said in one passage rules so."""

    id: str
    when: Condition
    same_passage: tuple[str, ...]
    rules_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Rules:
    """All that follows from codes. Levels stand after the levels that they test.

    ``requires`` has, for a variable, what the same coder's other codings of the state must be;
    ``choices`` the options by what they decide: an analysis asks for one of each, or for none.
    """

    codes: Mapping[str, tuple[str, ...]]
    levels: tuple[Level, ...]
    types: tuple[Case, ...]
    flags: tuple[Case, ...] = ()
    findings: tuple[Case, ...] = ()
    bounds: tuple[Bound, ...] = ()
    thesis: tuple[Case, ...] = ()
    requires: Mapping[str, Condition] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def holds(condition: Condition, codes: Codes, options: Options = NO_OPTIONS) -> bool | None:
    """Tell whether a condition holds; None where a missing code would decide."""
    if "test" in condition:
        code = codes[condition["test"]]
        return None if code is None else code in condition["codes"]
    if "any" in condition:
        found = [holds(part, codes, options) for part in condition["any"]]
        return True if True in found else None if None in found else False
    if "all" in condition:
        found = [holds(part, codes, options) for part in condition["all"]]
        return False if False in found else None if None in found else True
    if "not" in condition:
        inner = holds(condition["not"], codes, options)
        return None if inner is None else not inner
    if "coded" in condition:
        return all(codes[name] is not None for name in condition["coded"])
    return condition["option"] in options


def first(cases: Iterable[Case], codes: Codes, options: Options = NO_OPTIONS) -> Case | None:
    """Return the first case that holds for certain."""
    return next((case for case in cases if holds(case.when, codes, options)), None)


def level_codes(rules: Rules, codes: Codes, options: Options = NO_OPTIONS) -> dict[str, str]:
    """Return the code of each level."""
    return _codes_of(rules.levels, codes, options)


def _codes_of(levels: Iterable[Level], codes: Codes, options: Options) -> dict[str, str]:
    found: dict[str, str] = {}
    for level in levels:
        case = first(level.cases, {**codes, **found}, options)
        found[level.id] = case.id if case else level.otherwise
    return found


def type_of(rules: Rules, levels: Codes) -> str:
    """Return the type of some levels; a codebook that leaves a combination out is not read."""
    return next(case.id for case in rules.types if holds(case.when, levels))


def option_sets(choices: Mapping[str, tuple[str, ...]]) -> list[Options]:
    """Return all that an analysis can ask for: of each choice one option or none, none first."""
    ways = product(*((frozenset[str](), *map(frozenset, zip(each))) for each in choices.values()))
    return [frozenset[str]().union(*way) for way in ways]


def tests(
    condition: Condition, options: Options | None = NO_OPTIONS
) -> Iterator[tuple[str, list[str]]]:
    """Yield the names that a condition tests, each with the codes that it accepts.

    What stands behind an option that nobody asks for plays no part; None is for any options.
    """
    if "test" in condition:
        yield condition["test"], condition["codes"]
    elif "coded" in condition:
        yield from ((name, []) for name in condition["coded"])
    elif "not" in condition:
        yield from tests(condition["not"], options)
    elif options is None or not _idle(condition, options):
        for part in condition.get("any", condition.get("all", ())):
            yield from tests(part, options)


def _idle(condition: Condition, options: Options) -> bool:
    parts = condition.get("all", ())
    asking = [part for part in parts if "option" in part or "option" in part.get("not", {})]
    return not all(holds(part, {}, options) for part in asking)


def rests_on(
    rules: Rules, conditions: Iterable[Condition], options: Options | None = NO_OPTIONS
) -> ToldApart:
    """Return the variables that conditions rest on, themselves or through levels.

    In the codebook's order of variables.
    """
    levels = {level.id: [case.when for case in level.cases] for level in rules.levels}
    found: ToldApart = {}
    waiting, seen = list(conditions), set()
    while waiting:
        for name, accepted in tests(waiting.pop(), options):
            if name not in levels:
                found.setdefault(name, set()).add(tuple(accepted))
            elif name not in seen:
                seen.add(name)
                waiting += levels[name]
    return {name: found[name] for name in rules.codes if name in found}


def classes(codes: Iterable[str], told_apart: Iterable[tuple[str, ...]]) -> list[Code]:
    """Return one code for all those that have the same answers to all tests."""
    sets = list(told_apart)
    return list({tuple(code in some for some in sets): code for code in codes}.values())


def completions(
    rules: Rules,
    codes: Codes,
    told_apart: Mapping[str, Iterable[tuple[str, ...]]],
    ruled_out: Iterable[tuple[str, str]] = (),
) -> Iterator[dict[str, Code]]:
    """Yield every way in which what is missing could be coded.

    Of codes that no condition tells apart, one stands for all: what follows is the same.
    """
    excluded = set(ruled_out)
    choices: list[list[Code]] = []
    for name, accepted in told_apart.items():
        if codes[name] is not None:
            choices.append([codes[name]])
            continue
        left = [code for code in rules.codes[name] if (name, code) not in excluded]
        choices.append(classes(left, accepted))
    for chosen in product(*choices):
        yield {**codes, **dict(zip(told_apart, chosen, strict=True))}


def possible_types(
    rules: Rules,
    codes: Codes,
    ruled_out: Iterable[tuple[str, str]] = (),
    options: Options = NO_OPTIONS,
) -> tuple[str, ...]:
    """Return every type that there could be if what is missing were coded, in the rules' order.

    Types rest on levels alone, so groups of levels are completed one by one: their ways add up,
    where those of all variables multiply.
    """
    combinations: list[dict[str, str]] = [{}]
    for levels, told_apart in _independent(rules, options):
        ways = completions(rules, codes, told_apart, ruled_out)
        several = {tuple(_codes_of(levels, way, options).items()) for way in ways}
        combinations = [{**each, **dict(own)} for each in combinations for own in several]
    found = {type_of(rules, each) for each in combinations}
    return tuple(case.id for case in rules.types if case.id in found)


@functools.lru_cache(maxsize=64)
def _independent(rules: Rules, options: Options) -> list[tuple[tuple[Level, ...], ToldApart]]:
    """Return the levels in groups that share no variable, each with what it rests on."""
    groups: list[tuple[tuple[Level, ...], ToldApart]] = []
    for level in rules.levels:
        own = rests_on(rules, [case.when for case in level.cases], options)
        shared = [group for group in groups if own.keys() & group[1]]
        levels = (*chain.from_iterable(each for each, _ in shared), level)
        conditions = [case.when for one in levels for case in one.cases]
        apart = [group for group in groups if group not in shared]
        groups = [*apart, (levels, rests_on(rules, conditions, options))]
    return groups


def possible_answers(
    rules: Rules,
    condition: Condition,
    codes: Codes,
    ruled_out: Iterable[tuple[str, str]] = (),
    options: Options = NO_OPTIONS,
) -> set[bool]:
    """Return the answers that a condition could have if what is missing were coded."""
    told_apart = rests_on(rules, [condition], options)
    return {
        bool(holds(condition, {**way, **level_codes(rules, way, options)}, options))
        for way in completions(rules, codes, told_apart, ruled_out)
    }


def in_words(condition: Condition) -> str:
    """Return a condition as a reader of the codebook reads it."""
    if "test" in condition:
        return f"`{condition['test']}` is {_codes(condition['codes'])}"
    if "not" in condition and "test" in condition["not"]:
        return f"`{condition['not']['test']}` is not {_codes(condition['not']['codes'])}"
    if "not" in condition:
        return f"it is not so that {_nested(condition['not'])}"
    if "coded" in condition:
        names = listed([f"`{name}`" for name in condition["coded"]], "and")
        return f"{names} {'is' if len(condition['coded']) == 1 else 'are all'} coded"
    if "option" in condition:
        return f"an analysis asks for `{condition['option']}`"
    joint = "any" if "any" in condition else "all"
    between = ", or " if joint == "any" else ", and "
    return between.join(_nested(part) for part in condition[joint])


def _nested(condition: Condition) -> str:
    several = len(condition.get("any", condition.get("all", ()))) > 1
    return f"({in_words(condition)})" if several else in_words(condition)


def _codes(codes: Iterable[str]) -> str:
    return listed([f"`{code}`" for code in codes], "or")


def listed(items: list[str], joint: str) -> str:
    """Return items with commas, and a joint before the last."""
    return f" {joint} ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def level_in_words(level: Level) -> str:
    """Return the rule of a level as a sentence."""
    cases = [f"`{case.id}` if {in_words(case.when)}" for case in level.cases]
    return f"{'; else '.join(cases)}; otherwise `{level.otherwise}`."
