"""Alternative text of figures in what nbconvert makes of notebooks, which its templates forget.

``jupyter_config.json``, which is installed for all of Jupyter, names it.
"""

from typing import Any

from helpers.publish.site.markup import tag


def show(notebook: Any, resources: Any) -> tuple[Any, Any]:
    """Have each image that carries alternative text shown as HTML with that text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            image = output.get("data", {}).get("image/png")
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if image and alt:
                source = f"data:image/png;base64,{''.join(image).strip()}"
                output.data = {"text/html": str(tag("img", src=source, alt=alt))}
    return notebook, resources
