"""The project's notebooks keep the rules, and refuse wrong parameters by themselves.

That their outputs are what they print today is compared by nbval, which pytest runs
on the folder of notebooks (see pyproject.toml).
"""

from pathlib import Path

import notebook_rules as rules
import papermill
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory

from helpers.parameters import ALLOWED
from helpers.regenerate import warm
from helpers.regenerate.execute import refresh_run
from helpers.regenerate.notebook_source import read_notebook
from helpers.regenerate.parameter_values import PLAIN
from helpers.regenerate.plan import Run, default_notebooks, read_plan

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LEAST_RUNS = 16


def listed(path):
    """The parameters of a notebook whose values are a closed list."""
    try:
        return [p for p in read_notebook(path).parameters if p.base not in PLAIN]
    except ValueError:
        return []  # the rule about parameters says what is wrong


CHOICES = [
    # Each starts a kernel; the first parameter of each notebook stands for the others.
    pytest.param(path, parameter, marks=[pytest.mark.long] if place else [])
    for path in NOTEBOOKS
    for place, parameter in enumerate(listed(path))
]


def test_there_are_notebooks_and_a_plan_for_each():
    if not (FOLDER / "plan.yml").is_file():
        pytest.skip("no plan yet")
    assert NOTEBOOKS
    runs = read_plan(FOLDER, ALLOWED)
    assert len(runs) >= LEAST_RUNS
    assert {run.notebook for run in runs} == set(NOTEBOOKS)
    assert default_notebooks(FOLDER, [], ALLOWED) == NOTEBOOKS


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_keeps_the_rule(path, rule):
    assert rule(rules.load(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_small(path):
    assert rules.small_enough(path) == []


@pytest.mark.parametrize(
    ("path", "parameter"), CHOICES, ids=lambda value: getattr(value, "stem", None) or value.name
)
def test_stock_papermill_fails_on_a_value_that_is_not_allowed(path, parameter):
    """Whoever does not use our command gets the helper's message, not a wrong figure."""
    wrong = "no such value"
    value = [wrong] if parameter.wrapper == "list" else wrong
    with pytest.raises(papermill.PapermillExecutionError) as error:
        papermill.execute_notebook(
            str(path), None, {parameter.name: value}, progress_bar=False, kernel_name="python3"
        )
    assert error.value.ename == "ValueError"
    assert wrong in error.value.evalue
    for allowed in ALLOWED[parameter.base]():
        assert allowed in error.value.evalue


# Importing anew takes ten seconds each; nbval executes all of them always, on warm kernels.
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.long] if place % 6 else [], id=path.stem)
        for place, path in enumerate(NOTEBOOKS)
    ],
)
def test_a_stock_kernel_prints_the_same(path, monkeypatch):
    """A warm kernel has imported what the notebook may have forgotten to import."""
    monkeypatch.setenv(warm.VARIABLE, "local-provisioner")
    KernelProvisionerFactory.clear_instance()
    outcome = refresh_run(Run(path, {}, path.stem))
    KernelProvisionerFactory.clear_instance()
    assert outcome.error == ""
    assert outcome.notebook == path.read_bytes()
