"""One line of JSON per event on stderr."""

import logging
import os
import sys

import structlog


def setup_logging(component: str) -> None:
    """Log events at `KILN_LOG_LEVEL` (default: info) and above."""
    name = os.environ.get("KILN_LOG_LEVEL", "info").upper()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(name, logging.INFO)
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(component=component)
