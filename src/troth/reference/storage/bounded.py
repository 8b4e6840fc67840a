"""A connection to PostgreSQL that gives up on a server which falls silent.

`connect_timeout` bounds connecting alone, and the kernel's own limits count what the peer's kernel
acknowledges, whether or not anybody behind it answers. So the client keeps the time itself.
"""

import time
from collections.abc import Generator
from typing import Any, ClassVar, TypeVar

import psycopg
from sqlalchemy import Engine, event

Found = TypeVar("Found")


class Bounded(psycopg.Connection[Any]):
    """Each exchange with the server takes so many seconds at most; waiting for a lock counts."""

    patience: ClassVar[float] = 10.0

    def wait(self, gen: Generator[Any, Any, Found], *args: Any, **kwargs: Any) -> Found:
        """The end of the exchange; OperationalError, and a closed connection, if it is not met."""
        return super().wait(self._timed(gen), *args, **kwargs)

    def _timed(self, gen: Generator[Any, Any, Found]) -> Generator[Any, Any, Found]:
        deadline = time.monotonic() + self.patience
        try:
            wanted = next(gen)
            while True:
                # psycopg looks up ten times a second, with nothing where nothing has come.
                ready = yield wanted
                if not ready and time.monotonic() >= deadline:
                    # Closed: the answer may still come, and would be taken for another's.
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the server has fallen silent")
                wanted = gen.send(ready)
        except StopIteration as end:
            found: Found = end.value
            return found


def install(engine: Engine, patience: float) -> None:
    """Let the engine make such connections."""

    class Patient(Bounded):
        pass

    Patient.patience = patience

    def connect(_: Any, __: Any, cargs: Any, cparams: Any) -> Any:
        return Patient.connect(*cargs, **cparams)

    event.listen(engine, "do_connect", connect)
