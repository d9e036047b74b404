"""The kiosk: a paired device's browser, and the short sign-in with card and PIN in front of it."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPAuthorizationCredentials

from api.deps import KeyringDep, SessionDep, SettingsDep, find_kiosk
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import CookieJar
from core.clock import now
from core.settings import Settings
from db.models import Device
from identity.errors import NotSignedInError, TokenExpiredError, TokenInvalidError
from identity.principal import Principal
from identity.queries import is_signed_in
from identity.service import AssistedSignIn
from identity.tokens import KIOSK_LIFETIME, read_access_token

HOME = "/kiosk"
DEVICE_COOKIE = "kiosk"
SIGN_IN_COOKIE = "kiosk_sign_in"
DEVICE_LIFETIME = timedelta(days=400)
"""As long as browsers keep a cookie at most; every start page renews it."""
IDLE_SECONDS = 60
"""Whoever walks away is signed out; the next in the queue must not see anything."""
WITNESS_SECONDS = 240
"""Somebody has to come over and type six digits."""


class KioskRoute(PageRoute):
    """A page of the kiosk; its start page asks for a card, or to be paired."""

    home: ClassVar[str] = HOME

    @classmethod
    def make_sign_in_address(cls, _request: Request) -> str:
        """Return where a card is read."""
        return HOME


def find_page_kiosk(request: Request, session: SessionDep) -> Device | None:
    """Return the kiosk this browser is paired as; None for any other browser."""
    token = request.cookies.get(DEVICE_COOKIE)
    if token is None:
        return None
    return find_kiosk(HTTPAuthorizationCredentials(scheme="Bearer", credentials=token), session)


PageKioskDep = Annotated[Device | None, Depends(find_page_kiosk)]


def find_kiosk_worker(
    request: Request, session: SessionDep, keyring: KeyringDep, kiosk: PageKioskDep
) -> Principal | None:
    """Return who is signed in with card and PIN at this very kiosk, for these ten minutes."""
    token = request.cookies.get(SIGN_IN_COOKIE)
    if token is None or kiosk is None:
        return None
    try:
        worker = read_access_token(keyring, token)
    except (TokenExpiredError, TokenInvalidError):
        return None
    is_here = worker.kiosk_id == kiosk.id
    return worker if is_here and is_signed_in(session, worker.sign_in_family_id, at=now()) else None


MaybeKioskWorkerDep = Annotated[Principal | None, Depends(find_kiosk_worker)]


def get_kiosk_worker(worker: MaybeKioskWorkerDep) -> Principal:
    """Return who is signed in; NotSignedInError for nobody."""
    if worker is None:
        raise NotSignedInError
    return worker


KioskWorkerDep = Annotated[Principal, Depends(get_kiosk_worker)]


class KioskJar:
    """The kiosk's two cookies: which device this is, and who stands in front of it."""

    def __init__(self, settings: Settings) -> None:
        self._device = CookieJar(settings, DEVICE_COOKIE)
        self._sign_in = CookieJar(settings, SIGN_IN_COOKIE)

    def keep_device(self, response: Response, token: str) -> None:
        """Let the browser be the kiosk from now on."""
        self._device.put(response, token, until=now() + DEVICE_LIFETIME)

    def keep_worker(self, response: Response, signed_in: AssistedSignIn) -> None:
        """Keep the worker signed in for as long as the token is good."""
        self._sign_in.put(response, signed_in.access_token, until=now() + KIOSK_LIFETIME)

    def clear_worker(self, response: Response) -> None:
        """Let nobody be signed in."""
        self._sign_in.clear(response)


def get_kiosk_jar(settings: SettingsDep) -> KioskJar:
    """Return the kiosk's cookies for this installation's address."""
    return KioskJar(settings)


KioskJarDep = Annotated[KioskJar, Depends(get_kiosk_jar)]


def render_kiosk(
    request: Request,
    template: str,
    *,
    status: int = 200,
    idle_seconds: int = IDLE_SECONDS,
    **context: Any,
) -> HTMLResponse:
    """Return a page of the kiosk that leaves by itself when nobody touches it."""
    context |= {"home": HOME, "idle_seconds": idle_seconds}
    return render(request, template, status=status, **context)
