"""A complaint with three photos, from the upload to the sealed bundle."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from itertools import cycle
from random import Random
from time import perf_counter
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from PIL import Image, ImageFilter
from redis import Redis
from sqlalchemy import select
from sqlmodel import Session, col

from bench.harness import Sides, bench
from bench.rig import Rig
from bench.sites import ROOT
from cases import files
from core.case_enums import Disclosure
from core.clock import now
from core.enums import Role
from core.keyring import load_keyring
from db.models import ProjectWorker
from db.session import Database
from demo.load import load_demo
from evidence.blobs import FolderBlobs
from identity.principal import Principal
from payroll.complaints import file_my_complaint

PHOTO = (4000, 3000)
"""What a phone takes: 12 megapixels."""
PHOTOS = 3
KEPT = (1600, 1600)
QUALITY = 80


@bench(unit="s", ratio="<=", target=2.5)
@contextmanager
def complaint_vs_pillow(rig: Rig) -> Generator[Sides]:
    """Three photos uploaded, the complaint filed and its bundle sealed, against their re-encode."""
    desk = _Desk(rig)
    photos = [_take_photo(seed) for seed in range(PHOTOS)]
    yield Sides(ours=partial(desk.file, photos), baseline=partial(_encode, photos))


class _Desk:
    """The demo project, whose workers complain in turn."""

    def __init__(self, rig: Rig) -> None:
        config = Config(ROOT / "alembic.ini")
        config.set_main_option("sqlalchemy.url", rig.database_url)
        command.upgrade(config, "head")
        self._keyring = load_keyring(rig.directory / "keys.json")
        self._database = Database(rig.database_url, self._keyring.fields)
        self._blobs = FolderBlobs(rig.directory / "blobs", self._keyring.fields)
        self._valkey = Redis.from_url(rig.valkey_url)
        load_demo(self._database, now())
        with self._database.transaction() as session:
            places = session.execute(
                select(col(ProjectWorker.project_id), col(ProjectWorker.person_id))
            ).all()
        self._places = cycle([(place[0], place[1]) for place in places])

    def file(self, photos: list[bytes]) -> float:
        """Return the seconds until everything is committed."""
        project_id, person_id = next(self._places)
        started = perf_counter()
        tokens = [self._upload(photo) for photo in photos]
        with self._database.transaction() as session:
            self._complain(session, project_id, person_id, tokens)
        return perf_counter() - started

    def _upload(self, photo: bytes) -> str:
        with self._database.transaction() as session:
            return files.stage_file(
                session, self._valkey, self._blobs, content=photo, address=str(uuid4()), at=now()
            ).token

    def _complain(
        self, session: Session, project_id: UUID, person_id: UUID, tokens: list[str]
    ) -> None:
        worker = Principal(person_id, Role.WORKER, uuid4(), None, None, None)
        file_my_complaint(
            session,
            self._keyring,
            principal=worker,
            payslip_id=None,
            project_id=project_id,
            statement=f"十月的工资没有发 {uuid4()}",
            disclosure=Disclosure.SHIELDED,
            attachments=tokens,
            at=now(),
        )


def _take_photo(seed: int) -> bytes:
    noise = Random(seed).randbytes(PHOTO[0] // 8 * PHOTO[1] // 8)  # noqa: S311
    small = Image.frombytes("L", (PHOTO[0] // 8, PHOTO[1] // 8), noise).convert("RGB")
    file = BytesIO()
    small.resize(PHOTO).filter(ImageFilter.BLUR).save(file, "JPEG", quality=90)
    return file.getvalue()


def _encode(photos: list[bytes]) -> float:
    started = perf_counter()
    for photo in photos:
        with Image.open(BytesIO(photo)) as opened:
            opened.draft("RGB", KEPT)
            opened.thumbnail(KEPT)
            opened.convert("RGB").save(BytesIO(), "JPEG", quality=QUALITY)
    return perf_counter() - started
