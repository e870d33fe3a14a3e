"""What Sphinx is told, all of it."""

from typing import Any

from helpers.publish.export.table_model import Contents

SHORT_TITLE = "Coalition of the Unwilling"
WIDE = (
    "index",
    "states/index",
    "notebooks/index",
    "tables/index",
    "code/index",
    "code/class",
    "search",
)
"""Pages that need the whole width, and have few headings to list beside them."""


def settings(contents: Contents) -> dict[str, Any]:
    """Return Sphinx's configuration.

    Parameters
    ----------
    contents : Contents
        What the dataset says about itself.

    Returns
    -------
    dict of str to object
        Names of Sphinx's options and their values. Nothing is executed, and nothing
        that a page needs lies elsewhere than on the site.
    """
    facts = contents.dataset
    return {
        "project": SHORT_TITLE,
        "html_title": SHORT_TITLE,
        "language": "en",
        "extensions": ["myst_nb"],
        "nb_execution_mode": "off",
        # Widgets' scripts would be fetched from a content network.
        "nb_ipywidgets_js": {},
        "nb_merge_streams": True,
        # A list of claims is printed as a Markdown table, which plain CommonMark lacks.
        "nb_render_markdown_format": "myst",
        # Only solutions are folded away.
        "nb_code_prompt_show": "Show the solution",
        "nb_code_prompt_hide": "Hide the solution",
        # Not even dollarmath: MathJax would be fetched, and a dollar is a currency here.
        "myst_enable_extensions": [],
        "templates_path": ["_templates"],
        "html_static_path": ["_static"],
        "html_extra_path": ["_extra"],
        "exclude_patterns": ["_static", "_extra", "_templates"],
        "html_theme": "pydata_sphinx_theme",
        "html_theme_options": _theme(),
        "html_context": {"default_mode": "auto", "dataset": facts},
        "html_favicon": "_static/favicon.svg",
        "html_css_files": ["site.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_sidebars": {"**": []},
        "html_show_copyright": False,
        "html_show_sphinx": False,
        "html_show_sourcelink": False,
        "html_copy_source": False,
        "html_use_index": False,
    }


def _theme() -> dict[str, Any]:
    """Return the theme's options: no icons that lead elsewhere, no version switch."""
    return {
        "logo": {"text": SHORT_TITLE},
        "navbar_align": "left",
        "navbar_end": ["theme-switcher"],
        "header_links_before_dropdown": 7,
        "show_prev_next": False,
        "article_footer_items": ["steps"],
        "show_toc_level": 2,
        "secondary_sidebar_items": {"**": ["page-toc"]} | {name: [] for name in WIDE},
        "footer_start": ["colophon"],
        "footer_end": [],
        "article_header_start": [],
        "navigation_depth": 1,
    }
