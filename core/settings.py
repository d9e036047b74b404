"""Process configuration: one frozen object, read once at start-up and passed in."""

from datetime import time
from ipaddress import IPv4Network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

GATEWAY = "(console|twilio|aliyun)"
CALLS = 2
"""Of a provider that one try at a message may take: a look-up and a send."""


class TwilioSettings(BaseModel):
    """Credentials of the Twilio gateway; `sender` is a number (+…) or a messaging service (MG…)."""

    account_sid: str
    auth_token: SecretStr
    sender: str
    signing_key: SecretStr | None = None
    """With it, delivery reports must be signed with it by HMAC-SHA256; without it, by the token."""


class AliyunSettings(BaseModel):
    """Credentials of the Aliyun gateway; `callback_secret` is the secret part of a path."""

    access_key_id: str
    access_key_secret: SecretStr
    sign_name: str
    """短信签名, without brackets."""
    callback_secret: SecretStr = Field(min_length=24)


class SmsSettings(BaseModel):
    """How text messages leave; the gateway `console` only writes them to `console_file`."""

    gateway: str = Field(default="console", pattern=rf"^{GATEWAY}(,{GATEWAY})*$")
    """One gateway, or several in the order in which they are tried: ``aliyun,twilio``."""
    console_file: Path = Path("var/sms.jsonl")
    twilio: TwilioSettings | None = None
    aliyun: AliyunSettings | None = None
    timeout_seconds: int = Field(default=10, ge=1)
    """The longest one call of a provider may take."""
    lease_seconds: int = Field(default=60, ge=1)
    """How long a worker may hold a message before another one looks after it."""
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    """Wall clock in Shanghai between which only urgent messages leave; equal means never quiet."""
    project_daily_segments: int = Field(default=3000, ge=1)
    """What one project may spend on a day; the rest waits until the next morning."""

    @property
    def order(self) -> tuple[str, ...]:
        """The gateways in the order in which they are tried."""
        return tuple(self.gateway.split(","))

    @model_validator(mode="after")
    def _refuse_missing_credentials(self) -> Self:
        for name in self.order:
            if name != "console" and getattr(self, name) is None:
                raise ValueError(
                    f"SMS__GATEWAY={self.gateway} needs the credentials SMS__{name.upper()}__…,"
                    f" for twilio SMS__TWILIO__ACCOUNT_SID and its siblings"
                )
        if len(set(self.order)) < len(self.order):
            raise ValueError("SMS__GATEWAY names a gateway twice")
        return self

    @model_validator(mode="after")
    def _refuse_leases_shorter_than_a_call(self) -> Self:
        # Looking a message up and sending it must end before another worker looks after it.
        if self.order != ("console",) and self.lease_seconds <= CALLS * self.timeout_seconds:
            raise ValueError(f"SMS__LEASE_SECONDS must be above {CALLS} × SMS__TIMEOUT_SECONDS")
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
    blobs_dir: Path = Path("var/blobs")
    """Folder of the photos and recordings people hand in; sealed, but to be backed up."""
    public_base_url: HttpUrl = HttpUrl("http://localhost:8000")
    county_facts: Path | None = None
    """Folder with this installation's minimum wages and complaint channels; see `docs/`."""
    sms: SmsSettings = SmsSettings()
    terminal_networks: str = ""
    """Where terminals stand that we may call: ``10.20.0.0/16,10.21.0.0/16``; nowhere else."""

    @property
    def callable_networks(self) -> tuple[IPv4Network, ...]:
        """The networks we may call terminals in; ValueError if that is not what the text is."""
        blocks = (block.strip() for block in self.terminal_networks.split(","))
        return tuple(IPv4Network(block) for block in blocks if block)

    @model_validator(mode="after")
    def _refuse_public_networks(self) -> Self:
        if not all(network.is_private for network in self.callable_networks):
            raise ValueError("TERMINAL_NETWORKS must be private networks")
        return self

    @model_validator(mode="after")
    def _refuse_dev_values_in_prod(self) -> Self:
        if self.env == "prod" and "console" in self.sms.order:
            raise ValueError("SMS__GATEWAY=console is for development only")
        if self.env == "prod" and self.public_base_url.scheme != "https":
            raise ValueError("PUBLIC_BASE_URL must be https in production")
        return self


def load_settings() -> Settings:
    """Read the environment and `.env`; pydantic's ValidationError names what is missing."""
    return Settings()
