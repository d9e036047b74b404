"""Lost devices, key roll, what devices say of themselves, phones, photos, conflicts with owners."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INSTANT = sa.DateTime(timezone=True)
DEVICE_INSTANTS = ("token_issued_at", "roll_due_at", "lost_at")
TABLES = (
    "device_health",
    "device_alarm",
    "gate_face",
    "worker_phone",
    "worker_photo",
    "gate_conflict",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _extend_devices()
    op.add_column(
        "project",
        sa.Column("faces_at_gates", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("project", "faces_at_gates", server_default=None)
    _create_health()
    _create_alarms()
    _create_faces()
    _create_phones()
    _create_photos()
    _create_conflicts()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("project", "faces_at_gates")
    for column in ("next_token_hash", *DEVICE_INSTANTS):
        op.drop_column("device", column)


def _extend_devices() -> None:
    op.add_column("device", sa.Column("next_token_hash", sa.LargeBinary(32)))
    op.create_unique_constraint("uq_device_next_token_hash", "device", ["next_token_hash"])
    for column in DEVICE_INSTANTS:
        op.add_column("device", sa.Column(column, INSTANT))
    op.execute("UPDATE device SET token_issued_at = paired_at")


def _create_health() -> None:
    op.create_table(
        "device_health",
        *_record("device_health"),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("heard_at", INSTANT, nullable=False),
        sa.Column("synced_at", INSTANT),
        sa.Column("version", sa.String(64)),
        sa.Column("power", sa.String(32)),
        sa.Column("battery_percent", sa.Integer()),
        sa.Column("waiting", sa.Integer()),
        sa.Column("waiting_since", INSTANT),
        sa.Column("quarantined", sa.Integer()),
        sa.Column("offline_until", sa.Date()),
        sa.UniqueConstraint("device_id", name="uq_device_health_device_id"),
        sa.CheckConstraint(
            _one_of("power", ("mains", "battery")), name=op.f("ck_device_health_power_source")
        ),
        *_refers("device_health", "project", "device"),
    )


def _create_alarms() -> None:
    op.create_table(
        "device_alarm",
        *_record("device_alarm"),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("trouble", sa.String(32), nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.CheckConstraint(
            _one_of("trouble", ("silent", "clock", "lists", "backlog")),
            name=op.f("ck_device_alarm_device_trouble"),
        ),
        *_refers("device_alarm", "project", "device"),
    )
    op.create_index(
        "ix_device_alarm_open",
        "device_alarm",
        ["device_id", "trouble"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_faces() -> None:
    op.create_table(
        "gate_face",
        *_record("gate_face"),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_ref", sa.LargeBinary(6), nullable=False),
        sa.Column("digest", sa.LargeBinary(32)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.UniqueConstraint("project_id", "worker_ref", name="uq_gate_face_project_id_worker_ref"),
        sa.UniqueConstraint("project_id", "revision", name="uq_gate_face_project_id_revision"),
        *_refers("gate_face", "project"),
    )


def _create_phones() -> None:
    op.create_table(
        "worker_phone",
        *_record("worker_phone"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key_generation", sa.Integer(), nullable=False),
        sa.Column("sign_in_family_id", sa.Uuid(), nullable=False),
        sa.UniqueConstraint(
            "person_id", "key_generation", name="uq_worker_phone_person_id_key_generation"
        ),
        *_refers("worker_phone", "person"),
    )


def _create_photos() -> None:
    op.create_table(
        "worker_photo",
        *_record("worker_photo"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("consent", sa.String(200), nullable=False),
        sa.Column("notice_version", sa.String(20), nullable=False),
        sa.UniqueConstraint("person_id", name="uq_worker_photo_person_id"),
        *_refers("worker_photo", "person"),
        _refers_by("worker_photo", "uploaded_by_id", "person"),
    )


def _create_conflicts() -> None:
    op.create_table(
        "gate_conflict",
        *_record("gate_conflict"),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("outcome", sa.String(32)),
        sa.Column("note", sa.String(500)),
        sa.Column("guard_name", sa.String(50)),
        sa.Column("annulment_id", sa.Uuid()),
        sa.Column("resolved_by_id", sa.Uuid()),
        sa.Column("resolved_at", INSTANT),
        sa.CheckConstraint(
            _one_of("kind", ("admitted_wrongly", "lost_device")),
            name=op.f("ck_gate_conflict_conflict_kind"),
        ),
        sa.CheckConstraint(
            _one_of("outcome", ("acknowledged", "no_crossing", "guard_statement")),
            name=op.f("ck_gate_conflict_conflict_outcome"),
        ),
        *_refers("gate_conflict", "project"),
        _refers_by("gate_conflict", "owner_id", "person"),
        _refers_by("gate_conflict", "annulment_id", "check_in_annulment"),
        _refers_by("gate_conflict", "resolved_by_id", "person"),
    )
    op.create_index(
        "ix_gate_conflict_project_id_resolved_at", "gate_conflict", ["project_id", "resolved_at"]
    )


def _record(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _refers(table: str, *owners: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return tuple(_refers_by(table, f"{owner}_id", owner) for owner in owners)


def _refers_by(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
