"""Files that come with a page's form: each is staged as if it had been uploaded before."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import UploadFile
from redis import Redis
from sqlmodel import Session

from cases import files
from evidence.blobs import FolderBlobs
from evidence.pictures import LARGEST_UPLOAD


def stage_all(
    session: Session,
    valkey: Redis,
    blobs: FolderBlobs,
    handed_in: Sequence[UploadFile],
    *,
    address: str,
    at: datetime,
) -> list[str]:
    """Return the tokens of what was chosen; raises what `cases.files.stage_file` refuses."""
    return [
        files.stage_file(
            session,
            valkey,
            blobs,
            content=file.file.read(LARGEST_UPLOAD + 1),
            address=address,
            at=at,
        ).token
        for file in handed_in
        if file.size  # a browser sends an empty part where nothing was chosen
    ]
