"""Let what else ends a process, as a closed terminal or a scheduler does, end it like Ctrl-C."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(KeyboardInterrupt):
    """Raised where an interrupt from the keyboard would be; ``code`` is that of the process."""

    def __init__(self, signum: int):
        super().__init__()
        self.code = 128 + signum


def _raise(signum: int, _: FrameType | None) -> None:
    raise Ended(signum)


@contextlib.contextmanager
def like_interrupts() -> Iterator[None]:
    """Raise `Ended` for signals that end a process, unless they are ignored (as by nohup)."""
    with _handled(_raise, [number for number in ENDING if _is_default(number)]):
        yield


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let none of these signals through, nor an interrupt, where they would arrive."""
    with _handled(signal.SIG_IGN, [signal.SIGINT, *ENDING]):
        yield


def _is_default(number: int) -> bool:
    return signal.getsignal(number) == signal.SIG_DFL


@contextlib.contextmanager
def _handled(handler: object, numbers: list[int]) -> Iterator[None]:
    # Python hears of signals in its main thread, and only there may it say what to do.
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, handler) for number in numbers if main}  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
