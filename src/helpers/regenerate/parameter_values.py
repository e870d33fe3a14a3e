"""Check what is given for a notebook's parameters.

Papermill checks neither names nor types: it runs on the defaults and ends well.
So nothing starts before everything given has been checked here.
"""

import functools
from collections.abc import Callable, Mapping
from typing import TypeAlias

from helpers.regenerate.errors import Problems, RegenerateError, UnreadableValues, suggest
from helpers.regenerate.notebook_source import Notebook, Parameter, Scalar, Value

Allowed: TypeAlias = Mapping[str, Callable[[], tuple[str, ...]]]
"""For each name of a type, a function that returns the values it allows."""

PLAIN: Mapping[str, tuple[type, str]] = {
    "bool": (bool, "true or false"),
    "int": (int, "a whole number"),
    "float": (float, "a number"),
    "str": (str, "a text"),
}
LARGEST = 2**1023
TRUTH = {"true": True, "false": False}


def remember(allowed: Allowed) -> Allowed:
    """Ask each type for its values only once; its ValueError becomes ``UnreadableValues``."""

    def ask_once(name: str, values: Callable[[], tuple[str, ...]]) -> Callable[[], tuple[str, ...]]:
        @functools.cache
        def ask() -> tuple[str, ...]:
            try:
                return values()
            except ValueError as error:
                raise UnreadableValues(f"the values of {name} cannot be read: {error}") from error

        return ask

    return {name: ask_once(name, values) for name, values in allowed.items()}


def allowed_values(parameter: Parameter, allowed: Allowed) -> tuple[str, ...] | None:
    """Return the values that a parameter may have; None where any value of a plain type will do."""
    if parameter.base in PLAIN:
        return None
    if parameter.base in allowed:
        return allowed[parameter.base]()
    known = [*PLAIN, *allowed]
    raise RegenerateError(
        f"{parameter.name} has the unknown type {parameter.base!r}"
        f"{suggest(parameter.base, known)}; allowed: {', '.join(known)}"
    )


def check_value(parameter: Parameter, value: object, allowed: Allowed) -> Value:
    """Return a value if a parameter may have it, a whole number as a float where one is asked for.

    Examples
    --------
    >>> account = Parameter("account", "Account", "essay", "whose picture")
    >>> check_value(account, "esay", {"Account": lambda: ("essay", "record")})
    Traceback (most recent call last):
    ...
    helpers.regenerate.errors.RegenerateError: account: 'esay' is not an allowed \
Account (did you mean 'essay'?); allowed: essay, record
    """
    if parameter.wrapper == "Optional" and value is None:
        return None
    if parameter.wrapper != "list":
        return _check_one(parameter, value, allowed)
    if not isinstance(value, list | tuple):
        raise RegenerateError(f"{parameter.name}: {value!r} is not a list of {parameter.base}")
    return [_check_one(parameter, member, allowed) for member in value]


def _check_one(parameter: Parameter, value: object, allowed: Allowed) -> Scalar:
    options = allowed_values(parameter, allowed)
    if parameter.base in PLAIN:
        return _check_plain(parameter, value)
    options = options or ()
    if isinstance(value, str) and value in options:
        return value
    raise _refusal(parameter, value, options)


def _check_plain(parameter: Parameter, value: object) -> Scalar:
    kind, words = PLAIN[parameter.base]
    if kind is float and type(value) is int and abs(value) < LARGEST:
        return float(value)
    # Not isinstance: True is an int for Python and not for people.
    if type(value) is not kind:
        found = f"{value!r} ({type(value).__name__})"
        raise RegenerateError(f"{parameter.name}: {found} is not {words} ({parameter.base})")
    return value  # type: ignore[return-value]


def _refusal(parameter: Parameter, value: object, options: tuple[str, ...]) -> RegenerateError:
    problem = f"{parameter.name}: {value!r} is not an allowed {parameter.base}"
    if isinstance(value, str):
        problem += suggest(value, options)
    else:
        problem += f" but of type {type(value).__name__}; if it is a text, put it in quotes"
    return RegenerateError(f"{problem}; allowed: {', '.join(options)}")


def parse_text(parameter: Parameter, text: str, allowed: Allowed) -> Value:
    """Return the checked value that a text on a command line stands for.

    Commas separate the members of a list; ``none`` is nothing where the type is ``Optional``.

    Examples
    --------
    >>> parse_text(Parameter("sizes", "list[int]", [], "sizes in cm"), "3, 5", {})
    [3, 5]
    """
    if parameter.wrapper == "list":
        members = [part.strip() for part in text.split(",")] if text.strip() else []
        value: object = [_parse_one(parameter, member) for member in members]
    elif parameter.wrapper == "Optional" and text.lower() == "none":
        # A type that has a value of that name means the value.
        value = text if text in (allowed_values(parameter, allowed) or ()) else None
    else:
        value = _parse_one(parameter, text)
    return check_value(parameter, value, allowed)


def _parse_one(parameter: Parameter, text: str) -> Scalar:
    """Read one value; a text that cannot be read is left for the check to refuse."""
    try:
        match parameter.base:
            case "bool":
                return TRUTH.get(text.lower(), text)
            case "int":
                return int(text)
            case "float":
                return float(text)
    except ValueError:
        pass
    return text


def resolve(notebook: Notebook, given: Mapping[str, object], allowed: Allowed) -> dict[str, Value]:
    """All parameters of a run, in the notebook's order: the defaults and what is given.

    RegenerateError has a line for each name, type or value that is wrong.
    """
    names = _names(notebook)
    problems = Problems(unknown_parameter(notebook, name) for name in given if name not in names)
    values: dict[str, Value] = {}
    for parameter in notebook.parameters:
        which = "" if parameter.name in given else "the default of "
        value = given.get(parameter.name, parameter.default)
        with problems.collected(f"{notebook.name}: {which}"):
            values[parameter.name] = check_value(parameter, value, allowed)
    problems.refuse()
    return values


def _names(notebook: Notebook) -> list[str]:
    return [parameter.name for parameter in notebook.parameters]


def unknown_parameter(notebook: Notebook, name: str) -> str:
    """Say in a line that a notebook has no such parameter, and which it has."""
    names = _names(notebook)
    listed = ", ".join(names) if names else "none"
    return f"{notebook.name}: no parameter {name!r}{suggest(name, names)}; allowed: {listed}"
