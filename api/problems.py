"""RFC 9457: the one place where refusals become statuses and problem documents."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from api.errors import (
    InternalError,
    InvalidRequestError,
    MalformedRequestError,
    MethodNotAllowedError,
    PathNotFoundError,
)
from core.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnprocessableError,
)
from core.masking import mask_path

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "https://axm.example/problems/"
"""RFC 9457 §3.1.1: an absolute URI; `openapi/problems.md` is the page behind it."""

STATUS: dict[type[DomainError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    ConflictError: HTTPStatus.CONFLICT,
    UnprocessableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ThrottledError: HTTPStatus.TOO_MANY_REQUESTS,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    MethodNotAllowedError: HTTPStatus.METHOD_NOT_ALLOWED,
    MalformedRequestError: HTTPStatus.BAD_REQUEST,
    InternalError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

log = structlog.get_logger(__name__)


def status_of(error: type[DomainError]) -> HTTPStatus:
    """Return the status of the error's kind."""
    return next(STATUS[kind] for kind in error.__mro__ if kind in STATUS)


def problems(*errors: type[DomainError]) -> dict[int | str, dict[str, Any]]:
    """Document an endpoint's refusals: ``responses=problems(PayslipNotFoundError)``."""
    responses: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        status = status_of(error)
        empty = {"description": status.phrase, "content": {MEDIA_TYPE: {"examples": {}}}}
        content = responses.setdefault(status.value, empty)["content"][MEDIA_TYPE]
        content["schema"] = {"$ref": "#/components/schemas/Problem"}
        content["examples"][error.code] = {
            "value": {
                "type": TYPE_PREFIX + error.code,
                "code": error.code,
                "title": error.title,
                "detail": error.advice,
                "status": status.value,
            }
        }
    return responses


def problem_document(error: DomainError, *, english: bool, instance: str) -> dict[str, Any]:
    """Return the problem of one refusal; its facts become extension members."""
    advice = error.advice_en if english else error.advice
    return {
        **error.facts,
        "type": TYPE_PREFIX + error.code,
        "code": error.code,
        "title": error.title_en if english else error.title,
        "status": status_of(type(error)).value,
        "detail": advice.format_map(error.facts),
        "instance": instance,
    }


def problem_response(error: DomainError, request: Request) -> JSONResponse:
    """Render a refusal in the reader's language."""
    status = status_of(type(error))
    document = problem_document(error, english=prefers_english(request), instance=request.url.path)
    headers = {"Vary": "Accept-Language"}
    if isinstance(error, ThrottledError | UnavailableError):
        headers["Retry-After"] = str(error.retry_after)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(document, status.value, headers=headers, media_type=MEDIA_TYPE)


def prefers_english(request: Request) -> bool:
    """Tell whether `Accept-Language` ranks English above Chinese; Chinese is the default."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, parameter = part.strip().partition(";q=")
        language = tag[:2].lower()
        if language in weights:
            weights[language] = max(weights[language], _weight(parameter))
    return weights["en"] > weights["zh"]


def _weight(parameter: str) -> float:
    try:
        return float(parameter) if parameter else 1.0
    except ValueError:
        return 0.0


def install(app: FastAPI) -> None:
    """Register the handlers that cover every non-2xx answer."""
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(DataError, _on_data_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_unexpected_error)


def _on_domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    return problem_response(error, request)


def _on_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    places = [
        {"location": [str(step) for step in place["loc"]], "detail": place["msg"]}
        for place in error.errors()
    ]
    if any(place["type"] == "json_invalid" for place in error.errors()):
        return problem_response(MalformedRequestError(errors=places), request)
    return problem_response(InvalidRequestError(errors=places), request)


def _on_data_error(request: Request, error: Exception) -> JSONResponse:
    """PostgreSQL cannot hold the value, e.g. a NUL in a text; the schemas let it through."""
    log.warning("unstorable_value", path=mask_path(request.url.path), error=type(error).__name__)
    place = {"location": [], "detail": "a text or number here cannot be stored"}
    return problem_response(InvalidRequestError(errors=[place]), request)


def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Starlette raises these for unknown paths and methods, and FastAPI for unreadable bodies."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, DomainError):
        # FastAPI wraps whatever is raised while it reads a body, our size limit included.
        return problem_response(error.__cause__, request)
    refusals = {404: PathNotFoundError, 405: MethodNotAllowedError}
    response = problem_response(refusals.get(error.status_code, MalformedRequestError)(), request)
    response.headers.update(error.headers or {})
    return response


def _on_unexpected_error(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected_error", path=mask_path(request.url.path), exc_info=error)
    request_id = request.scope.get("state", {}).get("request_id", "")
    return problem_response(InternalError(request_id=request_id), request)
