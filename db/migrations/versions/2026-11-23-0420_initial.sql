-- The first schema. Later changes are migrations of their own: expand, deploy, backfill, contract.

CREATE TABLE employer (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    uscc VARCHAR(18) NOT NULL,
    name VARCHAR(200) NOT NULL,
    area_code VARCHAR(6),
    CONSTRAINT pk_employer PRIMARY KEY (id),
    CONSTRAINT uq_employer_uscc UNIQUE (uscc)
);

CREATE TABLE outbox_message (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    task VARCHAR(64) NOT NULL,
    payload JSONB NOT NULL,
    dedupe_key VARCHAR(200) NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_outbox_message PRIMARY KEY (id),
    CONSTRAINT uq_outbox_message_dedupe_key UNIQUE (dedupe_key)
);
CREATE INDEX ix_outbox_message_due_at ON outbox_message (due_at) WHERE done_at IS NULL;

CREATE TABLE person (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name VARCHAR(50) NOT NULL,
    id_type VARCHAR(2),
    id_number BYTEA,
    id_number_index BYTEA,
    birth_date DATE,
    gender VARCHAR(1),
    nation VARCHAR(10),
    address BYTEA,
    phone BYTEA,
    phone_index BYTEA,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_id_type_id_number_index UNIQUE (id_type, id_number_index)
);
CREATE INDEX ix_person_phone_index ON person (phone_index);

CREATE TABLE project (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    code VARCHAR(32) NOT NULL,
    name VARCHAR(200) NOT NULL,
    category VARCHAR(2) NOT NULL,
    status VARCHAR(3) NOT NULL,
    county_code VARCHAR(6) NOT NULL,
    address VARCHAR(200),
    owner_name VARCHAR(200),
    owner_uscc VARCHAR(18),
    licence_number VARCHAR(50),
    start_date DATE,
    complete_date DATE,
    contract_amount_fen BIGINT,
    poster_token VARCHAR(32) NOT NULL,
    day_starts_at TIME WITHOUT TIME ZONE NOT NULL,
    full_day_minutes INTEGER NOT NULL,
    half_day_minutes INTEGER NOT NULL,
    arrears_after_days INTEGER NOT NULL,
    CONSTRAINT pk_project PRIMARY KEY (id),
    CONSTRAINT uq_project_code UNIQUE (code),
    CONSTRAINT uq_project_poster_token UNIQUE (poster_token)
);
CREATE INDEX ix_project_county_code ON project (county_code);

CREATE TABLE audit_entry (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_id UUID,
    actor_role VARCHAR(32),
    action VARCHAR(64) NOT NULL,
    subject_kind VARCHAR(32) NOT NULL,
    subject_id UUID NOT NULL,
    reason VARCHAR(500) NOT NULL,
    detail JSONB NOT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (id),
    CONSTRAINT fk_audit_entry_actor_id_person FOREIGN KEY(actor_id) REFERENCES person (id),
    CONSTRAINT ck_audit_entry_role CHECK (actor_role IN ('worker', 'labour_manager', 'employer_admin', 'inspector', 'auditor', 'admin'))
);
CREATE INDEX ix_audit_entry_subject_kind_subject_id ON audit_entry (subject_kind, subject_id);

CREATE TABLE complaint (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    number VARCHAR(20) NOT NULL,
    pin_hash VARCHAR(128) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    disclosure VARCHAR(32) NOT NULL,
    person_id UUID,
    phone BYTEA,
    project_id UUID,
    subject_kind VARCHAR(32),
    subject_id UUID,
    county_code VARCHAR(6) NOT NULL,
    statement BYTEA NOT NULL,
    amount_fen BIGINT,
    facts JSONB NOT NULL,
    CONSTRAINT pk_complaint PRIMARY KEY (id),
    CONSTRAINT uq_complaint_number UNIQUE (number),
    CONSTRAINT ck_complaint_complaint_kind CHECK (kind IN ('complaint', 'report')),
    CONSTRAINT ck_complaint_disclosure CHECK (disclosure IN ('named', 'shielded', 'anonymous')),
    CONSTRAINT fk_complaint_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_complaint_project_id_project FOREIGN KEY(project_id) REFERENCES project (id)
);
CREATE INDEX ix_complaint_person_id ON complaint (person_id);
CREATE INDEX ix_complaint_project_id ON complaint (project_id);

