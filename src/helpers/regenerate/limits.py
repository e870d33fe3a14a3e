"""What a run may take before it is ended."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from helpers.regenerate.errors import RegenerateError, suggest

KEY = "coalition"
"""Where a notebook's metadata may say otherwise, such as ``{"coalition": {"timeout": 3600}}``."""


@dataclass(frozen=True)
class Limits:
    """Seconds, and megabytes of memory and of output, that a run may take; None if not asked."""

    timeout: float | None = None
    max_memory: float | None = None
    max_output: float | None = None

    def completed(self, metadata: Mapping[str, object]) -> "Limits":
        """Add what a notebook's metadata say, then the defaults."""
        asked = {name: value for name, value in asdict(self).items() if value is not None}
        return Limits(**{**asdict(DEFAULTS), **_stated(metadata.get(KEY, {})), **asked})


DEFAULTS = Limits(timeout=600, max_memory=2000, max_output=10)


def _stated(found: object) -> dict[str, float]:
    """Return the limits in a notebook's metadata, if they are."""
    names = [field.name for field in fields(Limits)]
    if not isinstance(found, Mapping):
        raise RegenerateError(f"metadata, {KEY}: limits by name are expected: {', '.join(names)}")
    for name, value in found.items():
        if name not in names:
            hint = f"{suggest(name, names)}; allowed: {', '.join(names)}"
            raise RegenerateError(f"metadata, {KEY}: no limit {name!r}{hint}")
        # Not isinstance: True is a number for Python and not for people.
        if type(value) not in {int, float} or not value > 0:
            raise RegenerateError(f"metadata, {KEY}: {name}: {value!r} is not a number above 0")
    return dict(found)
