"""Helpers behind the notebooks: data, codebook, typology, tables, plots.

The package itself imports nothing, so that commands which only read the
codebook or the notebooks' parameters start at once.
"""

__version__ = "0.1.0"
