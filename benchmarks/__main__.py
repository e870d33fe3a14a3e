"""Measure all contenders in turn, several times, and print one table."""

import platform
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks import contenders as by
from benchmarks import following, kernels, limit, readings, scale
from benchmarks.contenders import Contender, Place
from benchmarks.measure import Measured, measure

OURS = "ours, cold"
QUICK_RUNS = 4
HELPER = "src/helpers/analysis/votes.py"
HEADING = '"source": [\n    "#'
KERNELS = {
    kernels.READY: "is ready for any Jupyter tool (which listens for 0.2 s at the end)",
    kernels.IMPORTED: "has answered (for which `coalition run` waits)",
}
CONTENDERS = [
    Contender("papermill's command, one after another", by.one_after_another, slow=True),
    Contender("papermill's command under `xargs -P`", by.under_xargs, slow=True),
    Contender("papermill's API in one process", by.by_api, slow=True),
    Contender("nbconvert --execute", by.in_nbconvert, slow=True),
    Contender(OURS, by.cold),
    Contender(
        "ours, after editing a helper",
        by.after_edit(HELPER, '"""', '""" '),
    ),
    Contender(
        "ours, after editing one notebook",
        by.after_edit("notebooks/01_support_typology.ipynb", f"{HEADING} ", f"{HEADING}  "),
    ),
    Contender(
        "ours, after editing a data table (`un_votes.csv`)",
        by.after_edit("data/un_votes.csv", "68/262,AFG", '"68/262",AFG'),
    ),
    Contender("ours, with nothing to do", by.again),
]


@click.command()
@click.option("--quick", is_flag=True, help="Few runs, once: whether everything works.")
@click.option("--repeats", default=3, show_default=True, help="How often each is measured.")
@click.option("--slow-once", is_flag=True, help="Measure what takes minutes in one round only.")
def main(quick: bool, repeats: int, slow_once: bool) -> None:
    """Compare ways to regenerate the notebooks, and print the table of docs/how-fast.md."""
    repeats = 1 if quick else repeats
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder).resolve(), QUICK_RUNS if quick else None)
        entrants = [*CONTENDERS, *_ploomber()]
        fast = [entrant for entrant in entrants if not (slow_once and entrant.slow)]
        rounds = [_round(place, fast if number else entrants) for number in range(repeats)]
        click.echo(f"\n{_conditions(place)}\n")
        for line in _table(entrants, rounds):
            click.echo(line)
        click.echo()
        for line in _others(place, quick, rounds):
            click.echo(line)


def _ploomber() -> Iterator[Contender]:
    """Yield ploomber-engine's contender if it can be installed."""
    try:
        yield Contender("ploomber-engine", by.in_ploomber(by.ploomber_environment()), False)
    except (OSError, subprocess.CalledProcessError) as error:
        click.echo(f"left out, since it cannot be installed: ploomber-engine ({error})", err=True)


def _round(place: Place, entrants: list[Contender]) -> dict[str, Measured]:
    """Measure every contender once, all under the same conditions."""
    found = {}
    for entrant in entrants:
        found[entrant.name] = measure(entrant.command(place), place.folder, place.env)
        click.echo(f"{entrant.name}: {found[entrant.name].seconds:.1f} s", err=True)
    return found


def _conditions(place: Place) -> str:
    return (
        f"{len(place.runs)} runs of {len({run.notebook for run in place.runs})} notebooks, "
        f"{place.jobs} cores, Python {platform.python_version()}; medians of as many rounds as "
        f"the table says, ratios within a round."
    )


def _table(entrants: list[Contender], rounds: list[dict[str, Measured]]) -> Iterator[str]:
    """Yield the lines of the table, the slowest contender first."""
    yield (
        "| way | seconds | times ours | CPU seconds | peak memory, MB | a process each | rounds |"
    )
    yield "|---|---:|---:|---:|---:|---|---:|"
    measured = {e.name: [r for r in rounds if e.name in r] for e in entrants}
    median = statistics.median
    seconds = {name: median(r[name].seconds for r in within) for name, within in measured.items()}
    for entrant in sorted(entrants, key=lambda entrant: -seconds[entrant.name]):
        name, within = entrant.name, measured[entrant.name]
        ratio = median(r[name].seconds / r[OURS].seconds for r in within)
        peak = median(r[name].peak for r in within)
        cpu = median(r[name].cpu for r in within)
        cells = [name, f"{seconds[name]:.1f}", f"{ratio:.2f}", f"{cpu:.1f}", f"{peak:.0f}"]
        yield f"| {' | '.join(cells)} | {'yes' if entrant.isolates else 'no'} | {len(within)} |"


def _others(place: Place, quick: bool, rounds: list[dict[str, Measured]]) -> Iterator[str]:
    """Yield what the table does not hold: the limit, kernels, the tests, and many runs."""
    cells, imported = limit.cells_seconds(place), limit.import_seconds(3)
    least = cells / place.jobs + imported
    ours = statistics.median(r[OURS].seconds for r in rounds)
    yield (
        f"- The limit: the cells' own {cells:.1f} s over {place.jobs} cores and one import of "
        f"{imported:.1f} s are {least:.1f} s; ours, cold, takes {ours / least:.2f} times that."
    )
    ready = kernels.medians(1 if quick else 9)
    for step, what in KERNELS.items():
        stock, forked = (ready[kind][step] for kind in (kernels.STARTED, kernels.FORKED))
        seconds = f"in {forked:.2f} s, a stock one in {stock:.2f} s"
        yield f"- A kernel {what} with the stack imported {seconds}."
    stock, forked = (limit.nbval_seconds(place, kind) for kind in (kernels.STARTED, kernels.FORKED))
    yield (
        f"- nbval on the notebooks takes {forked:.1f} s with warm kernels, {stock:.1f} s without: "
        f"{stock / forked:.1f} times."
    )
    costs = scale.milliseconds_a_run(place, [4] if quick else [10, 100, 1000])
    listed = ", ".join(f"{cost:.0f} ms among {size}" for size, cost in costs.items())
    yield f"- A run of a notebook that prints one number costs {listed}."
    found, seconds = readings.at_once()
    n = sum(map(len, found))
    each = readings.one_by_one(found, 20 if quick else 400)
    yield (
        f"- All {n} readings of all accounts are derived at once in {seconds:.2f} CPU "
        f"seconds; one after another, a sample of them takes {1000 * each:.0f} ms each: "
        f"{n * each / seconds:.0f} times as long."
    )
    planned = 1000 if quick else 10_000
    yield (
        f"- {planned} runs are planned and checked against the store in "
        f"{scale.planned_seconds(place, planned):.1f} s."
    )
    yield from following.lines()


if __name__ == "__main__":
    main()
