"""Writes what front ends report into the log, as data of a record of ours: they forge no line."""

import logging

from troth.reference.domain.access import Caller
from troth.reference.logs import log
from troth.reference.schemas.log_ingest import LogAccepted, LogBatch, LogEntry
from troth.reference.trace import Trace


def ingest(trace: Trace, caller: Caller, batch: LogBatch) -> LogAccepted:
    """One record an entry. Its level is data too: a client raises no alarm of the service's."""
    for each in batch.entries:
        log(
            logging.INFO,
            "client.reported",
            correlation_id=trace.correlation_id,
            principal=caller.user_id,
            tenant=caller.tenant_id,
            client=_facts(each),
        )
    return LogAccepted(accepted=len(batch.entries))


def _facts(entry: LogEntry) -> dict[str, str]:
    facts = entry.model_dump(exclude_none=True)
    if entry.url is not None:
        # Queries and fragments carry tokens, under any name.
        facts["url"] = entry.url.partition("?")[0].partition("#")[0]
    return facts
