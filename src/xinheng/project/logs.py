"""Structured logs on standard error: JSON lines, one event each.

No value of a cell is ever an argument of an event. Django's and uvicorn's own records,
which name the address that was asked for and what a database said, pass through the
same renderer, and whatever looks like a person's number is struck out there.
"""

from __future__ import annotations

import logging.config
import re
import sys

import structlog

_PERSONAL = re.compile(r"[1-8]\d{16}[\dXx]|(?<!\d)[1-8]\d{14}(?!\d)")

# They repeat what was sent: the values of a template, of a query, of a header, or the
# address of somebody else's machine.
QUIET = {
    "django.template": "WARNING",
    "django.db.backends": "WARNING",
    "django.security.DisallowedHost": "CRITICAL",
    "httpx": "WARNING",
    "httpcore": "WARNING",
}


def configure(level: str) -> None:
    """Send every log record, ours and the libraries', to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        strike_out,
    ]
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                    ],
                }
            },
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "json"}
            },
            "loggers": {name: {"level": level} for name, level in QUIET.items()},
            "root": {"handlers": ["stderr"], "level": level.upper()},
        }
    )
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def strike_out(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Return the event without what looks like the number of a person."""
    return {
        key: _PERSONAL.sub("***", text) if isinstance(text, str) else text
        for key, text in event.items()
    }
