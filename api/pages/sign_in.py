"""The sign-in of a browser: one HttpOnly cookie with the refresh token, never read by scripts."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from api.deps import SessionDep, SettingsDep
from core.clock import now
from core.enums import Role
from core.settings import Settings
from identity.errors import NotSignedInError
from identity.principal import Principal
from identity.service import SignedIn, find_principal_by_refresh

COOKIE = "sign_in"


def get_page_worker(request: Request, session: SessionDep) -> Principal:
    """Return the worker this browser is signed in as; NotSignedInError for anybody else."""
    token = request.cookies.get(COOKIE)
    principal = find_principal_by_refresh(session, token, now()) if token else None
    if principal is None or principal.role is not Role.WORKER:
        raise NotSignedInError
    return principal


PageWorkerDep = Annotated[Principal, Depends(get_page_worker)]


class CookieJar:
    """Sets and clears a cookie the way this installation is served."""

    def __init__(self, settings: Settings, name: str = COOKIE) -> None:
        self._is_secure = settings.public_base_url.scheme == "https"
        self._name = name

    def keep(self, response: Response, signed_in: SignedIn) -> None:
        """Keep the browser signed in until the refresh token ends."""
        self.put(response, signed_in.refresh_token, until=signed_in.refresh_expires_at)

    def put(self, response: Response, secret: str, *, until: datetime) -> None:
        """Keep a secret in the browser until then."""
        response.set_cookie(
            self._name,
            secret,
            expires=until,
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        """Sign the browser out."""
        response.delete_cookie(self._name, secure=self._is_secure, httponly=True, samesite="strict")


def get_cookie_jar(settings: SettingsDep) -> CookieJar:
    """Return the jar for this installation's address."""
    return CookieJar(settings)


CookieJarDep = Annotated[CookieJar, Depends(get_cookie_jar)]
