"""What the evidence log refuses."""

from core.errors import NotFoundError, UnprocessableError


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
