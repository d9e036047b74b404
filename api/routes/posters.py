"""What hangs on the fence of a site: ``/v1/projects/{project_id}/poster.pdf`` and its board."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Response

from api.deps import ProjectManagerDep, SessionDep, SettingsDep
from api.problems import problems
from api.strict_json import StrictRouter
from core.clock import local_date, now
from core.settings import Settings
from identity.errors import NotSignedInError, RoleRequiredError
from projects import notice_board
from projects.errors import NoticeBoardIncompleteError, ProjectNotFoundError
from projects.notice_board import NoticeBoard
from qr.prints import posters
from qr.prints.posters import PaperSize

PDF = "application/pdf"

router = StrictRouter(prefix="/projects/{project_id}", tags=["projects"])

SizeQuery = Annotated[PaperSize, Query(description="Paper.")]


@router.get(
    "/poster.pdf",
    response_class=Response,
    responses={
        200: {"content": {PDF: {}}, "description": "One page."},
        **problems(NotSignedInError, RoleRequiredError, ProjectNotFoundError),
    },
)
def print_poster(
    session: SessionDep,
    settings: SettingsDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    size: SizeQuery = PaperSize.A3,
) -> Response:
    """Print the poster of a site.

    For the project's labour manager. Its code opens the site's page: the rights notice board, a
    check-in by phone, a complaint. Fonts are embedded.
    """
    board = _draw_up(session, settings, project_id)
    content = posters.print_poster(board, address=_address(settings, board), size=size)
    return _to_response(content, "工地海报")


@router.get(
    "/notice-board.pdf",
    response_class=Response,
    responses={
        200: {"content": {PDF: {}}, "description": "One page."},
        **problems(
            NotSignedInError, RoleRequiredError, ProjectNotFoundError, NoticeBoardIncompleteError
        ),
    },
)
def print_notice_board(
    session: SessionDep,
    settings: SettingsDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    *,
    size: SizeQuery = PaperSize.A3,
    draft: Annotated[
        bool, Query(description="Print what there is, marked as a draft, gaps as 待补.")
    ] = False,
) -> Response:
    """Print the rights notice board of a site.

    For the project's labour manager. Everything 条例 §34 wants on it comes from data. While
    something is missing only a draft can be printed; the refusal names each missing entry and who
    supplies it.
    """
    board = _draw_up(session, settings, project_id)
    if not draft:
        notice_board.check_complete(board)
    content = posters.print_notice_board(
        board, address=_address(settings, board), size=size, is_draft=draft
    )
    return _to_response(content, "维权信息告示牌")


def _draw_up(session: SessionDep, settings: Settings, project_id: UUID) -> NoticeBoard:
    return notice_board.get_notice_board(
        session, project_id=project_id, county_facts=settings.county_facts, on=local_date(now())
    )


def _address(settings: Settings, board: NoticeBoard) -> str:
    return posters.make_site_address(str(settings.public_base_url), board.poster_token)


def _to_response(content: bytes, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}.pdf"
    return Response(content, media_type=PDF, headers={"Content-Disposition": disposition})
