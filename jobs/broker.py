"""What the Redis transport of Celery is taught: to outlive an acknowledgement that fails."""

from typing import Any

from kombu.transport import redis, virtual


class ReleasingQoS(redis.QoS):
    """Frees a job's place in the worker even if the broker could not be told that it is done.

    kombu keeps the place for ever, and with one job at a time the worker would never take another
    (celery/celery#2415). The broker may hand the same job over once more, which does no harm.
    """

    def ack(self, delivery_tag: Any) -> None:
        """Acknowledge, and free the place whatever comes of it."""
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


def install() -> None:
    """Have every channel of this process use it; Celery offers no setting for it."""
    redis.Channel.QoS = ReleasingQoS
