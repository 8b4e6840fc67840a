"""Counts and times requests by route template, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


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

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one request; an unknown method is not a label of its own."""
        known = method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        self._requests.labels(method if known else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def render(self) -> bytes:
        """The text exposition."""
        return generate_latest(self._registry)
