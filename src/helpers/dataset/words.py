"""Counts and names of states as running text, for sentences and labels."""

from collections.abc import Iterable, Sequence

from helpers.dataset.loading import load_states


def listing(items: Iterable[object], nobody: str = "none") -> str:
    """Return items as running text.

    Parameters
    ----------
    items : iterable of object
        What to list.
    nobody : str
        What to say if there is nothing.

    Returns
    -------
    str
        The items with commas, and "and" before the last.

    Examples
    --------
    >>> listing(["Iran", "Syria", "Serbia"]), listing([])
    ('Iran, Syria and Serbia', 'none')
    """
    texts = [str(item) for item in items]
    if len(texts) < 2:
        return texts[0] if texts else nobody
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def names(states: Iterable[str]) -> list[str]:
    """Return the short names of states.

    Parameters
    ----------
    states : iterable of str
        ISO3 codes.

    Returns
    -------
    list of str
        Short names, in the same order.

    Raises
    ------
    ValueError
        If a code is not that of a UN member; the message names it.

    Examples
    --------
    >>> names(["PRK", "IRN"])
    ['North Korea', 'Iran']
    """
    known = load_states()["short_name"]
    codes = list(states)
    unknown = [code for code in codes if not isinstance(code, str) or code not in known.index]
    if unknown:
        raise ValueError(f"not the ISO3 code of a UN member: {', '.join(map(str, unknown))}")
    return [str(known[code]) for code in codes]


def count_of(states: Sequence[str], total: int) -> str:
    """Return a count with its base and the states' names.

    Parameters
    ----------
    states : sequence of str
        ISO3 codes.
    total : int
        Of how many.

    Returns
    -------
    str
        Such as ``2 of 13 (Iran and Syria)``.

    Raises
    ------
    ValueError
        As `names`.

    Examples
    --------
    >>> count_of(["IRN", "SYR"], 13)
    '2 of 13 (Iran and Syria)'
    """
    return f"{len(states)} of {total} ({listing(names(states))})"
