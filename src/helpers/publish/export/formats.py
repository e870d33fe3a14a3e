"""The formats of the export command, and who they are for.

Only names stand here, so that the command's help starts at once.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """One format: what it makes, and what it needs.

    Attributes
    ----------
    makes : str
        What stands at the place that the command is given.
    needs : str
        The package of the extra ``export`` that writes it; empty if none does.
    suffix : str
        How the name of the file must end; empty where a folder is made.
    labelled : bool
        Whether a column of codes can be numbers and labels at once, so that no second
        column has to give the numbers.
    """

    makes: str
    needs: str = ""
    suffix: str = ""
    labelled: bool = False


FORMATS = {
    "datapackage": Format("a folder of CSV files described by datapackage.json"),
    "excel": Format("one workbook, .xlsx", needs="xlsxwriter", suffix=".xlsx"),
    "stata": Format("a folder of .dta files", needs="pyreadstat", labelled=True),
    "parquet": Format("a folder of .parquet files", needs="pyarrow", labelled=True),
}
"""Name to format; the module of that name in this package has the function ``write``, and in
``HOW`` what is particular to the format."""
