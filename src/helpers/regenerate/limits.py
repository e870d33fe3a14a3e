"""What a run may take before it is ended."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from helpers.regenerate.errors import RegenerateError, suggest

KEY = "coalition"
"""Where a plan's run or a notebook's metadata may ask, as in ``{"coalition": {"timeout": 60}}``."""


@dataclass(frozen=True)
class Limits:
    """Seconds, and megabytes of memory and of output, that a run may take; None if not asked."""

    timeout: float | None = None
    max_memory: float | None = None
    max_output: float | None = None

    def over(self, others: "Limits") -> "Limits":
        """Return these, with the others' where these do not ask."""
        return Limits(**{**asdict(others), **_asked(self)})


NOT_ASKED = Limits()
DEFAULTS = Limits(timeout=600, max_memory=2000, max_output=10)


def _asked(limits: Limits) -> dict[str, float]:
    return {name: value for name, value in asdict(limits).items() if value is not None}


def read_limits(found: object) -> Limits:
    """Read limits by name; RegenerateError says what is none, and what is allowed."""
    names = [field.name for field in fields(Limits)]
    if not isinstance(found, Mapping):
        raise RegenerateError(f"limits by name are expected: {', '.join(names)}")
    for name, value in found.items():
        if name not in names:
            hint = f"{suggest(str(name), names)}; allowed: {', '.join(names)}"
            raise RegenerateError(f"no limit {name!r}{hint}")
        # Not isinstance: True is a number for Python and not for people.
        if type(value) not in {int, float} or not value > 0:
            raise RegenerateError(f"{name}: {value!r} is not a number above 0")
    return Limits(**found)


def limits_of(metadata: Mapping[str, object]) -> Limits:
    """Read what a notebook's metadata asks for."""
    try:
        return read_limits(metadata.get(KEY, {}))
    except RegenerateError as error:
        raise RegenerateError(f"metadata, {KEY}: {error}") from error
