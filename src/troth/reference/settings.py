"""What an operator may set: every setting, its default, and the environment it is read from."""

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TROTH_REFERENCE_"


class Settings(BaseSettings):
    """Settings of one instance; read from the environment under ``TROTH_REFERENCE_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    database_url: SecretStr | None = None
    """SQLAlchemy URL; without one, a SQLite file in a fresh folder that goes with the process."""
    redis_url: SecretStr | None = None
    redis_prefix: str = "troth-reference"
    fixtures: bool = False
    rate_limit: int = Field(default=600, ge=1)
    auth_rate_limit: int = Field(default=60, ge=1)
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
    max_body: int = Field(default=1024 * 1024, ge=1)
    log_level: str = "INFO"

    @field_validator("log_level")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()
