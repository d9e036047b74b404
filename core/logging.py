"""Structured logs: JSON lines in production, readable lines elsewhere; no personal data."""

import logging
import sys

import structlog

QUIET_LOGGERS = ("uvicorn.access", "python_multipart", "twilio")
"""They say at INFO what was asked for, and with it phone numbers, or what we log ourselves."""


def configure_logging(*, as_json: bool) -> None:
    """Send structlog and standard-library records through one formatter to stderr.

    Context variables (`request_id`, `job_id`) bound by the edges appear on every line.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(as_json=as_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderers(*, as_json: bool) -> list[structlog.typing.Processor]:
    if as_json:
        return [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=False,
            # The default would print local variables, and with them names and numbers.
            exception_formatter=structlog.dev.plain_traceback,
        )
    ]
