import base64
import hashlib
import hmac
from datetime import UTC, datetime

from notifications.webhooks.signing import new_secret, sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PUBLISHED = {
    "secrets_in_use": [SECRET],
    "event_id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "at": datetime.fromtimestamp(1614265330, UTC),
    "body": b'{"test": 2432232314}',
}
"""The example that libraries of Standard Webhooks are tested with."""


def test_signature_is_the_published_one() -> None:
    assert sign(**PUBLISHED) == {  # type: ignore[arg-type]
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_later_attempt_has_another_signature_and_the_same_id() -> None:
    later = PUBLISHED | {"at": datetime.fromtimestamp(1614265390, UTC)}

    first, second = sign(**PUBLISHED), sign(**later)  # type: ignore[arg-type]

    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-signature"] != second["webhook-signature"]


def test_both_secrets_sign_while_a_receiver_changes_over() -> None:
    two = PUBLISHED | {"secrets_in_use": [new_secret(), SECRET]}

    signatures = sign(**two)["webhook-signature"].split()  # type: ignore[arg-type]

    assert len(set(signatures)) == 2
    assert signatures[1] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_secret_is_new_and_long_enough() -> None:
    secret, other = new_secret(), new_secret()

    assert secret != other
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == hashlib.sha256().digest_size
    assert hmac.compare_digest(secret[:6], "whsec_")
