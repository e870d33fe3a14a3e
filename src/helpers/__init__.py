"""Five rooms, and one way through them.

- `helpers.dataset`: what is known. Tables, codebook, checks, loading.
- `helpers.analysis`: what follows. Types, votes, agreement, comparison; tables in, tables out.
- `helpers.display`: how it is shown. Tables to read, figures to look at.
- `helpers.regenerate`: how notebooks are run. Knows nothing of states or codes.
- `helpers.publish`: what leaves the house. Exports and the site.

Notebooks import by short names, such as ``from helpers import plots, tables, typology``; the
package itself imports nothing until it is asked to, so that light commands start at once.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_SHORT_NAMES = {
    "agreement": "analysis",
    "association": "analysis",
    "claims": "analysis",
    "comparison": "analysis",
    "measures": "analysis",
    "evidence": "analysis",
    "explore": "display",
    "plots": "display",
    "profiles": "analysis",
    "scaling": "analysis",
    "sensitivity": "analysis",
    "tables": "display",
    "typology": "analysis",
    "votes": "analysis",
    "what_if": "analysis",
}


def __getattr__(name: str) -> ModuleType:
    if name not in _SHORT_NAMES:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    return import_module(f"helpers.{_SHORT_NAMES[name]}.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_SHORT_NAMES])
