"""The report is a bar on a terminal, plain lines elsewhere, and a table at the end."""

import io

from helpers.regenerate.execute import Outcome
from helpers.regenerate.report import Report


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


class Log(io.StringIO):
    """A stream that counts how often it was flushed."""

    flushed = 0

    def flush(self):
        self.flushed += 1


GOOD = Outcome("01_types", 1.26, b"")
BAD = Outcome("02_regions__n-2", 12.0, b"", "cell [3]: ValueError: account 'x' is not known")


def test_plain_lines_can_be_followed():
    stream = Log()
    report = Report(12, stream)
    assert stream.getvalue() == ""
    report.add(GOOD, "done")
    assert stream.getvalue() == "[ 1/12] 01_types  1.3 s  done\n"
    assert stream.flushed


def test_a_terminal_gets_a_bar():
    stream = Terminal()
    report = Report(2, stream)
    report.add(GOOD, "done")
    shown = stream.getvalue()
    assert "1/2" in shown and "01_types" in shown and "\r" in shown
    assert "done" not in shown


def test_the_table_says_what_happened_and_where_to_look():
    for stream in (io.StringIO(), Terminal()):
        report = Report(3, stream)
        report.add(GOOD, "done")
        report.add(BAD, "FAILED")
        start = len(stream.getvalue())
        report.close("Look at: /somewhere/build")
        table = stream.getvalue()[start:]
        assert "run              seconds  result\n" in table
        assert "01_types             1.3  done\n" in table
        assert "02_regions__n-2     12.0  FAILED\n" in table
        assert "\n02_regions__n-2: cell [3]: ValueError: account 'x' is not known\n" in table
        assert "1 of 3 went well, 1 failed, 1 not run; " in table
        assert table.endswith("\nLook at: /somewhere/build\n")


def test_an_error_is_shown_and_not_obeyed():
    stream = io.StringIO()
    report = Report(1, stream)
    report.add(Outcome("a", 1.0, b"", "\x1b[2J\u202eé\n" + "y" * 10_000_000), "FAILED")
    report.close("Look")
    shown = stream.getvalue()
    assert r"a: \x1b[2J\u202eé" + "\n" in shown
    assert len(shown) < 6000 and "characters more" in shown


def test_nothing_is_said_of_no_runs():
    stream = io.StringIO()
    Report(3, stream).close("Look at: /somewhere")
    assert stream.getvalue() == ""
