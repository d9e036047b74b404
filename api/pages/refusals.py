"""Refusals of pages: a sentence and a way on instead of a problem document."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar
from urllib.parse import urlsplit

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from api.errors import InternalError
from api.pages.errors import ForeignFormError, UnfitFormError
from api.pages.posters import make_sign_in_address
from api.pages.rendering import render
from api.problems import status_of
from core.errors import DomainError
from identity.errors import NotSignedInError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

log = structlog.get_logger(__name__)


class PageRoute(APIRoute):
    """A route for people: refuses forms of other sites and shows every refusal as a page.

    The request's transaction is still open when a refusal arrives here, and is told to end it.
    """

    home: ClassVar[str] = "/"
    """Where these pages begin."""

    @classmethod
    def make_sign_in_address(cls, request: Request) -> str:
        """Return where whoever is not signed in goes."""
        return make_sign_in_address(request.query_params)

    def get_route_handler(self) -> Handler:
        """Wrap the ordinary handler."""
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                check_own_form(request)
                return await handle(request)
            except NotSignedInError:
                return RedirectResponse(self.make_sign_in_address(request), 303)
            except DomainError as error:
                return show_refusal(request, error, home=self.home)
            except RequestValidationError:
                return show_refusal(request, UnfitFormError(), home=self.home)
            except Exception:  # a worker's phone must never show a bare error
                log.exception("unexpected_error", path=request.url.path)
                request_id = request.scope.get("state", {}).get("request_id", "")
                refusal = InternalError(request_id=request_id)
                return show_refusal(request, refusal, home=self.home)

        return handle_page


def check_own_form(request: Request) -> None:
    """Refuse a POST that another site's page made the browser send (CSRF).

    Browsers say where a form comes from in `Sec-Fetch-Site` or, older ones and on plain HTTP, in
    `Origin`; one that says nothing is not believed.
    """
    if request.method != "POST":
        return
    site = request.headers.get("sec-fetch-site")
    origin = urlsplit(request.headers.get("origin", "")).netloc
    is_own = site == "same-origin" if site else origin == request.headers.get("host")
    if not is_own:
        raise ForeignFormError


def show_refusal(request: Request, error: DomainError, *, home: str) -> Response:
    """Return the refusal as a page, in Chinese like all of them, with the way back.

    Nothing of the request is kept, see `api.deps.get_session`.
    """
    request.state.is_refused = True
    return render(
        request,
        "problem.html",
        status=status_of(type(error)).value,
        title=error.title,
        advice=error.advice.format_map(error.facts),
        home=home,
        back=_page_before(request) or home,
    )


def _page_before(request: Request) -> str | None:
    before = urlsplit(request.headers.get("referer", ""))
    is_own = before.netloc == request.headers.get("host") and not before.path.startswith("//")
    return before._replace(scheme="", netloc="").geturl() if is_own else None
