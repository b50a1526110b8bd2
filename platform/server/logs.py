"""Structured logs: constant sentences with fields beside them, one line each.

In production no value gets there that was not meant to. What libraries write is their sentence
without the values that they put into it, which may be an address with a token or a whole row; of
failures their kinds and the lines that led to them, but not their texts. README.md, Deployment.
"""

import logging.config
import threading
from typing import Any

import structlog

from kernel.failures import trace_of

log = structlog.get_logger(__name__)

#: Request lines, whose addresses may carry credentials, what repeats every second, and what
#: libraries say of each request that they make.
QUIET = (
    "httpx",
    "httpcore",
    "urllib3",
    "boto3",
    "botocore",
    "s3transfer",
    "uvicorn.access",
    "asyncio",
    "celery.beat",
    "celery.worker.strategy",
    "celery.app.trace",
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: Uvicorn writes lines of its own form, unless it has no handlers.
OURS: dict[str, Any] = {
    name: {"handlers": [], "propagate": True} for name in ("uvicorn", "uvicorn.error")
}


def configure(options: dict[str, Any]) -> None:
    """Set up structlog and the standard library's loggers; JSON lines where ``json`` is set."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        EXCEPTIONS if options["json"] else structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if options["json"]
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [_sentence, *shared] if options["json"] else shared,
        "use_get_message": not options["json"],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": OURS | {name: {"level": "WARNING"} for name in QUIET},
        }
    )
    if options["json"]:
        threading.excepthook = _thread_failed


def _sentence(_logger: Any, _name: str, line: Any) -> Any:
    """A library's sentence, its values left out, with those beside it that tell nothing."""
    record = line["_record"]
    # What follows the first line of asyncio's is made of values.
    line["event"] = line["event"].partition("\n")[0]
    if request := getattr(record, "request", None):
        match = getattr(request, "resolver_match", None)
        line |= {
            "event": "request_failed" if record.status_code >= 500 else "request_refused",
            "request_id": getattr(request, "request_id", None),
            "method": request.method if request.method in METHODS else None,
            "route": match and match.route,
            "status": record.status_code,
        }
    if isinstance(task := getattr(record, "data", None), dict):
        line |= {"task": task.get("name"), "task_id": task.get("id")}
    return line


def _trace(exc_info: Any) -> str:
    return trace_of(exc_info[1])


def _thread_failed(failure: Any) -> None:
    """Write down what ended a thread: Python would write its text to the standard error."""
    log.error("thread_failed", thread=failure.thread and failure.thread.name, exc_info=failure[:3])


EXCEPTIONS = structlog.processors.ExceptionRenderer(_trace)
