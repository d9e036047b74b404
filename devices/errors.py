"""What devices are refused, and what is refused about them."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnprocessableError,
)


class DeviceNotFoundError(NotFoundError):
    """The device does not exist on this project."""

    code = "devices.device-not-found"
    title = "没有找到这台设备"
    title_en = "Device not found"
    advice = "请在本项目的设备列表里核对；别的项目的设备在这里看不到。"
    advice_en = "Check the device list of this project."


class DeviceNameTakenError(ConflictError):
    """Another device of the project has this name."""

    code = "devices.name-taken"
    title = "这个设备名称已经用过"
    title_en = "Device name is taken"
    advice = "请换一个名称，例如“东门 2 号闸机”。"
    advice_en = "Choose another name."


class DeviceRevokedError(ConflictError):
    """The device was revoked; a revoked device never comes back under the same record."""

    code = "devices.device-revoked"
    title = "这台设备已经停用"
    title_en = "Device is revoked"
    advice = "停用的设备不能再配对，请另建一台设备。"
    advice_en = "A revoked device cannot be paired again; create a new one."


class WrongPairingCodeError(UnauthorizedError):
    """The pairing code is wrong, older than 15 minutes, or already used."""

    code = "devices.wrong-pairing-code"
    title = "配对码不对或已失效"
    title_en = "The pairing code is wrong or no longer valid"
    advice = "配对码 15 分钟内有效，只能用一次。请让劳资专管员重新生成一个。"
    advice_en = "Codes last 15 minutes and work once. Ask the labour manager for a new one."


class PairingThrottledError(ThrottledError):
    """Too many pairing codes were tried."""

    code = "devices.too-many-pairing-tries"
    title = "配对试得太频繁了"
    title_en = "Too many pairing codes were tried"
    advice = "请等 {retry_after} 秒再试，并核对配对码。"
    advice_en = "Wait {retry_after} seconds, and check the code."


class PairingUnavailableError(UnavailableError):
    """Tries cannot be counted right now, so none is let through."""

    code = "devices.pairing-unavailable"
    title = "暂时不能配对"
    title_en = "Pairing is not possible right now"
    advice = "系统正在恢复，请 {retry_after} 秒后再试。已配对的闸机不受影响。"
    advice_en = "Try again in {retry_after} seconds. Paired gates keep working."


class UnknownDeviceError(UnauthorizedError):
    """The device token is missing, unknown, or revoked."""

    code = "devices.unknown-device"
    title = "设备没有配对或已停用"
    title_en = "The device is not paired, or was revoked"
    advice = "请让劳资专管员生成配对码，重新配对这台设备。"
    advice_en = "Ask the labour manager for a pairing code and pair the device again."


class UnknownTerminalError(NotFoundError):
    """No terminal may call here: wrong secret, wrong vendor, foreign address, or revoked."""

    code = "devices.unknown-terminal"
    title = "没有找到这台终端"
    title_en = "No such terminal"
    advice = "请核对设备里填写的地址；如已停用或换过地址，请让劳资专管员重新生成。"
    advice_en = "Check the address typed into the device, or ask the labour manager for a new one."


class TerminalThrottledError(ThrottledError):
    """Too many calls from one address to terminals that do not exist."""

    code = "devices.too-many-unknown-calls"
    title = "地址不对的请求太频繁了"
    title_en = "Too many calls to unknown terminals"
    advice = "请等 {retry_after} 秒再试，并核对设备里填写的地址。"
    advice_en = "Wait {retry_after} seconds, and check the address typed into the device."


class NotATerminalError(ConflictError):
    """The device is paired by code; it has no path of its own."""

    code = "devices.not-a-terminal"
    title = "这台设备不用地址接入"
    title_en = "This device has no address of its own"
    advice = "这是用配对码接入的设备，请重新生成配对码。"
    advice_en = "It is paired by code; ask for a new pairing code instead."


class WrongTerminalSettingsError(UnprocessableError):
    """The vendor's settings are incomplete or not such a vendor's."""

    code = "devices.wrong-terminal-settings"
    title = "设备参数没填对"
    title_en = "Wrong terminal settings"
    advice = "请核对这个厂家的参数：{problem}。"
    advice_en = "Check this vendor's settings: {problem}."


class DeviceMessageNotFoundError(NotFoundError):
    """No terminal of the project sent such a message, or it is older than 7 days."""

    code = "devices.message-not-found"
    title = "没有找到这条设备消息"
    title_en = "Message not found"
    advice = "设备消息只保留 7 天，请从列表里重新打开。"
    advice_en = "Messages are kept for 7 days; open it from the list again."


class NoLogQueryError(ConflictError):
    """The terminal cannot be asked for old records: another kind, or revoked."""

    code = "devices.no-log-query"
    title = "这台设备不能补传记录"
    title_en = "The terminal cannot be asked for its log"
    advice = "只有在用的中控（ZKTeco）考勤机能补传；其他设备请导出记录文件后上传。"
    advice_en = "Only ZKTeco attendance terminals in use can; upload an exported file instead."


class LogQueryTooLongError(UnprocessableError):
    """The days asked for are too many, or end before they begin."""

    code = "devices.log-query-too-long"
    title = "补传的日期不对"
    title_en = "Wrong days"
    advice = "开始日期不能晚于结束日期，一次最多 {days} 天，请分几次补传。"
    advice_en = "The first day must not be after the last; at most {days} days at once."


class NotAnAttlogError(UnprocessableError):
    """Most of the file is not in the ATTLOG format, so nothing of it was taken."""

    code = "devices.not-an-attlog"
    title = "这不是考勤机导出的记录文件"
    title_en = "Not an ATTLOG file"
    advice = "每行应为：工号、时间、状态、验证方式，用 TAB 隔开。有 {faults} 行读不懂，没有导入。"
    advice_en = "Lines must be PIN, time, status, verify, TAB-separated; {faults} were unreadable."


class AttlogTooLongError(TooLargeError):
    """The file has more lines than one import takes."""

    code = "devices.attlog-too-long"
    title = "考勤记录文件太长"
    title_en = "Too many lines"
    advice = "一次最多 {max_lines} 行，请按月分开导出后再上传。重复上传不会重复计算。"
    advice_en = "At most {max_lines} lines at once; split it. Uploading a line twice is harmless."


class WrongProfileError(ForbiddenError):
    """The device is paired, but for something else; `profile` is what it is."""

    code = "devices.wrong-profile"
    title = "这台设备不能做这件事"
    title_en = "Not for this kind of device"
    advice = "请让劳资专管员按用途另建一台设备再配对；这台登记的用途是{purpose}。"
    advice_en = "It is paired as {profile}; have another device created for this purpose."


class LostInFutureError(UnprocessableError):
    """A device cannot be reported lost for a moment that has not come yet."""

    code = "devices.lost-in-future"
    title = "丢失时间还没有到"
    title_en = "The time of the loss is in the future"
    advice = "请填写最后一次确定设备还在的时间。"
    advice_en = "Give the last moment at which the device was surely there."
