"""Scripts of the pages: how they are loaded, and those that hold data.

Data come as scripts, since a page that is opened as a file may fetch nothing.
"""

import json
from typing import Any

from helpers.dataset.words import in_labels
from helpers.publish.site.markup import Html, joined, tag

TEXTS = ("rule", "breaks", "question", "border_cases")
"""What in a codebook is text for readers, in which backticks mark ids."""


def scripts(*names: str) -> Html:
    """Return what loads scripts of the site from a page in a folder, one after the other."""
    return joined(tag("script", src=f"../_static/{name}", defer="") for name in names)


def data_script(**values: object) -> bytes:
    """Return a script that names values, in ASCII whatever a page says of its encoding."""
    lines = (
        f"const {name} = {json.dumps(value, separators=(',', ':'))};\n"
        for name, value in values.items()
    )
    return "".join(lines).encode("ascii")


def labelled(value: Any, key: str = "") -> Any:
    """Return a codebook as JSON with labels in its texts in place of ids."""
    if isinstance(value, dict):
        return {name: labelled(each, name) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [labelled(each, key) for each in value]
    return in_labels(value) if key in TEXTS else value
