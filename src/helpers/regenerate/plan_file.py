"""Read a plan: for each notebook a list of runs, as the parameters that differ from its defaults.

A plan is a YAML file beside the notebooks::

    01_support_typology:
      - {}
      - {silence: as_no, min_confidence: high}
      - {silence: as_no, coalition: {timeout: 3600}}

Of YAML it takes no more than that needs, so that nothing in it can go on for ever.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers.regenerate.errors import Problems, RegenerateError, suggest
from helpers.yaml_reading import Form, Loader, Refused, line_of, parse

PLAN_NAME = "plan.yml"
MOST_BYTES = 10_000_000

FORM = Form(deepest=4, longest=500)
"""Of a plan: its list of runs, a run, and a parameter that is a list or the run's limits."""


@dataclass(frozen=True)
class Entry:
    """One run as the plan writes it, and where."""

    place: str
    notebook: str
    given: dict[str, object]


class Unreadable:
    """A value that YAML takes for a date or a number, and that is none."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return repr(self.text)


def read_entries(path: Path, notebooks: Collection[str], problems: Problems) -> Iterator[Entry]:
    """Yield the runs of a plan; add to the problems, with the line, what is none.

    RegenerateError if it is not YAML, or not of the described form.
    """
    plan = _Plan(path, problems)
    for key, listed in plan.pairs(plan.root()):
        if key not in notebooks:
            hint = f"{suggest(key, notebooks)}; allowed: {', '.join(notebooks)}"
            plan.complain(listed, f"no notebook {key!r}{hint}")
        elif not isinstance(listed, yaml.SequenceNode) or not listed.value:
            plan.complain(listed, f"{key} needs a list of runs, such as\n  - {{}}")
        else:
            for node in listed.value:
                if isinstance(node, yaml.MappingNode):
                    given = {name: plan.value(value) for name, value in plan.pairs(node)}
                    yield Entry(plan.place(node), key, given)
                else:
                    text = "a run is a mapping of parameters to values; {} runs the defaults"
                    plan.complain(node, text)


class _Plan:
    """A plan's text as nodes that know their lines."""

    def __init__(self, path: Path, problems: Problems):
        self.path = path
        self.problems = problems
        self.text = self._read()

    def _read(self) -> str:
        try:
            content = self.path.read_bytes()
            if len(content) > MOST_BYTES:
                raise RegenerateError(f"{self.path.name}: larger than {MOST_BYTES} bytes")
            return content.decode("utf-8-sig")
        except FileNotFoundError as error:
            raise RegenerateError(f"no plan at {self.path}; name the notebooks to run") from error
        except OSError as error:
            raise RegenerateError(f"{self.path}: cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise RegenerateError(f"{self.path.name}, line {line}: not UTF-8") from error

    def root(self) -> yaml.MappingNode:
        """Return the outermost mapping."""
        try:
            self.loader, root = parse(self.text, Loader, FORM)
        except Refused as error:
            raise RegenerateError(f"{self.path.name}, line {error.line}: {error}") from error
        if not isinstance(root, yaml.MappingNode) or not root.value:
            raise RegenerateError(f"{self.path.name}: needs notebooks, each with a list of runs")
        return root

    def pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
        """Yield a mapping's keys and values; YAML itself would keep the last of a key."""
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.complain(key, "a name was expected before the colon")
                continue
            if key.value in seen:
                self.complain(key, f"{key.value!r} is there twice")
            seen.add(key.value)
            yield key.value, value

    def value(self, node: yaml.Node) -> object:
        """Return the value that a node stands for, or `Unreadable`."""
        try:
            return self.loader.construct_object(node, deep=True)
        except Refused:
            return Unreadable(str(node.value) if isinstance(node, yaml.ScalarNode) else node.tag)

    def complain(self, node: yaml.Node, text: str) -> None:
        """Add a problem with the line of a node."""
        self.problems.append(f"{self.place(node)}: {text}")

    def place(self, found: yaml.Node) -> str:
        """Return the file and the line of what was found."""
        return f"{self.path.name}, line {line_of(found)}"
