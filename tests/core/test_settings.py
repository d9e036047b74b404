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


def test_gateways_are_tried_in_the_order_given() -> None:
    loaded = settings(
        sms={"gateway": "twilio,console", "twilio": TWILIO},
    )

    assert loaded.sms.order == ("twilio", "console")


@pytest.mark.parametrize("gateway", ["", "pigeon", "console,", "console,console", "twilio;console"])
def test_order_of_gateways_that_makes_no_sense_is_refused(gateway: str) -> None:
    with pytest.raises(ValidationError):
        settings(sms={"gateway": gateway, "twilio": TWILIO})


def test_production_refuses_the_console_as_a_fallback_too() -> None:
    with pytest.raises(ValidationError, match="console"):
        settings(
            env="prod",
            public_base_url="https://axm.example",
            sms={"gateway": "twilio,console", "twilio": TWILIO},
        )


def test_lease_shorter_than_the_calls_it_covers_is_refused() -> None:
    with pytest.raises(ValidationError, match="LEASE_SECONDS"):
        settings(
            sms={"gateway": "twilio", "twilio": TWILIO, "lease_seconds": 20, "timeout_seconds": 10}
        )


def test_secret_part_of_a_path_must_be_long() -> None:
    aliyun = {
        "access_key_id": "id",
        "access_key_secret": "s",
        "sign_name": "安薪码",
        "callback_secret": "short",
    }
    with pytest.raises(ValidationError, match="callback_secret"):
        settings(sms={"gateway": "aliyun", "aliyun": aliyun})


def test_terminals_are_called_in_the_networks_named() -> None:
    networks = settings(terminal_networks="10.20.0.0/16, 192.168.1.0/24").callable_networks
    assert [str(network) for network in networks] == ["10.20.0.0/16", "192.168.1.0/24"]
    assert settings().callable_networks == ()


@pytest.mark.parametrize("networks", ["10.20.0.1/16", "axm.example", "8.8.8.0/24", "0.0.0.0/0"])
def test_networks_that_are_none_or_public_are_refused(networks: str) -> None:
    with pytest.raises(ValidationError):
        settings(terminal_networks=networks)