CREATE TABLE device (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    name VARCHAR(50) NOT NULL,
    profile VARCHAR(32) NOT NULL,
    serial_number VARCHAR(64),
    pairing_code_hash BYTEA,
    pairing_expires_at TIMESTAMP WITH TIME ZONE,
    token_hash BYTEA,
    paired_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    last_seen_at TIMESTAMP WITH TIME ZONE,
    clock_offset_ms INTEGER,
    CONSTRAINT pk_device PRIMARY KEY (id),
    CONSTRAINT uq_device_project_id_name UNIQUE (project_id, name),
    CONSTRAINT fk_device_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT ck_device_device_profile CHECK (profile IN ('gate', 'kiosk', 'supervisor')),
    CONSTRAINT uq_device_pairing_code_hash UNIQUE (pairing_code_hash),
    CONSTRAINT uq_device_token_hash UNIQUE (token_hash)
);

CREATE TABLE notification (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID,
    phone BYTEA,
    template VARCHAR(64) NOT NULL,
    template_version INTEGER NOT NULL,
    body BYTEA NOT NULL,
    urgency VARCHAR(32) NOT NULL,
    dedupe_key VARCHAR(200) NOT NULL,
    state VARCHAR(32) NOT NULL,
    attempts INTEGER NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    gateway VARCHAR(32),
    provider_reference VARCHAR(64),
    error VARCHAR(200),
    CONSTRAINT pk_notification PRIMARY KEY (id),
    CONSTRAINT fk_notification_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT ck_notification_urgency CHECK (urgency IN ('normal', 'urgent')),
    CONSTRAINT uq_notification_dedupe_key UNIQUE (dedupe_key),
    CONSTRAINT ck_notification_notification_state CHECK (state IN ('pending', 'sending', 'sent', 'delivered', 'failed'))
);
CREATE INDEX ix_notification_person_id ON notification (person_id);
CREATE INDEX ix_notification_state ON notification (state);

CREATE TABLE project_party (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    employer_id UUID NOT NULL,
    party_type VARCHAR(3) NOT NULL,
    entered_date DATE,
    left_date DATE,
    manager_name VARCHAR(50),
    manager_phone BYTEA,
    wage_bank_name VARCHAR(50),
    wage_account BYTEA,
    CONSTRAINT pk_project_party PRIMARY KEY (id),
    CONSTRAINT uq_project_party_project_id_employer_id_party_type UNIQUE (project_id, employer_id, party_type),
    CONSTRAINT fk_project_party_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_project_party_employer_id_employer FOREIGN KEY(employer_id) REFERENCES employer (id)
);
CREATE INDEX ix_project_party_employer_id ON project_party (employer_id);

CREATE TABLE role_grant (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID NOT NULL,
    role VARCHAR(32) NOT NULL,
    project_id UUID,
    employer_id UUID,
    county_code VARCHAR(6),
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT ck_role_grant_one_scope CHECK (num_nonnulls(project_id, employer_id, county_code) <= 1),
    CONSTRAINT fk_role_grant_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT ck_role_grant_role CHECK (role IN ('worker', 'labour_manager', 'employer_admin', 'inspector', 'auditor', 'admin')),
    CONSTRAINT fk_role_grant_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_role_grant_employer_id_employer FOREIGN KEY(employer_id) REFERENCES employer (id)
);
CREATE INDEX ix_role_grant_person_id ON role_grant (person_id);

CREATE TABLE worker_code (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID NOT NULL,
    worker_ref BYTEA NOT NULL,
    key_generation INTEGER NOT NULL,
    CONSTRAINT pk_worker_code PRIMARY KEY (id),
    CONSTRAINT uq_worker_code_person_id UNIQUE (person_id),
    CONSTRAINT fk_worker_code_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT uq_worker_code_worker_ref UNIQUE (worker_ref)
);

CREATE TABLE "case" (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    number VARCHAR(20) NOT NULL,
    complaint_id UUID NOT NULL,
    county_code VARCHAR(6) NOT NULL,
    state VARCHAR(32) NOT NULL,
    CONSTRAINT pk_case PRIMARY KEY (id),
    CONSTRAINT uq_case_number UNIQUE (number),
    CONSTRAINT uq_case_complaint_id UNIQUE (complaint_id),
    CONSTRAINT fk_case_complaint_id_complaint FOREIGN KEY(complaint_id) REFERENCES complaint (id),
    CONSTRAINT ck_case_case_state CHECK (state IN ('received', 'accepted', 'refused', 'ordered_to_pay', 'closed', 'withdrawn'))
);
CREATE INDEX ix_case_county_code_id ON "case" (county_code, id);
CREATE INDEX ix_case_county_code_state_id ON "case" (county_code, state, id);

