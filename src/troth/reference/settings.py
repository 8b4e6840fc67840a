"""What an operator may set: every setting, its default, and the environment it is read from."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TROTH_REFERENCE_"


class Settings(BaseSettings):
    """Settings of one instance; read from the environment under ``TROTH_REFERENCE_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    database_url: SecretStr | None = None
    """SQLAlchemy URL; without one, a SQLite file in a fresh folder that goes with the process."""
    folder: Path | None = None
    """Where the SQLite file, the objects and the keys lie that outlive the process."""
    pool_size: int = Field(default=10, ge=1)
    """Connections to the database that are kept open."""
    pool_overflow: int = Field(default=10, ge=0)
    """Connections beyond those, opened when all are taken and closed when given back."""
    pool_timeout: float = Field(default=30.0, gt=0)
    """Seconds that a request waits for a connection, before it is answered with 503."""
    connect_timeout: int = Field(default=3, ge=2)
    """Seconds that opening a connection to PostgreSQL may take; libpq takes none below 2."""
    server_timing: bool = True
    """Whether each answer tells its time and number of SQL statements; off, where a stranger must
    not learn by them what an answer hides."""
    database_patience: float = Field(default=10.0, gt=0)
    """Seconds after which a database that does not answer counts as gone."""
    redis_url: SecretStr | None = None
    redis_patience: float = Field(default=2.0, gt=0)
    """Seconds after which a Redis that does not answer counts as gone."""
    redis_prefix: str = "troth-reference"
    fixtures: bool = False
    rate_limit: int = Field(default=600, ge=1)
    auth_rate_limit: int = Field(default=60, ge=1)
    auth_rate_limits: dict[str, int] = {}
    """Other limits of logins, for addresses of these domains."""
    cors_origins: list[str] = []
    access_ttl: int = Field(default=900, ge=1)
    refresh_ttl: int = Field(default=14 * 24 * 3600, ge=1)
    signing_key: SecretStr | None = None
    issuer: str = "https://reference.troth.test"
    audience: str = "troth-reference"
    seed: bool = False
    password_alice: SecretStr | None = None
    password_bob: SecretStr | None = None
    password_carol: SecretStr | None = None
    password_admin: SecretStr | None = None
    password_operator: SecretStr | None = None
    key_alice: SecretStr | None = None
    """API key of acme; its holder owns agent sessions."""
    key_bob: SecretStr | None = None
    """API key of globex."""
    heartbeat: float = Field(default=15.0, gt=0)
    """Seconds of silence after which an event stream pings."""
    contact_rate_limit: int = Field(default=5, ge=1)
    """Messages a minute from one address, and of one sender."""
    log_ingest: bool = False
    """Whether front ends may report into the log."""
    challenge_ttl: int = Field(default=300, ge=1)
    """Seconds in which a login's second factor is to follow its password."""
    max_body: int = Field(default=1024 * 1024, ge=1)
    storage_folder: Path | None = None
    """Where objects are kept; without one, in memory."""
    storage_key: SecretStr | None = None
    """Signs upload and download URLs; without one, a fresh key that goes with the process."""
    storage_ttl: int = Field(default=900, ge=1)
    """Seconds for which such a URL is good."""
    hash_memory: int = Field(default=19 * 1024, ge=8)
    """KiB of memory for a password's hash; OWASP recommends 19 MiB at least."""
    billing: bool = True
    stripe_webhook_secret: SecretStr | None = None
    """What the payment provider signs with; without it, its webhook is not mounted."""
    worker_timeout: float = Field(default=60.0, gt=0)
    """Seconds of silence after which a worker counts as gone, and its operations as orphaned."""
    orphan_interval: float = Field(default=5.0, gt=0)
    """Seconds between two looks for orphaned operations."""
    log_level: str = "INFO"
    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "otlp_endpoint", f"{PREFIX}OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
        ),
    )
    """Where traces are sent over OTLP/HTTP: the collector's base URL; without one, nowhere."""
    ai_provider: Literal["stub", "outage"] = "stub"
    """Who answers: the deterministic stub, or one that breaks off, to rehearse that."""
    ai_pace: float = Field(default=0, ge=0)
    """Seconds between the pieces of the stub's answers."""
    agent_pace: float = Field(default=0, ge=0)
    """Seconds that the stub of an agent takes to write a file."""
    ai_lease: float = Field(default=600, gt=0)
    """Seconds after which an answer whose process died no longer counts as running."""
    agent_lease: float = Field(default=90, gt=0)
    """The same for an agent's session: more than the longest turn takes."""
    chat_concurrency: int = Field(default=4, ge=1)
    """Chat turns of one user at once."""
    workflow_concurrency: int = Field(default=8, ge=1)
    """Workflow runs of one tenant at once; one that waits for approval does not count."""
    signup_policy: Literal["public", "invite_only", "approval"] = "public"
    """Who may register: anybody, whoever has an invite, or whoever an operator approves."""
    invite_ttl: int = Field(default=7 * 24 * 3600, ge=1)
    verification_ttl: int = Field(default=24 * 3600, ge=1)
    reset_ttl: int = Field(default=3600, ge=1)
    hook_delivery: bool = False
    """Whether agents' hooks are really told; without, tellings are noted as skipped."""
    hook_allow: list[str] = []
    """Networks and hosts that hooks may lead to although they are not public."""

    @field_validator("log_level")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()
