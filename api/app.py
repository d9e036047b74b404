"""Builds the application: resources, layers, error handlers, routers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from redis import Redis

from api import openapi, problems
from api.idempotency import IdempotencyMiddleware
from api.middleware import BodyLimitMiddleware, RequestContextMiddleware
from api.news import News
from api.routes import PUBLIC_ROUTERS, V1_ROUTERS
from attendance.backlogs import Backlogs
from attendance.ingest import Ingest
from core.keyring import KeyFile, KeyFileError
from core.logging import configure_logging
from core.settings import Settings
from db.session import Database
from payroll.status_reader import StatusReader

STATIC_FILES = Path(__file__).parent.parent / "web" / "static"
VALKEY_TIMEOUT_SECONDS = 2
KEY_FILE_SECONDS = 30

log = structlog.get_logger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """Wire settings, resources, error handlers and routers together."""
    configure_logging(as_json=settings.env == "prod")
    app = FastAPI(
        title="安薪码",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
        responses=openapi.DEFAULT_RESPONSES,
    )
    _open_resources(app, settings)
    problems.install(app)
    app.add_middleware(IdempotencyMiddleware, valkey=app.state.valkey, keyring=app.state.keyring)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(RequestContextMiddleware)
    for router in V1_ROUTERS:
        app.include_router(router, prefix="/v1")
    for router in PUBLIC_ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC_FILES))
    openapi.install(app)
    return app


def _open_resources(app: FastAPI, settings: Settings) -> None:
    app.state.settings = settings
    app.state.key_file = KeyFile(settings.keys_file)
    app.state.keyring = app.state.key_file.keyring
    app.state.database = Database(settings.database_url, app.state.keyring.fields)
    app.state.valkey = Redis.from_url(
        settings.redis_url,
        socket_timeout=VALKEY_TIMEOUT_SECONDS,
        socket_connect_timeout=VALKEY_TIMEOUT_SECONDS,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    following = asyncio.create_task(_follow_key_file(app))
    app.state.ingest = Ingest(app.state.database, app.state.valkey, lambda: app.state.keyring)
    app.state.ingest.start()
    app.state.backlogs = Backlogs(app.state.database)
    app.state.statuses = StatusReader(app.state.database.url)
    app.state.news = News(lambda: app.state.database, app.state.database.url)
    app.state.news.start()
    try:
        yield
    finally:
        following.cancel()
        # Each closes whatever becomes of the others: the lane still has answers to give.
        await asyncio.gather(
            following,
            app.state.news.close(),
            app.state.ingest.close(),
            app.state.statuses.close(),
            return_exceptions=True,
        )
        app.state.backlogs.close()
        app.state.valkey.close()
        app.state.database.close()


async def _follow_key_file(app: FastAPI) -> None:
    """Take up a master key that `make keys` added, without a restart."""
    while True:
        await asyncio.sleep(KEY_FILE_SECONDS)
        try:
            if app.state.key_file.refresh():
                app.state.keyring = app.state.key_file.keyring
                log.info("key_file_read_again")
        except KeyFileError:
            log.exception("key_file_refused")


def _operation_id(route: APIRoute) -> str:
    return route.name