CREATE TABLE sign_in (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    family_id UUID NOT NULL,
    person_id UUID NOT NULL,
    role VARCHAR(32) NOT NULL,
    grant_id UUID,
    token_hash BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rotated_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sign_in PRIMARY KEY (id),
    CONSTRAINT fk_sign_in_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT ck_sign_in_role CHECK (role IN ('worker', 'labour_manager', 'employer_admin', 'inspector', 'auditor', 'admin')),
    CONSTRAINT fk_sign_in_grant_id_role_grant FOREIGN KEY(grant_id) REFERENCES role_grant (id),
    CONSTRAINT uq_sign_in_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_sign_in_family_id ON sign_in (family_id);
CREATE INDEX ix_sign_in_person_id ON sign_in (person_id);

CREATE TABLE team (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    party_id UUID NOT NULL,
    name VARCHAR(100) NOT NULL,
    leader_name VARCHAR(50),
    CONSTRAINT pk_team PRIMARY KEY (id),
    CONSTRAINT uq_team_project_id_name UNIQUE (project_id, name),
    CONSTRAINT fk_team_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_team_party_id_project_party FOREIGN KEY(party_id) REFERENCES project_party (id)
);

CREATE TABLE attendance_sheet (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    team_id UUID NOT NULL,
    month VARCHAR(7) NOT NULL,
    state VARCHAR(32) NOT NULL,
    lines JSONB NOT NULL,
    CONSTRAINT pk_attendance_sheet PRIMARY KEY (id),
    CONSTRAINT uq_attendance_sheet_project_id_team_id_month UNIQUE (project_id, team_id, month),
    CONSTRAINT fk_attendance_sheet_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_attendance_sheet_team_id_team FOREIGN KEY(team_id) REFERENCES team (id),
    CONSTRAINT ck_attendance_sheet_sheet_state CHECK (state IN ('draft', 'locked'))
);

CREATE TABLE case_clock (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id UUID NOT NULL,
    kind VARCHAR(32) NOT NULL,
    started_date DATE NOT NULL,
    due_date DATE NOT NULL,
    is_provisional BOOLEAN NOT NULL,
    stopped_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_case_clock PRIMARY KEY (id),
    CONSTRAINT fk_case_clock_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id),
    CONSTRAINT ck_case_clock_clock_kind CHECK (kind IN ('acceptance', 'investigation'))
);
CREATE INDEX ix_case_clock_case_id ON case_clock (case_id);
CREATE INDEX ix_case_clock_due_date ON case_clock (due_date) WHERE stopped_at IS NULL;

CREATE TABLE case_event (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id UUID NOT NULL,
    action VARCHAR(32),
    from_state VARCHAR(32),
    to_state VARCHAR(32) NOT NULL,
    actor_id UUID,
    actor_role VARCHAR(32),
    note VARCHAR(1000),
    CONSTRAINT pk_case_event PRIMARY KEY (id),
    CONSTRAINT fk_case_event_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id),
    CONSTRAINT ck_case_event_case_action CHECK (action IN ('accept', 'refuse', 'order_to_pay', 'close', 'reopen', 'withdraw')),
    CONSTRAINT ck_case_event_from_state CHECK (from_state IN ('received', 'accepted', 'refused', 'ordered_to_pay', 'closed', 'withdrawn')),
    CONSTRAINT ck_case_event_to_state CHECK (to_state IN ('received', 'accepted', 'refused', 'ordered_to_pay', 'closed', 'withdrawn')),
    CONSTRAINT fk_case_event_actor_id_person FOREIGN KEY(actor_id) REFERENCES person (id),
    CONSTRAINT ck_case_event_role CHECK (actor_role IN ('worker', 'labour_manager', 'employer_admin', 'inspector', 'auditor', 'admin'))
);
CREATE INDEX ix_case_event_case_id ON case_event (case_id);

