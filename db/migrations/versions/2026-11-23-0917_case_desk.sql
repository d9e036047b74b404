SET LOCAL statement_timeout = '30s';

CREATE TABLE bureau_contact (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    division_code VARCHAR(6) NOT NULL,
    name VARCHAR(50) NOT NULL,
    phone BYTEA NOT NULL,
    is_emergency BOOLEAN NOT NULL,
    from_date DATE NOT NULL,
    until_date DATE,
    CONSTRAINT pk_bureau_contact PRIMARY KEY (id)
);

CREATE INDEX ix_bureau_contact_division_code ON bureau_contact (division_code);

CREATE TABLE bureau_head (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    division_code VARCHAR(6) NOT NULL,
    person_id UUID NOT NULL,
    from_date DATE NOT NULL,
    until_date DATE,
    CONSTRAINT pk_bureau_head PRIMARY KEY (id),
    CONSTRAINT fk_bureau_head_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_bureau_head_division_code ON bureau_head (division_code);

CREATE INDEX ix_bureau_head_person_id ON bureau_head (person_id);

CREATE TABLE case_group (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    county_code VARCHAR(6) NOT NULL,
    project_id UUID,
    employer_name VARCHAR(200),
    state VARCHAR(32) NOT NULL,
    last_filed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    people INTEGER NOT NULL,
    mass_since TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_case_group PRIMARY KEY (id),
    CONSTRAINT ck_case_group_group_state CHECK (state IN ('suggested', 'confirmed', 'dissolved')),
    CONSTRAINT fk_case_group_project_id_project FOREIGN KEY(project_id) REFERENCES project (id)
);

CREATE INDEX ix_case_group_county_code_id ON case_group (county_code, id);

CREATE INDEX ix_case_group_project_id ON case_group (project_id);

CREATE TABLE dispatch_entry (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    group_id UUID NOT NULL,
    kind VARCHAR(32) NOT NULL,
    author_id UUID NOT NULL,
    text BYTEA NOT NULL,
    next_report_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_dispatch_entry PRIMARY KEY (id),
    CONSTRAINT ck_dispatch_entry_dispatch_kind CHECK (kind IN ('on_the_way', 'arrived', 'promised', 'reported', 'ended')),
    CONSTRAINT fk_dispatch_entry_author_id_person FOREIGN KEY(author_id) REFERENCES person (id),
    CONSTRAINT fk_dispatch_entry_group_id_case_group FOREIGN KEY(group_id) REFERENCES case_group (id)
);

CREATE INDEX ix_dispatch_entry_group_id ON dispatch_entry (group_id);

CREATE TABLE filing_slip (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    complaint_id UUID NOT NULL,
    fingerprint BYTEA,
    ticket_hash BYTEA NOT NULL,
    secrets BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_filing_slip PRIMARY KEY (id),
    CONSTRAINT fk_filing_slip_complaint_id_complaint FOREIGN KEY(complaint_id) REFERENCES complaint (id),
    CONSTRAINT uq_filing_slip_fingerprint UNIQUE (fingerprint),
    CONSTRAINT uq_filing_slip_ticket_hash UNIQUE (ticket_hash)
);

CREATE INDEX ix_filing_slip_complaint_id ON filing_slip (complaint_id);

CREATE INDEX ix_filing_slip_expires_at ON filing_slip (expires_at);

CREATE TABLE group_alert (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    group_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    division_code VARCHAR(6) NOT NULL,
    acknowledged_at TIMESTAMP WITH TIME ZONE,
    acknowledged_by UUID,
    is_passed_on BOOLEAN NOT NULL,
    CONSTRAINT pk_group_alert PRIMARY KEY (id),
    CONSTRAINT fk_group_alert_group_id_case_group FOREIGN KEY(group_id) REFERENCES case_group (id),
    CONSTRAINT fk_group_alert_acknowledged_by_person FOREIGN KEY(acknowledged_by) REFERENCES person (id),
    CONSTRAINT uq_group_alert_group_id_contact_id UNIQUE (group_id, contact_id),
    CONSTRAINT fk_group_alert_contact_id_bureau_contact FOREIGN KEY(contact_id) REFERENCES bureau_contact (id)
);

CREATE TABLE bureau_alarm (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    division_code VARCHAR(6) NOT NULL,
    case_id UUID NOT NULL,
    cleared_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_bureau_alarm PRIMARY KEY (id),
    CONSTRAINT fk_bureau_alarm_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id)
);

