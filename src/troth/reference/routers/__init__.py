"""One thin router a domain; a router that is switched off is in neither service nor document."""

from collections.abc import Iterator

from fastapi import APIRouter

from troth.reference.routers import (
    accounts,
    activity,
    agent_checkpoints,
    agent_hooks,
    agent_queries,
    agent_sessions,
    agent_socket,
    agents,
    assets,
    auth,
    billing,
    billing_fixtures,
    billing_stream,
    chat,
    contact,
    containers,
    conversation_streams,
    conversations,
    credentials,
    fixtures,
    guardrails,
    health,
    incidents,
    log_ingest,
    messages,
    mfa,
    openai_files,
    operation_fixtures,
    operations,
    preferences,
    services,
    sessions,
    status,
    status_fixtures,
    status_subscriptions,
    storage,
    stripe,
    tenants,
    throwaways,
    tools,
    uploads,
    usage,
    users,
    vector_stores,
    workers,
    workflow_runs,
    workflows,
)
from troth.reference.settings import Settings


def enabled(settings: Settings) -> Iterator[APIRouter]:
    """The routers these settings ask for."""
    yield health.routes
    yield auth.routes
    yield sessions.routes
    yield mfa.routes
    yield services.routes
    yield tenants.routes
    yield preferences.routes  # its paths come before those of /users/{user_id}
    yield users.routes
    yield conversations.routes
    yield messages.routes
    yield storage.routes
    yield uploads.routes
    yield assets.routes
    yield openai_files.routes
    yield containers.routes
    yield agents.routes
    yield chat.routes
    yield conversation_streams.routes
    # Before the catalogue: `runs` is no workflow's key.
    yield workflow_runs.routes
    yield workflow_runs.approving
    yield workflows.routes
    yield workflows.running
    yield guardrails.routes
    yield tools.routes
    yield usage.routes
    yield vector_stores.routes
    yield status.routes
    yield incidents.routes
    yield status_subscriptions.routes
    yield accounts.routes
    yield credentials.routes
    yield contact.routes
    yield activity.routes
    if settings.log_ingest:
        yield log_ingest.routes
    yield agent_queries.routes
    yield agent_socket.routes
    yield agent_sessions.routes
    yield agent_checkpoints.routes
    yield agent_hooks.routes
    yield operations.routes
    yield workers.routes
    if settings.billing:
        yield billing.routes
        yield billing_stream.routes
    if settings.billing and settings.stripe_webhook_secret is not None:
        yield stripe.routes
    if settings.billing and settings.fixtures:
        yield billing_fixtures.routes
    if settings.fixtures:
        yield fixtures.routes
        yield operation_fixtures.routes
        yield status_fixtures.routes
        yield throwaways.routes