CREATE TABLE project_worker (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    person_id UUID NOT NULL,
    team_id UUID NOT NULL,
    work_type VARCHAR(4) NOT NULL,
    worker_role VARCHAR(2) NOT NULL,
    is_team_leader BOOLEAN NOT NULL,
    card_number VARCHAR(30),
    entered_date DATE NOT NULL,
    left_date DATE,
    bank_card BYTEA,
    bank_card_index BYTEA,
    bank_name VARCHAR(50),
    bank_link_number VARCHAR(30),
    CONSTRAINT pk_project_worker PRIMARY KEY (id),
    CONSTRAINT uq_project_worker_project_id_person_id UNIQUE (project_id, person_id),
    CONSTRAINT uq_project_worker_project_id_card_number UNIQUE (project_id, card_number),
    CONSTRAINT fk_project_worker_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_project_worker_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_project_worker_team_id_team FOREIGN KEY(team_id) REFERENCES team (id)
);
CREATE INDEX ix_project_worker_bank_card_index ON project_worker (bank_card_index);
CREATE INDEX ix_project_worker_person_id ON project_worker (person_id);
CREATE INDEX ix_project_worker_team_id ON project_worker (team_id);

CREATE TABLE check_in (
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    source_id UUID NOT NULL,
    nonce VARCHAR(64) NOT NULL,
    device_id UUID,
    project_worker_id UUID,
    direction VARCHAR(32) NOT NULL,
    method VARCHAR(32) NOT NULL,
    grade VARCHAR(32) NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_bound_ms INTEGER NOT NULL,
    admitted BOOLEAN NOT NULL,
    valid BOOLEAN NOT NULL,
    reason VARCHAR(32) NOT NULL,
    decided_offline BOOLEAN NOT NULL,
    code_step BIGINT,
    presented VARCHAR(64),
    location BYTEA,
    note VARCHAR(200),
    CONSTRAINT pk_check_in PRIMARY KEY (project_id, id, occurred_at),
    CONSTRAINT uq_check_in_project_id_source_id_nonce_occurred_at UNIQUE (project_id, source_id, nonce, occurred_at),
    CONSTRAINT fk_check_in_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_check_in_device_id_device FOREIGN KEY(device_id) REFERENCES device (id),
    CONSTRAINT fk_check_in_project_worker_id_project_worker FOREIGN KEY(project_worker_id) REFERENCES project_worker (id),
    CONSTRAINT ck_check_in_direction CHECK (direction IN ('in', 'out')),
    CONSTRAINT ck_check_in_check_in_method CHECK (method IN ('live_code', 'card_code', 'face', 'fingerprint', 'palm', 'access_card', 'poster', 'manual', 'imported')),
    CONSTRAINT ck_check_in_grade CHECK (grade IN ('A', 'B', 'C', 'D', 'E')),
    CONSTRAINT ck_check_in_scan_reason CHECK (reason IN ('ok', 'malformed_code', 'unknown_worker', 'bad_gate_tag', 'bad_holder_tag', 'expired_code', 'future_code', 'already_used', 'not_on_project', 'left_project', 'no_contract'))
) PARTITION BY RANGE (occurred_at);
CREATE INDEX ix_check_in_project_id_project_worker_id_occurred_at ON check_in (project_id, project_worker_id, occurred_at);
CREATE INDEX ix_check_in_project_id_project_worker_id_received_at ON check_in (project_id, project_worker_id, received_at) WHERE clock_bound_ms > 120000;

CREATE TABLE contract (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    project_worker_id UUID NOT NULL,
    kind VARCHAR(32) NOT NULL,
    code VARCHAR(50),
    period_type VARCHAR(1) NOT NULL,
    start_date DATE NOT NULL,
    end_date DATE,
    pay_basis VARCHAR(32) NOT NULL,
    unit_price_fen BIGINT NOT NULL,
    payday INTEGER NOT NULL,
    CONSTRAINT pk_contract PRIMARY KEY (id),
    CONSTRAINT uq_contract_project_id_project_worker_id_start_date UNIQUE (project_id, project_worker_id, start_date),
    CONSTRAINT fk_contract_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_contract_project_worker_id_project_worker FOREIGN KEY(project_worker_id) REFERENCES project_worker (id),
    CONSTRAINT ck_contract_contract_kind CHECK (kind IN ('labour_contract', 'written_agreement')),
    CONSTRAINT ck_contract_pay_basis CHECK (pay_basis IN ('hour', 'day', 'month', 'piece'))
);
CREATE INDEX ix_contract_project_worker_id ON contract (project_worker_id);

