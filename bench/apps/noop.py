"""Bare Celery: tasks that do nothing, or only say when they started."""

import os
from time import time

from celery import Celery
from redis import Redis

app = Celery("noop", broker=os.environ["BENCH_BROKER_URL"])
app.conf.task_ignore_result = True
app.conf.worker_hijack_root_logger = False
starts = Redis.from_url(os.environ["BENCH_VALKEY_URL"])
STARTS = "bench:starts"


@app.task(name="noop")
def noop() -> None:
    """Do nothing."""


@app.task(name="tell_start")
def tell_start() -> None:
    """Say when this began."""
    starts.rpush(STARTS, repr(time()))
