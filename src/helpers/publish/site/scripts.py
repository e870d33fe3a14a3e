"""Scripts of the pages: how they are loaded, and those that hold data.

Data come as scripts, since a page that is opened as a file may fetch nothing.
"""

import json

from helpers.publish.site.markup import Html, joined, tag


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
