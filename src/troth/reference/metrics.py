"""Counts and times requests by route template, and shows background tasks, for Prometheus."""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from troth.reference.background import Task
from troth.reference.timing import Tally


class _Background(Collector):
    """Reads off, whenever it is asked, what the background tasks have done."""

    def __init__(self, seen: Callable[[], Sequence[Task]]) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        """What is known of each task."""
        tasks = self._seen()
        running = GaugeMetricFamily(
            "troth_background_running", "Whether the task runs", labels=("task",)
        )
        for task in tasks:
            running.add_metric((task.name,), float(task.running))
        yield running
        for what, about in (
            ("rounds", "Rounds done"),
            ("changed", "Things changed"),
            ("failures", "Rounds that failed"),
        ):
            counter = CounterMetricFamily(f"troth_background_{what}", about, labels=("task",))
            for task in tasks:
                counter.add_metric((task.name,), float(getattr(task, what)))
            yield counter


class Metrics:
    """One application's own registry, so that several may live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "troth_requests", "Requests served", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "troth_request_seconds", "Time to serve", ("route",), registry=self._registry
        )
        self._statements = Counter(
            "troth_sql_statements", "SQL statements", ("route",), registry=self._registry
        )
        self._sql_seconds = Counter(
            "troth_sql_seconds", "Time of SQL statements", ("route",), registry=self._registry
        )

    def watch(self, seen: Callable[[], Sequence[Task]]) -> None:
        """Show what the background tasks do, too."""
        self._registry.register(_Background(seen))

    def observe(self, method: str, route: str, status: int, seconds: float, sql: Tally) -> None:
        """Note one request; an unknown method is not a label of its own."""
        known = method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        self._requests.labels(method if known else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        self._statements.labels(route).inc(sql.statements)
        self._sql_seconds.labels(route).inc(sql.seconds)

    def render(self) -> bytes:
        """The text exposition."""
        return generate_latest(self._registry)