CREATE UNIQUE INDEX ix_bureau_alarm_open ON bureau_alarm (division_code) WHERE cleared_at IS NULL;

CREATE TABLE case_handler (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id UUID NOT NULL,
    person_id UUID NOT NULL,
    assigned_by UUID NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    recusal VARCHAR(500),
    CONSTRAINT pk_case_handler PRIMARY KEY (id),
    CONSTRAINT uq_case_handler_case_id_person_id UNIQUE (case_id, person_id),
    CONSTRAINT fk_case_handler_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id),
    CONSTRAINT fk_case_handler_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_case_handler_assigned_by_person FOREIGN KEY(assigned_by) REFERENCES person (id)
);

CREATE INDEX ix_case_handler_person_id ON case_handler (person_id);

CREATE TABLE case_note (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id UUID NOT NULL,
    author_id UUID NOT NULL,
    text BYTEA NOT NULL,
    CONSTRAINT pk_case_note PRIMARY KEY (id),
    CONSTRAINT fk_case_note_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id),
    CONSTRAINT fk_case_note_author_id_person FOREIGN KEY(author_id) REFERENCES person (id)
);

CREATE INDEX ix_case_note_case_id ON case_note (case_id);

CREATE TABLE case_request (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id UUID NOT NULL,
    action VARCHAR(32) NOT NULL,
    form JSONB NOT NULL,
    requested_by UUID NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    is_granted BOOLEAN,
    reason VARCHAR(1000),
    CONSTRAINT pk_case_request PRIMARY KEY (id),
    CONSTRAINT ck_case_request_case_action CHECK (action IN ('accept', 'ask_details', 'add_details', 'refuse', 'transfer', 'refer_up', 'designate', 'extend', 'suspend', 'resume', 'propose_agreement', 'agree', 'decline_agreement', 'break_off', 'order_to_pay', 'apply_to_court', 'transfer_to_police', 'hand_to_police', 'police_file', 'police_decline', 'ask_review', 'keep_order', 'hand_over_evidence', 'grant_advance', 'recover_advance', 'close', 'confirm_paid', 'reopen', 'withdraw', 'supplement')),
    CONSTRAINT fk_case_request_requested_by_person FOREIGN KEY(requested_by) REFERENCES person (id),
    CONSTRAINT fk_case_request_decided_by_person FOREIGN KEY(decided_by) REFERENCES person (id),
    CONSTRAINT fk_case_request_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id)
);

CREATE INDEX ix_case_request_case_id ON case_request (case_id);

CREATE UNIQUE INDEX ix_case_request_open ON case_request (case_id, action) WHERE decided_at IS NULL;

CREATE TABLE group_representative (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    group_id UUID NOT NULL,
    case_id UUID NOT NULL,
    named_by UUID NOT NULL,
    CONSTRAINT pk_group_representative PRIMARY KEY (id),
    CONSTRAINT fk_group_representative_group_id_case_group FOREIGN KEY(group_id) REFERENCES case_group (id),
    CONSTRAINT fk_group_representative_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id),
    CONSTRAINT uq_group_representative_group_id_case_id UNIQUE (group_id, case_id),
    CONSTRAINT fk_group_representative_named_by_person FOREIGN KEY(named_by) REFERENCES person (id)
);

CREATE TABLE retaliation_sign (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id UUID NOT NULL,
    kind VARCHAR(32) NOT NULL,
    facts JSONB NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by UUID,
    finding VARCHAR(1000),
    CONSTRAINT pk_retaliation_sign PRIMARY KEY (id),
    CONSTRAINT ck_retaliation_sign_retaliation_kind CHECK (kind IN ('removed', 'denied_entry', 'fewer_days', 'lower_rate')),
    CONSTRAINT fk_retaliation_sign_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id),
    CONSTRAINT fk_retaliation_sign_settled_by_person FOREIGN KEY(settled_by) REFERENCES person (id),
    CONSTRAINT uq_retaliation_sign_case_id_kind UNIQUE (case_id, kind)
);

