"""The site whose poster was scanned."""

from typing import Annotated

from fastapi import Depends

from api.deps import AddressDep, SessionDep, SettingsDep, ValkeyDep
from core.clock import local_date, now
from projects.notice_board import NoticeBoard
from projects.posters import open_poster


def get_scanned_board(
    session: SessionDep,
    valkey: ValkeyDep,
    settings: SettingsDep,
    address: AddressDep,
    poster_token: str,
) -> NoticeBoard:
    """Return the board of the site whose poster was scanned; UnknownPosterError for no site."""
    return open_poster(
        session,
        valkey,
        poster_token=poster_token,
        address=address,
        county_facts=settings.county_facts,
        on=local_date(now()),
    )


ScannedBoardDep = Annotated[NoticeBoard, Depends(get_scanned_board)]
