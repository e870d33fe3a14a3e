"""Each rule for notebooks fails on a notebook that breaks it, and passes on one that does not."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import notebook_rules as rules
import pytest
from notebook_maker import code, markdown, notebook, printed, result, write

PARAMETERS = code("n: int = 1  # a number", tags=("parameters",))


@pytest.fixture
def good():
    """A notebook that breaks no rule."""
    cells = [markdown("# Who supports whom?"), code("import math"), PARAMETERS]
    for _ in range(10):
        cells += [markdown("Why."), code("math.pi")]
    cells.append(markdown("## What this does not show\n\nMuch."))
    for number in (1, 2, 3):
        cells += [markdown(f"### Exercise {number}\n\nTry."), code("n", tags=("solution",))]
    content = copy.deepcopy(notebook(*cells))
    for count, cell in enumerate(rules.code_cells(content), start=1):
        cell["execution_count"] = count
    return content


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_good_notebook_breaks_no_rule(good, rule):
    assert rule(good) == []


def first_code(content):
    return rules.code_cells(content)[0]


def put(text):
    """Return a change that puts a text into the first code cell."""
    return lambda content: first_code(content).update(source=text)


def say(text):
    """Return a change that puts a text into a prose cell."""
    return lambda content: content["cells"][3].update(source=text)


def show(output):
    """Return a change that gives a cell an output."""
    return lambda content: first_code(content)["outputs"].append(output)


def drop_parameters(content):
    content["cells"].remove(rules.code_cells(content)[1])


def strip_outputs(content):
    for cell in rules.code_cells(content):
        cell |= {"execution_count": None, "outputs": []}


def swap_cells(content):
    content["cells"][4], content["cells"][6] = content["cells"][6], content["cells"][4]


def parameters(text):
    return lambda content: rules.code_cells(content)[1].update(source=text)


def untag(content):
    for cell in content["cells"]:
        cell["metadata"].pop("tags", None)


def lengthen(content):
    for cell in rules.code_cells(content):
        cell["source"] = "a = 1\nb = 2\nc = 3\nd = 4\n"


def mark(where, name):
    def change(content):
        holder = content if where == "notebook" else content["cells"][3]
        holder["metadata"][name] = {}

    return change


ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
BREACHES = [
    (rules.ran_in_order, strip_outputs),
    (rules.ran_in_order, swap_cells),
    (rules.ran_in_order, lambda content: first_code(content).update(execution_count=None)),
    (rules.ran_in_order, lambda content: first_code(content).update(execution_count=7)),
    (rules.no_errors, show(ERROR)),
    (rules.no_errors, show(printed("UserWarning", "stderr"))),
    (rules.parameters_typed, drop_parameters),
    (rules.parameters_typed, lambda content: content["cells"].append(PARAMETERS)),
    (rules.parameters_typed, parameters("n = 1  # a number")),
    (rules.parameters_typed, parameters("n: int = 1")),
    (rules.parameters_typed, parameters("n: int | None = 1  # a number")),
    (rules.parameters_typed, parameters("# none")),
    (
        rules.parameters_typed,
        lambda content: first_code(content).update(metadata={"tags": ["injected-parameters"]}),
    ),
    (rules.no_definitions, put("def f():\n    return 1")),
    (rules.no_definitions, put("if n:\n    def f():\n        return 1")),
    (rules.no_definitions, put("async def f():\n    return 1")),
    (rules.no_definitions, put("class A:\n    pass")),
    (rules.no_definitions, put("f = lambda x: x")),
    (rules.no_definitions, put("f: object = lambda x: x")),
    (rules.no_definitions, put("(f := lambda x: x)(1)")),
    (rules.no_path_tricks, put("import sys\nsys.path.insert(0, '..')")),
    (rules.no_path_tricks, put("from sys import path")),
    (rules.no_path_tricks, put("%cd ..")),
    (rules.no_typed_numbers, say("Five and 6 states.")),
    (rules.no_typed_numbers, say("On 24 February 2022.")),
    (rules.no_typed_numbers, say("About 0.5 of them")),
    (rules.no_typed_numbers, say("Since 1722")),
    (rules.no_typed_numbers, say("## 13 states")),
    (rules.no_typed_numbers, say("## 1 First\n\n## 13 states")),
    (rules.no_typed_numbers, say("| states | 7 |")),
    (rules.no_typed_numbers, say("x20223")),
    (rules.right_size, lambda content: content.update(cells=content["cells"][:29])),
    (rules.right_size, lambda content: content.update(cells=content["cells"] * 2)),
    (rules.right_size, lengthen),
    (rules.own_ids, lambda content: content["cells"][1].update(id="cell-0")),
    (rules.own_ids, lambda content: content["cells"][1].pop("id")),
    (rules.no_machine_paths, show(printed("/home/ada/x.csv"))),
    (rules.exercises, untag),
    (rules.exercises, lambda content: content.update(cells=content["cells"][:-1])),
    (rules.skeleton, lambda content: content["cells"].pop(0)),
    (rules.skeleton, lambda content: content["cells"][0].update(source="# Who supports whom")),
    (rules.skeleton, lambda content: content.update(cells=content["cells"][:20])),
    (rules.normalised, mark("notebook", "papermill")),
    (rules.normalised, mark("cell", "execution")),
    (rules.normalised, lambda content: content["metadata"].pop("kernelspec")),
    (
        rules.normalised,
        lambda content: content["metadata"].update(language_info={"version": "3.11"}),
    ),
]


@pytest.mark.parametrize(
    ("rule", "change"),
    BREACHES,
    ids=[f"{rule.__name__}-{number}" for number, (rule, _) in enumerate(BREACHES)],
)
def test_a_breach_is_found(good, rule, change):
    change(good)
    assert rule(good)


def test_every_rule_is_broken_once():
    assert {rule for rule, _ in BREACHES} == set(rules.RULES)


@pytest.mark.parametrize(
    "text",
    [
        "Since 2014, and in 2022-2024",
        "Resolutions 68/262, ES-11/4, A/RES/ES-11/1 and A/RES/68/262.",
        "See 01_support_typology and [the next](02_recognition_vs_material_aid.ipynb).",
        "Call `head(5)`, or\n```python\nx = 5\n```\nand so on.",
        "## 3. Who\n\n### 3.1. Whom\n\n## Exercise 2",
        "## 1 Who\n\nWords.\n\n## 2 Whom",
        "1. first\n2. second",
        "From <https://example.org/12/34?x=5> and https://example.org/6.",
        '<img src="x.png" width="600">',
    ],
)
def test_prose_may_hold_digits_that_no_one_computes(good, text):
    say(text)(good)
    assert rules.no_typed_numbers(good) == []


def test_code_may_use_ipython_and_pass_a_lambda(good):
    put("%matplotlib inline\nsorted([1], key=lambda x: -x)")(good)
    assert rules.no_definitions(good) == []


def test_a_large_file_is_found(tmp_path):
    path = write(tmp_path / "a.ipynb", markdown("x" * 1000))
    assert rules.small_enough(path) == []
    write(path, markdown("x" * rules.MAX_BYTES))
    assert rules.small_enough(path)


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """What nbval, called as the project calls it, says of three notebooks."""
    folder = tmp_path_factory.mktemp("compared")
    cells = {
        "right": {**code("6 * 7", 1), "outputs": [result("42")]},
        "changed": {**code("6 * 7", 1), "outputs": [result("41")]},
        "stripped": code("6 * 7"),
    }
    paths = {name: write(folder / f"{name}.ipynb", cell) for name, cell in cells.items()}
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-rA", "-p"]
    done = subprocess.run(
        [*command, "no:cacheprovider", "--rootdir", str(folder), "-c", os.devnull],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return paths, done.stdout


def test_nbval_finds_a_changed_number(compared):
    _, said = compared
    assert "PASSED right.ipynb" in said, said
    assert "FAILED changed.ipynb" in said, said


def test_stripped_outputs_are_found_though_nbval_passes(compared):
    paths, said = compared
    assert "PASSED stripped.ipynb" in said, said
    assert rules.ran_in_order(rules.load(paths["stripped"]))
    assert rules.ran_in_order(rules.load(paths["right"])) == []


def test_the_project_compares_its_notebooks():
    """The options of pytest, without which a changed number would pass."""
    settings = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert '"--nbval",' in settings and '"notebooks"]' in settings