CREATE TABLE pay_sheet (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    team_id UUID NOT NULL,
    attendance_sheet_id UUID NOT NULL,
    month VARCHAR(7) NOT NULL,
    state VARCHAR(32) NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_by UUID,
    CONSTRAINT pk_pay_sheet PRIMARY KEY (id),
    CONSTRAINT uq_pay_sheet_project_id_team_id_month UNIQUE (project_id, team_id, month),
    CONSTRAINT fk_pay_sheet_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_pay_sheet_team_id_team FOREIGN KEY(team_id) REFERENCES team (id),
    CONSTRAINT fk_pay_sheet_attendance_sheet_id_attendance_sheet FOREIGN KEY(attendance_sheet_id) REFERENCES attendance_sheet (id),
    CONSTRAINT ck_pay_sheet_pay_sheet_state CHECK (state IN ('draft', 'published', 'approved', 'instructed', 'settled')),
    CONSTRAINT fk_pay_sheet_approved_by_person FOREIGN KEY(approved_by) REFERENCES person (id)
);

CREATE TABLE work_day (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    project_worker_id UUID NOT NULL,
    work_date DATE NOT NULL,
    first_in_at TIMESTAMP WITH TIME ZONE,
    last_out_at TIMESTAMP WITH TIME ZONE,
    minutes INTEGER NOT NULL,
    units INTEGER NOT NULL,
    state VARCHAR(32) NOT NULL,
    grades JSONB NOT NULL,
    rule_version INTEGER NOT NULL,
    CONSTRAINT pk_work_day PRIMARY KEY (id),
    CONSTRAINT uq_work_day_project_id_project_worker_id_work_date UNIQUE (project_id, project_worker_id, work_date),
    CONSTRAINT fk_work_day_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_work_day_project_worker_id_project_worker FOREIGN KEY(project_worker_id) REFERENCES project_worker (id),
    CONSTRAINT ck_work_day_work_day_state CHECK (state IN ('complete', 'needs_confirmation'))
);
CREATE INDEX ix_work_day_project_worker_id ON work_day (project_worker_id);

CREATE TABLE work_day_objection (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    project_worker_id UUID NOT NULL,
    work_date DATE NOT NULL,
    note VARCHAR(500) NOT NULL,
    CONSTRAINT pk_work_day_objection PRIMARY KEY (id),
    CONSTRAINT fk_work_day_objection_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_work_day_objection_project_worker_id_project_worker FOREIGN KEY(project_worker_id) REFERENCES project_worker (id)
);
CREATE INDEX ix_work_day_objection_project_id_project_worker_id_work_date ON work_day_objection (project_id, project_worker_id, work_date);

CREATE TABLE pay_batch (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    pay_sheet_id UUID NOT NULL,
    reference VARCHAR(35) NOT NULL,
    row_count INTEGER NOT NULL,
    total_fen BIGINT NOT NULL,
    file BYTEA NOT NULL,
    file_hash VARCHAR(64) NOT NULL,
    created_by UUID NOT NULL,
    result_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_pay_batch PRIMARY KEY (id),
    CONSTRAINT fk_pay_batch_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_pay_batch_pay_sheet_id_pay_sheet FOREIGN KEY(pay_sheet_id) REFERENCES pay_sheet (id),
    CONSTRAINT uq_pay_batch_reference UNIQUE (reference),
    CONSTRAINT fk_pay_batch_created_by_person FOREIGN KEY(created_by) REFERENCES person (id)
);
CREATE INDEX ix_pay_batch_pay_sheet_id ON pay_batch (pay_sheet_id);

CREATE TABLE payslip (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    pay_sheet_id UUID NOT NULL,
    project_worker_id UUID NOT NULL,
    person_id UUID NOT NULL,
    version INTEGER NOT NULL,
    is_current BOOLEAN NOT NULL,
    month VARCHAR(7) NOT NULL,
    due_date DATE NOT NULL,
    gross_fen BIGINT NOT NULL,
    deductions_fen BIGINT NOT NULL,
    net_fen BIGINT NOT NULL,
    content JSONB NOT NULL,
    content_hash VARCHAR(64) NOT NULL,
    answer_state VARCHAR(32) NOT NULL,
    CONSTRAINT pk_payslip PRIMARY KEY (id),
    CONSTRAINT uq_payslip_project_id_pay_sheet_id_project_worker_id_version UNIQUE (project_id, pay_sheet_id, project_worker_id, version),
    CONSTRAINT ck_payslip_adds_up CHECK (net_fen = gross_fen - deductions_fen AND net_fen >= 0),
    CONSTRAINT fk_payslip_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_payslip_pay_sheet_id_pay_sheet FOREIGN KEY(pay_sheet_id) REFERENCES pay_sheet (id),
    CONSTRAINT fk_payslip_project_worker_id_project_worker FOREIGN KEY(project_worker_id) REFERENCES project_worker (id),
    CONSTRAINT fk_payslip_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT ck_payslip_payslip_answer_state CHECK (answer_state IN ('awaiting', 'confirmed', 'disputed', 'no_response', 'unreachable'))
);
CREATE INDEX ix_payslip_pay_sheet_id ON payslip (pay_sheet_id);
CREATE INDEX ix_payslip_person_id ON payslip (person_id);
CREATE INDEX ix_payslip_project_worker_id ON payslip (project_worker_id);
CREATE UNIQUE INDEX ix_payslip_project_id_pay_sheet_id_project_worker_id ON payslip (project_id, pay_sheet_id, project_worker_id) WHERE is_current;

