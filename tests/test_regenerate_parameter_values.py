"""Values are checked before anything runs, and messages say what is allowed."""

from pathlib import Path

import pytest

from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.notebook_source import Notebook, Parameter
from helpers.regenerate.parameter_values import check_value, parse_text, remember, resolve

ALLOWED = {"Account": lambda: ("essay", "record"), "Act": lambda: ("none", "any", "vote")}


def parameter(annotation, default=None, name="x"):
    return Parameter(name, annotation, default, "why")


GOOD = [
    ("Account", "essay", "essay"),
    ("Optional[Account]", None, None),
    ("Optional[Account]", "record", "record"),
    ("list[Account]", ["essay", "record"], ["essay", "record"]),
    ("list[Account]", [], []),
    ("bool", True, True),
    ("int", 0, 0),
    ("float", 2, 2.0),
    ("float", 0.5, 0.5),
    ("str", "", ""),
]
BAD = [
    ("Account", "esay", "did you mean 'essay'.*allowed: essay, record"),
    ("Account", False, "of type bool; if it is a text, put it in quotes; allowed: essay"),
    ("Account", None, "of type NoneType"),
    ("Account", ["essay"], "of type list"),
    ("list[Account]", "essay", "is not a list of Account"),
    ("list[Account]", ["essay", "x"], "'x' is not an allowed Account"),
    ("Optional[Account]", "none", "allowed: essay"),
    ("bool", 1, r"1 \(int\) is not true or false \(bool\)"),
    ("bool", "true", "is not true or false"),
    ("int", True, r"True \(bool\) is not a whole number"),
    ("int", 1.0, "is not a whole number"),
    ("float", "0.5", "is not a number"),
    ("float", True, "is not a number"),
    ("str", 5, "is not a text"),
    ("Acount", "essay", "unknown type 'Acount'.*did you mean 'Account'.*allowed: bool, int"),
]


@pytest.mark.parametrize(("annotation", "value", "expected"), GOOD)
def test_takes_what_is_allowed(annotation, value, expected):
    checked = check_value(parameter(annotation), value, ALLOWED)
    assert checked == expected
    assert type(checked) is type(expected)


@pytest.mark.parametrize(("annotation", "value", "message"), BAD)
def test_refuses_the_rest_and_says_what_is_allowed(annotation, value, message):
    with pytest.raises(RegenerateError, match=message):
        check_value(parameter(annotation), value, ALLOWED)


@pytest.mark.parametrize(
    ("annotation", "text", "expected"),
    [
        ("Account", "essay", "essay"),
        ("bool", "True", True),
        ("bool", "false", False),
        ("int", "-3", -3),
        ("float", "1", 1.0),
        ("str", "3", "3"),
        ("Optional[int]", "none", None),
        ("Optional[int]", "4", 4),
        ("Optional[Act]", "none", "none"),
        ("list[Act]", "any, vote", ["any", "vote"]),
        ("list[Act]", "", []),
        ("list[int]", "1,2", [1, 2]),
    ],
)
def test_reads_what_is_typed(annotation, text, expected):
    read = parse_text(parameter(annotation), text, ALLOWED)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(
    ("annotation", "text", "message"),
    [
        ("bool", "yes", "'yes' .*is not true or false"),
        ("int", "1.5", "is not a whole number"),
        ("float", "a", "is not a number"),
        ("Account", "none", "allowed: essay, record"),
        ("list[Act]", "any,,vote", "'' is not an allowed Act"),
        ("list[int]", "1,x", "'x' .*is not a whole number"),
    ],
)
def test_refuses_what_is_mistyped(annotation, text, message):
    with pytest.raises(RegenerateError, match=message):
        parse_text(parameter(annotation), text, ALLOWED)


def asked(*parameters):
    return Notebook(Path("/n/01_types.ipynb"), "Which?", parameters)


def test_resolves_to_all_parameters_in_order():
    notebook = asked(parameter("Account", "essay", "account"), parameter("int", 1, "least"))
    assert list(resolve(notebook, {"least": 2}, ALLOWED).items()) == [
        *(("account", "essay"), ("least", 2))
    ]


def test_says_all_that_is_wrong_at_once():
    notebook = asked(parameter("Account", "essay", "account"), parameter("int", "1", "least"))
    with pytest.raises(RegenerateError) as error:
        resolve(notebook, {"acount": "essay", "account": "x"}, ALLOWED)
    first, second, third = str(error.value).splitlines()
    assert first == (
        "01_types: no parameter 'acount' (did you mean 'account'?); allowed: account, least"
    )
    assert second == "01_types: account: 'x' is not an allowed Account; allowed: essay, record"
    assert third.startswith("01_types: the default of least: '1' (str) is not a whole number")


def test_a_notebook_without_parameters_takes_none():
    with pytest.raises(RegenerateError, match="no parameter 'x'; allowed: none"):
        resolve(asked(), {"x": 1}, ALLOWED)


def test_values_are_asked_for_once():
    calls = []

    def values():
        calls.append(1)
        return ("essay",)

    allowed = remember({"Account": values})
    assert not calls
    for _ in range(3):
        check_value(parameter("Account"), "essay", allowed)
    assert len(calls) == 1


def test_data_that_cannot_be_read_is_an_error_with_a_message():
    def values():
        raise ValueError("accounts.csv is empty")

    with pytest.raises(RegenerateError, match=r"values of Account .*accounts\.csv is empty"):
        check_value(parameter("Account"), "essay", remember({"Account": values}))
