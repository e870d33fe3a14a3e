"""The error that the user of a command can put right, and how to word it."""

import difflib
from collections.abc import Iterable


class RegenerateError(ValueError):
    """A notebook, a plan or an argument that cannot be used.

    The message is for people: it names what is wrong, where, and what is allowed.
    """


class UnreadableValues(RegenerateError):  # noqa: N818
    """The data that say what a parameter may be cannot be read.

    Every other check would fail for the same reason, so this one ends them.
    """


def suggest(wrong: str, right: Iterable[str]) -> str:
    """Return a question that names the nearest allowed word.

    Parameters
    ----------
    wrong : str
        What was written.
    right : iterable of str
        What may be written.

    Returns
    -------
    str
        Empty if nothing is near.

    Examples
    --------
    >>> suggest("acount", ["account", "silence"])
    " (did you mean 'account'?)"
    """
    near = difflib.get_close_matches(wrong, list(right), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
