"""Process configuration: one frozen object, read once at start-up and passed in."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class TwilioSettings(BaseModel):
    """Credentials of the Twilio gateway; `sender` is a number (+…) or a messaging service (MG…)."""

    account_sid: str
    auth_token: SecretStr
    sender: str


class SmsSettings(BaseModel):
    """How text messages leave: `console` prints them and appends them to `console_file`."""

    gateway: Literal["console", "twilio"] = "console"
    console_file: Path = Path("var/sms.jsonl")
    twilio: TwilioSettings | None = None
    lease_seconds: int = 60
    """How long a worker may hold a message before another one looks after it."""

    @model_validator(mode="after")
    def _refuse_missing_credentials(self) -> Self:
        if self.gateway == "twilio" and self.twilio is None:
            raise ValueError("SMS__GATEWAY=twilio needs SMS__TWILIO__ACCOUNT_SID and its siblings")
        return self


class Settings(BaseSettings):
    """Process configuration. `.env.example` lists every variable."""

    model_config = SettingsConfigDict(
        env_file=".env", env_nested_delimiter="__", frozen=True, extra="ignore"
    )

    env: Literal["dev", "test", "prod"] = "dev"
    database_url: str
    """`postgresql+psycopg://…`; a unix socket goes into `?host=`."""
    redis_url: str
    """Cache, replay window, rate limits: `redis://…` or `unix://…`."""
    celery_broker_url: str
    """`redis://…`, `redis+socket://…`, `sentinel://…` or `amqp://…`; never a Redis Cluster."""
    keys_file: Path = Path("var/keys.json")
    public_base_url: HttpUrl = HttpUrl("http://localhost:8000")
    sms: SmsSettings = SmsSettings()

    @model_validator(mode="after")
    def _refuse_dev_values_in_prod(self) -> Self:
        if self.env == "prod" and self.sms.gateway == "console":
            raise ValueError("SMS__GATEWAY=console is for development only")
        if self.env == "prod" and self.public_base_url.scheme != "https":
            raise ValueError("PUBLIC_BASE_URL must be https in production")
        return self


def load_settings() -> Settings:
    """Read the environment and `.env`; pydantic's ValidationError names what is missing."""
    return Settings()