CREATE TABLE case_clock_change (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_id UUID NOT NULL,
    event_id UUID NOT NULL,
    kind VARCHAR(32) NOT NULL,
    on_date DATE NOT NULL,
    added_days INTEGER NOT NULL,
    approved_by UUID,
    tell_by_date DATE NOT NULL,
    CONSTRAINT pk_case_clock_change PRIMARY KEY (id),
    CONSTRAINT ck_case_clock_change_clock_change_kind CHECK (kind IN ('paused', 'resumed', 'extended')),
    CONSTRAINT fk_case_clock_change_approved_by_person FOREIGN KEY(approved_by) REFERENCES person (id),
    CONSTRAINT fk_case_clock_change_event_id_case_event FOREIGN KEY(event_id) REFERENCES case_event (id),
    CONSTRAINT fk_case_clock_change_clock_id_case_clock FOREIGN KEY(clock_id) REFERENCES case_clock (id)
);

CREATE INDEX ix_case_clock_change_clock_id ON case_clock_change (clock_id);

CREATE TABLE case_clock_rung (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_id UUID NOT NULL,
    rung VARCHAR(32) NOT NULL,
    due_date DATE NOT NULL,
    CONSTRAINT pk_case_clock_rung PRIMARY KEY (id),
    CONSTRAINT ck_case_clock_rung_rung CHECK (rung IN ('soon', 'due', 'overdue', 'supervised')),
    CONSTRAINT uq_case_clock_rung_clock_id_rung_due_date UNIQUE (clock_id, rung, due_date),
    CONSTRAINT fk_case_clock_rung_clock_id_case_clock FOREIGN KEY(clock_id) REFERENCES case_clock (id)
);

ALTER TABLE "case" ADD COLUMN pin_hash VARCHAR(128);
UPDATE "case" SET pin_hash = complaint.pin_hash FROM complaint WHERE complaint.id = "case".complaint_id;
ALTER TABLE "case" ALTER COLUMN pin_hash SET NOT NULL;
ALTER TABLE "case" ADD COLUMN group_id UUID;
ALTER TABLE "case" ADD COLUMN recovered_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "case" ALTER COLUMN recovered_fen DROP DEFAULT;
ALTER TABLE "case" ADD COLUMN advanced_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "case" ALTER COLUMN advanced_fen DROP DEFAULT;
ALTER TABLE "case" ADD COLUMN advance_recovered_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "case" ALTER COLUMN advance_recovered_fen DROP DEFAULT;
ALTER TABLE "case" ADD COLUMN satisfaction INTEGER;
CREATE INDEX ix_case_group_id ON "case" (group_id);
ALTER TABLE "case" ADD CONSTRAINT fk_case_group_id_case_group
    FOREIGN KEY (group_id) REFERENCES case_group (id);
ALTER TABLE "case" DROP CONSTRAINT ck_case_case_state;
ALTER TABLE "case" ADD CONSTRAINT ck_case_case_state CHECK (state IN ('received', 'awaiting_details', 'awaiting_designation', 'accepted', 'suspended', 'mediating', 'agreed', 'refused', 'ordered_to_pay', 'in_court', 'police_approved', 'with_police', 'police_declined', 'police_filed', 'closed', 'withdrawn'));

ALTER TABLE case_clock ADD COLUMN due_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE case_clock ADD COLUMN is_paused BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE case_clock ALTER COLUMN is_paused DROP DEFAULT;
ALTER TABLE case_clock DROP CONSTRAINT ck_case_clock_clock_kind;
ALTER TABLE case_clock ADD CONSTRAINT ck_case_clock_clock_kind CHECK (kind IN ('acceptance', 'designation', 'investigation', 'payment', 'police_decision', 'police_handover', 'police_reply', 'police_review', 'evidence_handover', 'follow_up'));

