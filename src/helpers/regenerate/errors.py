"""The error that the user of a command can put right, and how to word it."""

import contextlib
import difflib
from collections.abc import Iterable, Iterator


class RegenerateError(ValueError):
    """Says to people what is wrong, where, and what is allowed: in a notebook, plan or argument."""


class UnreadableValues(RegenerateError):  # noqa: N818
    """The data that say what a parameter may be cannot be read; it ends all other checks."""


class Problems(list[str]):
    """All that is wrong, a line each, to be said at once."""

    @contextlib.contextmanager
    def collected(self, before: str = "") -> Iterator[None]:
        """Add what is wrong to the others, each with a text before it, and go on."""
        try:
            yield
        except UnreadableValues:
            raise
        except RegenerateError as error:
            self.extend(f"{before}{line}" for line in str(error).splitlines())

    def refuse(self) -> None:
        """Raise RegenerateError if there are any."""
        if self:
            raise RegenerateError("\n".join(self))


def printable(text: str) -> str:
    """Return a text with what a terminal would obey as an escape."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def suggest(wrong: str, right: Iterable[str]) -> str:
    """Ask for the nearest allowed word; empty if none is near.

    Examples
    --------
    >>> suggest("acount", ["account", "silence"])
    " (did you mean 'account'?)"
    """
    near = difflib.get_close_matches(wrong, list(right), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
