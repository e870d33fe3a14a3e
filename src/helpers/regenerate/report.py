"""Tell the user how the runs go and how they went."""

import time
from typing import NoReturn, TextIO

from tqdm import tqdm

from helpers.regenerate.errors import printable
from helpers.regenerate.execute import Outcome

NAME_ON_BAR = 32
LONGEST = 5000


class Report:
    """A progress bar on a terminal, plain lines anywhere else; then a table."""

    def __init__(self, total: int, stream: TextIO):
        self.total = total
        self.stream = stream
        self.rows: list[tuple[Outcome, str]] = []
        self.start = time.perf_counter()
        self.bar: tqdm[NoReturn] | None = None
        if stream.isatty():
            self.bar = tqdm(
                total=total, unit="run", file=stream, mininterval=0, dynamic_ncols=True, leave=False
            )

    def add(self, outcome: Outcome, result: str) -> None:
        """Take note of a run that has ended, and in a word or two what was done with it."""
        self.rows.append((outcome, result))
        if self.bar is not None:
            self.bar.set_postfix_str(printable(outcome.name[:NAME_ON_BAR]), refresh=False)
            self.bar.update()
            return
        count = f"[{len(self.rows):>{len(str(self.total))}}/{self.total}]"
        self._line(f"{count} {outcome.name}  {outcome.seconds:.1f} s  {result}")

    def close(self, where: str) -> None:
        """Write a table of the runs, what failed and ``where`` to look; nothing if none ended."""
        if self.bar is not None:
            self.bar.close()
        if not self.rows:
            return
        width = max([len("run"), *(len(outcome.name) for outcome, _ in self.rows)])
        self._line(f"\n{'run':<{width}}  seconds  result")
        for outcome, result in self.rows:
            self._line(f"{outcome.name:<{width}}  {outcome.seconds:7.1f}  {result}")
        for outcome, _ in self.rows:
            if outcome.error:
                self._line(f"\n{outcome.name}: {_shortened(outcome.error)}")
        self._line(f"\n{self._summary()}\n{where}")

    def _summary(self) -> str:
        """Count the runs by how they ended."""
        failed = sum(bool(outcome.error) for outcome, _ in self.rows)
        missing = self.total - len(self.rows)
        parts = [f"{len(self.rows) - failed} of {self.total} went well", f"{failed} failed"]
        parts += [f"{missing} not run"] if missing else []
        return f"{', '.join(parts)}; {time.perf_counter() - self.start:.1f} s in all."

    def _line(self, text: str) -> None:
        """Write a line at once, so that a log can be followed."""
        self.stream.write(f"{printable(text)}\n")
        self.stream.flush()


def _shortened(text: str) -> str:
    """Return the start of a text, and how much more there is."""
    more = f" ... and {len(text) - LONGEST} characters more" if len(text) > LONGEST else ""
    return text[:LONGEST] + more
