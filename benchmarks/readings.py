"""What every reading at once takes, beside one after another."""

import random
import time
from itertools import product

from helpers.analysis.readings import AS_THEY_STAND, LOADED, Readings, readings
from helpers.analysis.typology import derive, thesis
from helpers.dataset.allowed import account_ids
from helpers.dataset.loading import load_cases

SEED = 20261130


def at_once() -> tuple[list[Readings], float]:
    """Return all readings of all accounts, and the CPU seconds that they took."""
    # What the process reads and checks once is no part of either way.
    load_cases(account_ids()[0])
    start = time.process_time()
    found = [readings(account) for account in account_ids()]
    return found, time.process_time() - start


def one_by_one(found: list[Readings], n_sampled: int) -> float:
    """Return the CPU seconds that a reading takes by itself: the mean of a seeded sample."""
    every = [(one, choice) for one in found for choice in product(*one.choices.values())]
    sample = random.Random(SEED).sample(every, min(n_sampled, len(every)))
    start = time.process_time()
    for one, choice in sample:
        _derive(one, dict(zip(one.choices, choice, strict=True)))
    return (time.process_time() - start) / len(sample)


def _derive(found: Readings, choice: dict[str, object]) -> None:
    loading = {name: choice.pop(name) for name in LOADED}
    cases = load_cases(found.account, **loading)  # type: ignore[arg-type]
    options = [str(option) for option in choice.values() if option != AS_THEY_STAND]
    derive(cases, options)
    thesis(cases, options)
