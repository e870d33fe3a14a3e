"""Name the file of a run after what was chosen for it.

A name is valid on Windows, cannot leave its folder, is the same whenever the run
is the same, and different whenever it differs, upper and lower case set aside.
"""

import functools
import hashlib
import json
import re
from collections.abc import Mapping

from helpers.regenerate.notebook_source import Value

MAX_LENGTH = 100
"""Characters in a name, so that the path stays below the 260 of Windows."""

DIGEST_LENGTH = 12
WORD = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
# Windows takes these for devices, with any ending.
RESERVED = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(10)}


def output_name(
    notebook: str,
    chosen: Mapping[str, Value],
    known: Mapping[str, tuple[str, ...]] | None = None,
) -> str:
    """Name a run's file, without its ending; ``chosen`` is what differs from the defaults.

    ``known`` has all values of a parameter, where there is a list: they are written as words
    (``Western Asia`` as ``western_asia``) if that leaves them distinct. Where a part is no plain
    word the name is cleaned or shortened, and ends with a digest of what it stands for.

    Examples
    --------
    >>> output_name("01_support", {"silence": "as_no", "strict": True})
    '01_support__silence-as_no__strict-true'
    >>> output_name("01_support", {"label": "Yes & No"})
    '01_support__label-yes_no__ea7e04618cd0'
    """
    known = known or {}
    texts = {name: _text(value, known.get(name, ())) for name, value in chosen.items()}
    words = [notebook, *chosen]
    if all(WORD.fullmatch(word) for word in words) and None not in texts.values():
        name = "__".join([notebook, *(f"{key}-{text}" for key, text in texts.items())])
        if len(name) <= MAX_LENGTH and name not in RESERVED:
            return name
    return _with_digest(notebook, chosen)


def _text(value: Value, known: tuple[str, ...]) -> str | None:
    """Return a value as one word, or None if the word could mean another."""
    match value:
        case None | bool():
            return str(value).lower()
        case int() | float():
            return repr(value) if re.fullmatch(r"\d+(\.\d+)?", repr(value)) else None
        case list():
            texts = [_text(member, known) for member in value]
            # One member alone would read like the member itself, and none like nothing.
            return "+".join(filter(None, texts)) if len(texts) > 1 and None not in texts else None
    word = _words(known).get(value, "") if known else value
    mistakable = word.isdigit() or word in {"true", "false", "none"}
    return word if WORD.fullmatch(word) and not mistakable else None


@functools.cache
def _words(known: tuple[str, ...]) -> dict[str, str]:
    """Values as lower-case words, or nothing if two would be the same."""
    words = {value: re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_") for value in known}
    return words if len(set(words.values())) == len(words) else {}


def _with_digest(notebook: str, chosen: Mapping[str, Value]) -> str:
    """Return a cleaned name that ends with a digest of the whole run.

    A readable name has a hyphen in every part but the first, and a digest has none:
    the two kinds cannot meet.
    """
    content = json.dumps([notebook, list(chosen.items())])
    digest = hashlib.sha256(content.encode()).hexdigest()[:DIGEST_LENGTH]
    parts = [notebook, *(f"{name}-{value}" for name, value in chosen.items())]
    cleaned = re.sub(r"[^a-z0-9_-]+", "_", "__".join(parts).lower())
    start = cleaned[: MAX_LENGTH - DIGEST_LENGTH - 2].strip("_-") or "run"
    return f"{start}__{digest}"
