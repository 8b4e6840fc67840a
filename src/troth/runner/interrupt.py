"""Ctrl-C, also where Python would lose it: what is raised in a destructor goes nowhere.

Python runs signal handlers between any two instructions of the main thread, those of `__del__` and
of garbage collection callbacks among them, and only reports what is raised there. A run that lost
its Ctrl-C that way would go on for hours. So it is remembered too, and raised at the next exchange.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

# Hypothesis measures collections by a callback of this name.
DEAF = frozenset({"__del__", "gc_callback"})


@dataclass
class Interrupt:
    """Whether somebody has pressed Ctrl-C, and it has not been heard yet."""

    asked: bool = False

    def check(self, *_: object) -> None:
        """Raises KeyboardInterrupt, once, when it was asked for; in the main thread only."""
        if self.asked and threading.current_thread() is threading.main_thread():
            self.asked = False
            raise KeyboardInterrupt

    def pytest_keyboard_interrupt(self) -> None:
        """Pytest has it: what the end of the run sends is not interrupted by the same Ctrl-C."""
        self.asked = False

    def __call__(self, _: int, frame: FrameType | None) -> None:
        """The signal handler."""
        if self.asked:
            # A second Ctrl-C wants it now, wherever that is.
            raise KeyboardInterrupt
        self.asked = True
        if not any(name in DEAF for name in _names(frame)):
            raise KeyboardInterrupt


def _names(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        yield frame.f_code.co_name
        frame = frame.f_back


def listen(interrupt: Interrupt) -> Callable[[], None]:
    """Sends SIGINT to ``interrupt``; what it gives back undoes that.

    Elsewhere than in the main thread, and where somebody else listens or the signal is ignored,
    it is left alone.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return lambda: None
    signal.signal(signal.SIGINT, interrupt)
    return lambda: _restore(interrupt)


def _restore(interrupt: Interrupt) -> None:
    if signal.getsignal(signal.SIGINT) is interrupt:
        signal.signal(signal.SIGINT, signal.default_int_handler)
