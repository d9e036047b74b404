"""Configuration that would hurt is refused at start-up."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.settings import Settings

PARTS: dict[str, Any] = {
    "database_url": "postgresql+psycopg://app@/app",
    "redis_url": "unix:///x",
    "celery_broker_url": "redis+socket:///x",
}
TWILIO = {"account_sid": "AC1", "auth_token": "t", "sender": "+15550000000"}


def settings(**changes: Any) -> Settings:
    return Settings(**{**PARTS, **changes}, _env_file=None)


def test_production_refuses_to_print_messages_instead_of_sending_them() -> None:
    with pytest.raises(ValidationError, match="console"):
        settings(env="prod", public_base_url="https://axm.example")


def test_production_wants_https() -> None:
    with pytest.raises(ValidationError, match="https"):
        settings(
            env="prod",
            public_base_url="http://axm.example",
            sms={"gateway": "twilio", "twilio": TWILIO},
        )


def test_twilio_without_credentials_is_refused() -> None:
    with pytest.raises(ValidationError, match="ACCOUNT_SID"):
        settings(sms={"gateway": "twilio"})


def test_settings_do_not_change_and_do_not_print_secrets() -> None:
    loaded = settings(sms={"gateway": "twilio", "twilio": TWILIO})
    with pytest.raises(ValidationError):
        loaded.env = "prod"  # type: ignore[misc]
    assert "auth_token=SecretStr('**********')" in repr(loaded)


def test_environment_variables_reach_nested_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PARTS.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("SMS__LEASE_SECONDS", "7")
    assert Settings(_env_file=None).sms.lease_seconds == 7
