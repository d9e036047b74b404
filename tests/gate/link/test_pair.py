"""Pairing: a one-time code becomes a token."""

import pytest

from api.schemas.devices import PAIRING_PREFIX as SERVERS_PREFIX
from gate.link.client import AddressError
from gate.link.pair import PAIRING_PREFIX, PairingRefusedError, pair, read_pairing_code
from tests.gate.peer import PAIRING_CODE, TOKEN, Peer
from tests.gate.wire_server import Fault


def test_a_code_becomes_a_token(address: str) -> None:
    paired = pair(address, PAIRING_CODE)

    assert (paired.server, paired.token) == (address, TOKEN)
    assert paired.details == {"name": "东门 1 号闸机"}


def test_a_used_code_is_refused_in_the_servers_words(address: str) -> None:
    pair(address, PAIRING_CODE)

    with pytest.raises(PairingRefusedError, match="配对码不对或已失效；请让劳资专管员重新生成"):
        pair(address, PAIRING_CODE)


def test_a_refusal_without_words_gets_some(address: str, peer: Peer) -> None:
    peer.faults = [Fault("/v1/devices/pair", status=500)]

    with pytest.raises(PairingRefusedError, match="500"):
        pair(address, PAIRING_CODE)


def test_a_captive_portal_is_no_pairing(address: str, peer: Peer) -> None:
    peer.faults = [Fault("/v1/devices/pair", is_portal=True)]

    with pytest.raises(PairingRefusedError, match="连不上服务器"):
        pair(address, PAIRING_CODE)


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(PairingRefusedError, match="请检查地址和网络"):
        pair("unix:/nowhere", PAIRING_CODE)


def test_an_open_network_is_refused_before_the_code_is_sent() -> None:
    with pytest.raises(AddressError):
        pair("http://example.com", PAIRING_CODE)


def test_a_reader_that_is_shown_the_pairing_code_finds_it_among_others() -> None:
    scanned = iter(["AFCEM2DJNJUHNCVSCP4RQSDP4EZ7MHYZLDPVY", "AXP04715520", "AXP00000000"])
    assert read_pairing_code(scanned) == "04715520"
    assert next(scanned) == "AXP00000000"


def test_a_reader_that_is_pulled_out_pairs_nothing() -> None:
    with pytest.raises(PairingRefusedError, match="no pairing code"):
        read_pairing_code([])


def test_the_servers_qr_code_says_what_the_gate_looks_for() -> None:
    assert PAIRING_PREFIX == SERVERS_PREFIX
