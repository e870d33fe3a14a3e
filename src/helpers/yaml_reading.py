"""Read YAML that anybody may have written: always with an end, and the line of what is wrong."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml

# The parser in C, where the library was built with it, takes a tenth of the time.
_Fastest: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
QUOTE = "put odd values in quotes"


class Refused(ValueError):  # noqa: N818
    """Says what cannot be read, and in which line; 0 where none can be named."""

    def __init__(self, line: int, problem: str):
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True)
class Form:
    """How deep collections may stand in each other, how long a text and whether & and * may be."""

    deepest: int
    longest: int
    references: bool = False


class Loader(_Fastest):  # type: ignore[valid-type, misc]
    """Raises `Refused` for the 30th of February and whatever else is no value."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Return the value that a node stands for."""
        with _refusing(node):
            return super().construct_object(node, deep)

    def construct_document(self, node: yaml.Node) -> Any:
        """Return all values of a document, those of collections included."""
        with _refusing(node):
            return super().construct_document(node)


@contextlib.contextmanager
def _refusing(node: yaml.Node) -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    # PyYAML builds dates and numbers before it looks whether they make sense.
    except (yaml.YAMLError, ValueError, OverflowError, TypeError, LookupError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or error
        line = mark.line + 1 if mark else line_of(node)
        raise Refused(line, f"not YAML ({what}); {QUOTE}") from error


Kind = TypeVar("Kind", bound=Loader)


def parse(text: str, kind: type[Kind], form: Form) -> tuple[Kind, yaml.Node | None]:
    """Return a loader and the root of what it reads; `Refused` for what is not of the form."""
    try:
        # One by one first: nodes are made by functions that call themselves for each bracket.
        check = _Check(form)
        for event in yaml.parse(text, _Fastest):
            check.see(event)
        loader = kind(text)
        return loader, loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Refused(line, f"not YAML ({error.problem})") from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise Refused(line, f"not YAML ({error.reason})") from error


def line_of(found: yaml.Node | yaml.Event) -> int:
    """Return the line on which something begins."""
    return found.start_mark.line + 1 if found.start_mark else 0


class _Check:
    """Looks at one event after the other, and refuses what a form has no need of."""

    def __init__(self, form: Form):
        self.form = form
        self.depth = 0
        # How deep the collection stands that others may refer to.
        self.named = 0

    def see(self, event: yaml.Event) -> None:
        """Take the next event."""
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.CollectionStartEvent):
            self.depth += 1
            self.named = self.named or (self.depth if anchor else 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.named = 0 if self.named == self.depth else self.named
            self.depth -= 1
        problem = self._problem(event, anchor)
        if problem:
            raise Refused(line_of(event), problem)

    def _problem(self, event: yaml.Event, anchor: str | None) -> str:
        tag = getattr(event, "tag", None)
        alias = isinstance(event, yaml.AliasEvent)
        if (alias or anchor) and not self.form.references:
            return "& and * refer to other lines; write out what is meant, or quote it"
        if alias and self.named:
            return "a * within what others refer to could multiply; write out what is meant"
        if tag:
            return f"the tag {tag!r} is of no use here; {QUOTE}"
        if self.depth > self.form.deepest:
            return f"brackets within brackets; allowed: {self.form.deepest} in each other"
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > self.form.longest:
            length = len(event.value)
            return f"a text of {length} characters; allowed: at most {self.form.longest}"
        return ""
