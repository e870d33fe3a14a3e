"""The picture that a notebook lends to the README.

A notebook's cell tagged ``picture`` shows a figure; its image is kept as a file of
its own beside the documentation, since a README cannot show a notebook's output.
"""

import base64
import json
from pathlib import Path
from typing import Any

TAG = "picture"


def picture_path(notebook: Path) -> Path:
    """Where the picture of a notebook is kept: in ``docs``, beside the folder of the notebooks."""
    return notebook.parent.parent / "docs" / f"{notebook.stem}.png"


def picture_of(notebook: bytes) -> tuple[bytes, str] | None:
    """PNG bytes and alternative text of the first image of the cell tagged ``picture``, if any."""
    content: dict[str, Any] = json.loads(notebook)
    for cell in content["cells"]:
        if TAG in cell["metadata"].get("tags", []):
            for output in cell.get("outputs", []):
                image = output.get("data", {}).get("image/png")
                if image:
                    alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
                    return base64.b64decode("".join(image)), alt
    return None
