"""Providers' reports, the register of texts, and people's wishes: ``/v1/notifications``."""

from typing import Annotated, Literal

from fastapi import Depends, Header, Request, Response

from api.deps import AdminDep, PhoneOwnerDep, SessionDep, SettingsDep
from api.problems import problems
from api.schemas.notifications import (
    AliyunAckOut,
    AliyunPush,
    ApprovalIn,
    ApprovalOut,
    PreferenceIn,
    PreferenceOut,
    SpendingOut,
    TemplateOut,
)
from api.strict_json import StrictRouter
from core.clock import local_date, now
from identity.errors import NotSignedInError, RoleRequiredError
from notifications import approvals, preferences, queries
from notifications.delivery import callbacks
from notifications.errors import (
    ApprovalCodeMissingError,
    ForeignReportError,
    UnknownTextError,
    UnreadableReportError,
)
from notifications.templates import Template

router = StrictRouter(tags=["notifications"])
NOT_ADMIN = (NotSignedInError, RoleRequiredError)


async def read_form(request: Request) -> dict[str, str]:
    """Return the text fields of the form in the body."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


@router.post(
    "/notifications/callbacks/twilio",
    status_code=204,
    responses=problems(ForeignReportError, UnreadableReportError),
)
def take_twilio_report(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    fields: Annotated[dict[str, str], Depends(read_form)],
    x_twilio_signature: Annotated[str, Header(max_length=200)] = "",
) -> Response:
    """Take a delivery report of Twilio.

    A form that Twilio signed for our public address. Reports may come late, twice, in any order
    and about messages nobody here sent: all are kept, and a message only ever moves forward.
    """
    callbacks.take_twilio_form(
        session,
        settings,
        path=request.url.path,
        query=request.url.query,
        fields=fields,
        signature=x_twilio_signature,
        at=now(),
    )
    return Response(status_code=204)


@router.post("/notifications/callbacks/aliyun/{secret}", responses=problems(ForeignReportError))
def take_aliyun_push(
    session: SessionDep, settings: SettingsDep, secret: str, body: AliyunPush
) -> AliyunAckOut:
    """Take delivery reports and replies of Aliyun.

    Aliyun signs nothing, so only it was told the path. Replies 退订 and 不是本人 take effect at
    once; what cannot be read is passed over, because Aliyun would push it again and again.
    """
    callbacks.take_aliyun_push(session, settings, secret=secret, elements=body, at=now())
    return AliyunAckOut()


@router.get("/notifications/templates", responses=problems(*NOT_ADMIN))
def list_templates(session: SessionDep, _admin: AdminDep) -> list[TemplateOut]:
    """List every text with a sample and its approvals.

    For administrators. `docs/messages.md` shows the same without the approvals.
    """
    return [TemplateOut.of(specimen) for specimen in approvals.list_templates(session)]


@router.put(
    "/notifications/templates/{template}/approvals/{gateway}",
    responses=problems(*NOT_ADMIN, ApprovalCodeMissingError, UnknownTextError),
)
def record_approval(
    session: SessionDep,
    _admin: AdminDep,
    template: Template,
    gateway: Literal["aliyun", "twilio"],
    body: ApprovalIn,
) -> ApprovalOut:
    """Record what a gateway says about a text.

    For administrators. Messages wait, or go by the next gateway, until their version is approved;
    a coming version may be approved before it is rolled out.
    """
    return ApprovalOut.of(
        approvals.record_approval(session, gateway=gateway, template=template, **body.model_dump())
    )


@router.get("/notifications/spending", responses=problems(*NOT_ADMIN))
def list_spendings(session: SessionDep, _admin: AdminDep) -> list[SpendingOut]:
    """List what each project has sent today.

    For administrators. In segments, as carriers charge; the largest first.
    """
    return [SpendingOut.of(one) for one in queries.list_spendings(session, local_date(now()))]


@router.get("/me/message-preferences")
def get_preference(session: SessionDep, worker: PhoneOwnerDep) -> PreferenceOut:
    """Tell how you are told."""
    return PreferenceOut.of(preferences.get_preference(session, person_id=worker.person_id))


@router.put("/me/message-preferences")
def set_preference(session: SessionDep, worker: PhoneOwnerDep, body: PreferenceIn) -> PreferenceOut:
    """Say how you want to be told.

    Language, and whether you want messages no law asks for. Everything stays readable here. The
    latest word counts: wanting them again takes back a 退订 you sent as a text.
    """
    return PreferenceOut.of(
        preferences.set_preference(
            session, person_id=worker.person_id, **body.model_dump(), at=now()
        )
    )
