"""Both gateways against peers that speak real HTTPS and misbehave on demand."""

from collections.abc import Generator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from requests import Session
from twilio.http.http_client import TwilioHttpClient

from core.clock import now
from core.settings import AliyunSettings, TwilioSettings
from notifications.gateways.aliyun import AliyunGateway, describe_call, encode_query, sign
from notifications.gateways.base import (
    Gateway,
    GatewayError,
    PermanentGatewayError,
    RefusedHereError,
    Sms,
    TemporaryGatewayError,
    UnknownOutcomeError,
)
from notifications.gateways.twilio import TwilioGateway, open_client
from tests.notifications.peers import aliyun, twilio
from tests.notifications.peers.aliyun import KEY_ID, KEY_SECRET, AliyunPeer
from tests.notifications.peers.twilio import ACCOUNT, TOKEN, TwilioPeer
from tests.notifications.peers.wire import (
    HANG,
    HANG_UP,
    HTML_200,
    HTML_502,
    Answer,
    Peer,
    UnixAdapter,
    make_certificate,
    serving,
)

CALLBACK = "https://axm.example/v1/notifications/callbacks/twilio"
PATIENCE_SECONDS = 1.0
ALIYUN = AliyunSettings(
    access_key_id=KEY_ID,
    access_key_secret=SecretStr(KEY_SECRET),
    sign_name="安薪码",
    callback_secret=SecretStr("x" * 24),
)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The one the peers show, and one somebody else would."""
    directory = tmp_path_factory.mktemp("tls")
    return make_certificate(directory, "genuine"), make_certificate(directory, "stranger")


class World:
    """Peers on unix sockets, and gateways that reach them."""

    def __init__(self, certificates: tuple[Path, Path], var: Path) -> None:
        self.genuine, self.stranger = certificates
        self.twilio_peer, self.aliyun_peer = TwilioPeer(), AliyunPeer()
        self._sockets = {"twilio": var / "twilio.sock", "aliyun": var / "aliyun.sock"}
        self.running = ExitStack()

    def start(self) -> None:
        """Listen."""
        for name, peer in self.peers.items():
            self.running.enter_context(serving(peer, self._sockets[name], self.genuine))

    @property
    def peers(self) -> dict[str, Peer]:
        """Both by name."""
        return {"twilio": self.twilio_peer, "aliyun": self.aliyun_peer}

    def open(self, name: str, *, trusted: Path | None = None) -> Gateway:
        """Return the gateway as the product makes it, but for where its bytes go."""
        if name == "aliyun":
            session = Session()
            gateway: Gateway = AliyunGateway(
                ALIYUN, timeout_seconds=PATIENCE_SECONDS, session=session
            )
        else:
            settings = TwilioSettings(
                account_sid=ACCOUNT, auth_token=SecretStr(TOKEN), sender="+15005550006"
            )
            client = open_client(settings, timeout_seconds=1)
            client.http_client.timeout = PATIENCE_SECONDS
            assert isinstance(client.http_client, TwilioHttpClient)
            session = client.http_client.session or Session()
            gateway = TwilioGateway(client, sender=settings.sender, callback_url=CALLBACK)
        session.mount("https://", UnixAdapter(self._sockets[name]))
        session.verify = str(trusted or self.genuine)
        session.trust_env = False
        self.running.callback(session.close)
        return gateway


@pytest.fixture
def unstarted(certificates: tuple[Path, Path], tmp_path: Path) -> Generator[World]:
    world = World(certificates, tmp_path)
    with world.running:
        yield world


@pytest.fixture
def world(unstarted: World) -> World:
    unstarted.start()
    return unstarted


def make_sms(reference: str = "r1") -> Sms:
    return Sms(
        reference,
        "+8619100000001",
        "【安薪码】你好 +&= ~*",
        now() - timedelta(seconds=2),
        provider_template="SMS_1",
        parameters={"month": "2026年10月 +&= ~*"},
    )


BOTH = pytest.mark.parametrize("name", ["twilio", "aliyun"])


@BOTH
def test_accepted_message_has_the_provider_s_reference(world: World, name: str) -> None:
    reference = world.open(name).send(make_sms())

    expected = {"twilio": "SM" + "0" * 32, "aliyun": "9000^0"}
    assert reference == expected[name]
    assert len(world.peers[name].requests) == 1


@BOTH
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Answer(500, "{}"), UnknownOutcomeError),
        (HTML_502, UnknownOutcomeError),
        (HTML_200, UnknownOutcomeError),
        (HANG_UP, UnknownOutcomeError),
        (HANG, UnknownOutcomeError),
        (Answer(200, '"OK"'), UnknownOutcomeError),
        (Answer(200, "{}"), UnknownOutcomeError),
    ],
    ids=["500", "html-502", "html-200", "hang-up", "hang", "not-an-object", "empty"],
)
def test_unclear_answer_is_an_unknown_outcome(
    world: World, name: str, fault: Answer, error: type[GatewayError]
) -> None:
    world.peers[name].faults = [fault]

    with pytest.raises(error):
        world.open(name).send(make_sms())


@BOTH
def test_too_many_requests_may_be_tried_later(world: World, name: str) -> None:
    busy = {"twilio": twilio.refusal(429, 20429), "aliyun": aliyun.refusal("Throttling.User", 429)}
    world.peers[name].faults = [busy[name]]

    with pytest.raises(TemporaryGatewayError) as raised:
        world.open(name).send(make_sms())

    assert not raised.value.is_gateway_out


@BOTH
def test_message_taken_without_an_answer_is_found_again(world: World, name: str) -> None:
    world.peers[name].late_faults = [HANG]
    gateway = world.open(name)
    with pytest.raises(UnknownOutcomeError):
        gateway.send(make_sms())

    found = gateway.find(make_sms())

    assert found == {"twilio": ["SM" + "0" * 32], "aliyun": ["out:r1"]}[name]


@BOTH
def test_message_never_taken_is_not_found(world: World, name: str) -> None:
    assert world.open(name).find(make_sms()) == []


def test_aliyun_finds_a_message_by_our_id_alone(world: World) -> None:
    gateway = world.open("aliyun")
    gateway.send(make_sms("r1"))

    assert gateway.find(make_sms("r2")) == []


@BOTH
@pytest.mark.parametrize("fault", [HTML_200, HTML_502, HANG_UP], ids=["200", "502", "hang-up"])
def test_failed_look_up_says_so(world: World, name: str, fault: Answer) -> None:
    world.peers[name].faults = [fault]

    with pytest.raises(UnknownOutcomeError):
        world.open(name).find(make_sms())


@BOTH
def test_certificate_of_a_stranger_stops_the_message_before_it_leaves(
    world: World, name: str
) -> None:
    with pytest.raises(TemporaryGatewayError, match="certificate") as raised:
        world.open(name, trusted=world.stranger).send(make_sms())

    assert raised.value.is_gateway_out
    assert world.peers[name].requests == []


@BOTH
def test_provider_that_cannot_be_reached_has_certainly_not_taken_it(
    unstarted: World, name: str
) -> None:
    with pytest.raises(TemporaryGatewayError, match="no_connection"):
        unstarted.open(name).send(make_sms())


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", PermanentGatewayError),
        ("isv.BLACK_KEY_CONTROL_LIMIT", RefusedHereError),
        ("isv.PARAM_NOT_SUPPORT_URL", RefusedHereError),
        ("isv.AMOUNT_NOT_ENOUGH", TemporaryGatewayError),
        ("isv.BUSINESS_LIMIT_CONTROL", TemporaryGatewayError),
        ("isv.SMS_TEMPLATE_ILLEGAL", TemporaryGatewayError),
        ("isp.SYSTEM_ERROR", UnknownOutcomeError),
        ("SignatureNonceUsed", UnknownOutcomeError),
        ("isv.NEVER_HEARD_OF", TemporaryGatewayError),
    ],
)
def test_refusals_of_aliyun_are_told_by_their_consequence(
    world: World, code: str, error: type[GatewayError]
) -> None:
    world.aliyun_peer.faults = [aliyun.refusal(code)]

    with pytest.raises(error) as raised:
        world.open("aliyun").send(make_sms())

    assert type(raised.value) is error


def test_text_without_approval_never_leaves_for_aliyun(world: World) -> None:
    sms = Sms("r1", "+8619100000001", "【安薪码】你好", now())

    with pytest.raises(TemporaryGatewayError, match="text_not_approved"):
        world.open("aliyun").send(sms)

    assert world.aliyun_peer.requests == []


def test_each_request_to_aliyun_bears_a_fresh_nonce(world: World) -> None:
    gateway = world.open("aliyun")

    gateway.send(make_sms("r1"))
    gateway.send(make_sms("r2"))

    assert len(world.aliyun_peer.details) == 2


def test_signature_is_that_of_aliyun_s_own_example() -> None:
    """Published with the description of signature method V3."""
    settings = AliyunSettings(
        access_key_id="YourAccessKeyId",
        access_key_secret=SecretStr("YourAccessKeySecret"),
        sign_name="x",
        callback_secret=SecretStr("x" * 24),
    )
    at = now().replace(2023, 10, 26, 10, 22, 32)
    headers = describe_call(
        "RunInstances",
        host="ecs.cn-shanghai.aliyuncs.com",
        version="2014-05-26",
        at=at,
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    query = encode_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )

    assert sign(settings, headers, query)["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_blank_and_plus_are_escaped_as_aliyun_signs_them() -> None:
    assert encode_query({"b": "~*", "a": "x y+z"}) == "a=x%20y%2Bz&b=~%2A"