ALTER TABLE case_event ADD COLUMN details JSONB NOT NULL DEFAULT '{}';
ALTER TABLE case_event ALTER COLUMN details DROP DEFAULT;
ALTER TABLE case_event ADD COLUMN silence VARCHAR(32);
ALTER TABLE case_event ADD CONSTRAINT ck_case_event_silence
    CHECK (silence IN ('anonymous', 'no_number', 'nothing_new'));
ALTER TABLE case_event ALTER COLUMN note TYPE VARCHAR(2000);
CREATE INDEX ix_case_event_action_created_at ON case_event (action, created_at);
ALTER TABLE case_event DROP CONSTRAINT ck_case_event_case_action;
ALTER TABLE case_event ADD CONSTRAINT ck_case_event_case_action CHECK (action IN ('accept', 'ask_details', 'add_details', 'refuse', 'transfer', 'refer_up', 'designate', 'extend', 'suspend', 'resume', 'propose_agreement', 'agree', 'decline_agreement', 'break_off', 'order_to_pay', 'apply_to_court', 'transfer_to_police', 'hand_to_police', 'police_file', 'police_decline', 'ask_review', 'keep_order', 'hand_over_evidence', 'grant_advance', 'recover_advance', 'close', 'confirm_paid', 'reopen', 'withdraw', 'supplement'));
ALTER TABLE case_event DROP CONSTRAINT ck_case_event_from_state;
ALTER TABLE case_event ADD CONSTRAINT ck_case_event_from_state CHECK (from_state IN ('received', 'awaiting_details', 'awaiting_designation', 'accepted', 'suspended', 'mediating', 'agreed', 'refused', 'ordered_to_pay', 'in_court', 'police_approved', 'with_police', 'police_declined', 'police_filed', 'closed', 'withdrawn'));
ALTER TABLE case_event DROP CONSTRAINT ck_case_event_to_state;
ALTER TABLE case_event ADD CONSTRAINT ck_case_event_to_state CHECK (to_state IN ('received', 'awaiting_details', 'awaiting_designation', 'accepted', 'suspended', 'mediating', 'agreed', 'refused', 'ordered_to_pay', 'in_court', 'police_approved', 'with_police', 'police_declined', 'police_filed', 'closed', 'withdrawn'));

ALTER TABLE complaint ADD COLUMN channel VARCHAR(32) NOT NULL DEFAULT 'worker';
ALTER TABLE complaint ALTER COLUMN channel DROP DEFAULT;
ALTER TABLE complaint ADD CONSTRAINT ck_complaint_channel
    CHECK (channel IN ('worker', 'poster', 'phone', 'window', 'clue'));
ALTER TABLE complaint ADD COLUMN personal BYTEA;
ALTER TABLE complaint ADD COLUMN employer_name VARCHAR(200);
ALTER TABLE complaint ADD COLUMN people INTEGER NOT NULL DEFAULT 1;
ALTER TABLE complaint ALTER COLUMN people DROP DEFAULT;
ALTER TABLE complaint DROP COLUMN pin_hash;
CREATE INDEX ix_complaint_employer_name ON complaint (employer_name);
CREATE INDEX ix_complaint_subject_id ON complaint (subject_id) WHERE subject_id IS NOT NULL;

CREATE TRIGGER complaint_append_only BEFORE UPDATE OR DELETE ON complaint
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER complaint_no_truncate BEFORE TRUNCATE ON complaint
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER case_clock_change_append_only BEFORE UPDATE OR DELETE ON case_clock_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_clock_change_no_truncate BEFORE TRUNCATE ON case_clock_change
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER case_note_append_only BEFORE UPDATE OR DELETE ON case_note
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_note_no_truncate BEFORE TRUNCATE ON case_note
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER dispatch_entry_append_only BEFORE UPDATE OR DELETE ON dispatch_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispatch_entry_no_truncate BEFORE TRUNCATE ON dispatch_entry
    EXECUTE FUNCTION refuse_change();
