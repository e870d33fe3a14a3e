"""What is handed out in a class, as files."""

from pathlib import Path

from helpers.analysis.teaching import text_accounts
from helpers.publish.seminar.handout import write_handout
from helpers.publish.seminar.plan import coding_sheet_name
from helpers.publish.seminar.slides import write_slides
from helpers.publish.seminar.workbook import write_coding_sheet


def write_materials(folder: Path) -> None:
    """Write what the site hands out: handout, slides, and a coding sheet per text."""
    folder.mkdir(parents=True)
    accounts = text_accounts()
    write_handout(accounts[0], folder / "handout.pdf")
    for account in accounts:
        write_coding_sheet(account, folder / coding_sheet_name(account))
    write_slides(accounts[0], folder / "slides", "../../../")
