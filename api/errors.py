"""Refusals that belong to HTTP itself: paths, methods, bodies, headers."""

from core.errors import (
    ConflictError,
    DomainError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
    UnprocessableError,
)


class PathNotFoundError(NotFoundError):
    """No route answers this path."""

    code = "api.path-not-found"
    title = "没有这个地址"
    title_en = "No such path"
    advice = "请检查网址是否写错，接口列表见 /openapi.json。"
    advice_en = "Check the path; /openapi.json lists all of them."


class MethodNotAllowedError(DomainError):
    """The path exists, but not for this method."""

    code = "api.method-not-allowed"
    title = "这个地址不支持这种请求方式"
    title_en = "Method not allowed"
    advice = "请按接口文档换用正确的请求方式（GET 或 POST）。"
    advice_en = "Use the method the API description gives for this path."


class MalformedRequestError(DomainError):
    """The bytes are not what the content type says."""

    code = "api.malformed-request"
    title = "请求内容无法读取"
    title_en = "Malformed request"
    advice = "请检查内容是否为正确的 UTF-8 编码的 JSON 或表单。"
    advice_en = "Send well-formed UTF-8 JSON or a well-formed form."


class InvalidRequestError(UnprocessableError):
    """Fields are missing or wrong; `errors` lists each with its location."""

    code = "api.invalid-request"
    title = "有些内容没填对"
    title_en = "Invalid request"
    advice = "请按 errors 里列出的位置逐项改正后再提交。"
    advice_en = "Correct each place listed in `errors` and send again."


class RepeatedFieldError(UnprocessableError):
    """An object of the body has two values for one field."""

    code = "api.repeated-field"
    title = "同一项写了两次"
    title_en = "A field is named twice"
    advice = "“{name}”在同一处写了两次，不知道按哪个算。请只留一个。"
    advice_en = "`{name}` is named twice in one object; keep one of them."


class BodyTooLargeError(TooLargeError):
    """The body is larger than this call accepts."""

    code = "api.body-too-large"
    title = "提交的内容太大"
    title_en = "Body too large"
    advice = "这里最多接收 {limit_bytes} 字节，请缩小后再提交。"
    advice_en = "At most {limit_bytes} bytes are accepted here."


class InternalError(DomainError):
    """A fault of ours; the request id finds it in the logs."""

    code = "api.internal"
    title = "系统出错了"
    title_en = "Internal error"
    advice = "不是您的问题。请稍后再试；再次出错请把编号 {request_id} 告诉我们。"
    advice_en = "Not your fault. Try again later and quote {request_id} if it happens again."


class InvalidCursorError(UnprocessableError):
    """The page cursor was not made by this API."""

    code = "api.invalid-cursor"
    title = "翻页标记不对"
    title_en = "Invalid cursor"
    advice = "请从第一页重新开始，翻页时原样使用返回的 next。"
    advice_en = "Start from the first page and pass `next` on unchanged."


class InvalidIdempotencyKeyError(UnprocessableError):
    """The `Idempotency-Key` header is empty, too long or not printable ASCII."""

    code = "api.idempotency-key-invalid"
    title = "防重复标记不对"
    title_en = "Invalid Idempotency-Key"
    advice = "Idempotency-Key 请用一个新的 UUID。"
    advice_en = "Send a fresh UUID as Idempotency-Key."


class IdempotencyMismatchError(UnprocessableError):
    """The key was used before with another body."""

    code = "api.idempotency-mismatch"
    title = "同一个防重复标记对应了不同内容"
    title_en = "This Idempotency-Key belongs to another request"
    advice = "内容改过就请换一个新的 Idempotency-Key；只有原样重发才用旧的。"
    advice_en = "Use a new key for a changed request; keep the key only to repeat it unchanged."


class RequestInFlightError(ConflictError):
    """The first request with this key is still being worked on."""

    code = "api.request-in-flight"
    title = "上一次提交还在处理"
    title_en = "The first request is still in flight"
    advice = "不用重复提交，请稍等几秒再试。"
    advice_en = "Repeat the request, with the same key, after Retry-After seconds."


class NotReadyError(UnavailableError):
    """A part the service needs does not answer; `parts` says which."""

    code = "api.not-ready"
    title = "系统还没准备好"
    title_en = "Not ready"
    advice = "部件状态见 parts，{retry_after} 秒后再看。"
    advice_en = "See `parts` for what is down; ask again in {retry_after} seconds."