CREATE TABLE pay_batch_row (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    payslip_id UUID NOT NULL,
    row_number INTEGER NOT NULL,
    account BYTEA NOT NULL,
    amount_fen BIGINT NOT NULL,
    state VARCHAR(32) NOT NULL,
    settled_date DATE,
    rejection VARCHAR(200),
    CONSTRAINT pk_pay_batch_row PRIMARY KEY (id),
    CONSTRAINT uq_pay_batch_row_project_id_batch_id_row_number UNIQUE (project_id, batch_id, row_number),
    CONSTRAINT fk_pay_batch_row_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_pay_batch_row_batch_id_pay_batch FOREIGN KEY(batch_id) REFERENCES pay_batch (id),
    CONSTRAINT fk_pay_batch_row_payslip_id_payslip FOREIGN KEY(payslip_id) REFERENCES payslip (id),
    CONSTRAINT ck_pay_batch_row_pay_row_state CHECK (state IN ('submitted', 'acknowledged', 'rejected'))
);
CREATE INDEX ix_pay_batch_row_payslip_id ON pay_batch_row (payslip_id);
CREATE UNIQUE INDEX ix_pay_batch_row_project_id_payslip_id ON pay_batch_row (project_id, payslip_id) WHERE state <> 'rejected';

CREATE TABLE payslip_answer (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    payslip_id UUID NOT NULL,
    person_id UUID NOT NULL,
    sign_in_family_id UUID NOT NULL,
    state VARCHAR(32) NOT NULL,
    content_hash VARCHAR(64) NOT NULL,
    reason VARCHAR(500),
    fields JSONB NOT NULL,
    receipt VARCHAR,
    CONSTRAINT pk_payslip_answer PRIMARY KEY (id),
    CONSTRAINT fk_payslip_answer_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_payslip_answer_payslip_id_payslip FOREIGN KEY(payslip_id) REFERENCES payslip (id),
    CONSTRAINT fk_payslip_answer_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT ck_payslip_answer_payslip_answer_state CHECK (state IN ('awaiting', 'confirmed', 'disputed', 'no_response', 'unreachable'))
);
CREATE INDEX ix_payslip_answer_payslip_id ON payslip_answer (payslip_id);

CREATE TABLE payslip_received (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id UUID NOT NULL,
    payslip_id UUID NOT NULL,
    received BOOLEAN NOT NULL,
    CONSTRAINT pk_payslip_received PRIMARY KEY (id),
    CONSTRAINT fk_payslip_received_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_payslip_received_payslip_id_payslip FOREIGN KEY(payslip_id) REFERENCES payslip (id)
);
CREATE INDEX ix_payslip_received_payslip_id ON payslip_received (payslip_id);

-- Device clocks in 2019 or 2038 land here; nothing a device says is refused for its date.
CREATE TABLE check_in_default PARTITION OF check_in DEFAULT;

-- Nothing recorded is changed or lost: a correction is a new row with a reason.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER check_in_append_only BEFORE UPDATE OR DELETE ON check_in
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER check_in_no_truncate BEFORE TRUNCATE ON check_in
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payslip_answer_append_only BEFORE UPDATE OR DELETE ON payslip_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payslip_answer_no_truncate BEFORE TRUNCATE ON payslip_answer
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payslip_received_append_only BEFORE UPDATE OR DELETE ON payslip_received
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payslip_received_no_truncate BEFORE TRUNCATE ON payslip_received
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE ON case_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_event_no_truncate BEFORE TRUNCATE ON case_event
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    EXECUTE FUNCTION refuse_change();
