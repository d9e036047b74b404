"""What the evidence log refuses."""

from core.errors import (
    NotFoundError,
    TooLargeError,
    UnavailableError,
    UnprocessableError,
)


class LeafNotFoundError(NotFoundError):
    """No sealed entry has this leaf hash."""

    code = "evidence.leaf-not-found"
    title = "存证里没有这一条"
    title_en = "No such sealed entry"
    advice = "请检查哈希值；当天的记录要到夜里封存以后才能查到。"
    advice_en = "Check the hash; entries of today can be found once the day has been sealed."


class NoSuchTreeError(UnprocessableError):
    """The tree never had that size, or the sizes stand the wrong way round."""

    code = "evidence.no-such-tree"
    title = "存证没有这个大小"
    title_en = "The log never had this size"
    advice = "请使用封存清单里公布的大小，前一个不能大于后一个。"
    advice_en = "Use sizes from published seals, the earlier one first."


class UploadTooLargeError(TooLargeError):
    """A file has too many bytes."""

    code = "evidence.upload-too-large"
    title = "文件太大"
    title_en = "The file is too large"
    advice = "请换一个小于 {max_megabytes} MB 的文件；照片用手机普通拍照就够清楚。"
    advice_en = "Use a file below {max_megabytes} MB; an ordinary phone picture will do."


class TooManyPixelsError(TooLargeError):
    """A picture is larger, or claims to be, than anybody needs or a server can unpack."""

    code = "evidence.too-many-pixels"
    title = "照片的像素太多了"
    title_en = "The picture has too many pixels"
    advice = "最多 {max_megapixels} 百万像素。请用手机普通模式重新拍，或者截图、缩小以后再传。"
    advice_en = (
        "At most {max_megapixels} megapixels: take it again in the ordinary mode, or shrink it."
    )


class PictureUnreadableError(UnprocessableError):
    """The upload is no picture, or a damaged one."""

    code = "evidence.picture-unreadable"
    title = "这张照片打不开"
    title_en = "The photo cannot be read"
    advice = "请换一张 JPG、PNG 或 WebP 照片，或者重新拍一张。"
    advice_en = "Use another JPEG, PNG or WebP picture."


class UnknownAttachmentError(UnprocessableError):
    """The upload is none of the kinds of file that can be kept as evidence."""

    code = "evidence.unknown-attachment"
    title = "这种文件收不了"
    title_en = "This kind of file is not accepted"
    advice = "可以交照片（JPG、PNG、WebP）、录音（MP3、M4A、AMR、WAV、OGG、WebM）和 PDF。"
    advice_en = "Pictures (JPEG, PNG, WebP), recordings (MP3, M4A, AMR, WAV, Ogg, WebM) and PDF."


class BlobLostError(UnavailableError):
    """A file the database knows of is not on the disk, or is not what was put there."""

    code = "evidence.blob-lost"
    title = "文件暂时打不开"
    title_en = "The file cannot be read right now"
    advice = "文件的记录还在。请 {retry_after} 秒后再试；还不行，请告诉管理员。"
    advice_en = "Its record is safe. Try again in {retry_after} seconds, or tell the operator."
