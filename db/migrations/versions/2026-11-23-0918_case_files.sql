CREATE TABLE staged_file (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    token_hash BYTEA NOT NULL,
    digest VARCHAR(64) NOT NULL,
    media_type VARCHAR(40) NOT NULL,
    size INTEGER NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_staged_file PRIMARY KEY (id),
    CONSTRAINT uq_staged_file_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_staged_file_expires_at ON staged_file (expires_at);

CREATE TABLE complaint_file (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    complaint_id UUID NOT NULL,
    digest VARCHAR(64) NOT NULL,
    media_type VARCHAR(40) NOT NULL,
    size INTEGER NOT NULL,
    CONSTRAINT pk_complaint_file PRIMARY KEY (id),
    CONSTRAINT uq_complaint_file_complaint_id_digest UNIQUE (complaint_id, digest),
    CONSTRAINT fk_complaint_file_complaint_id_complaint FOREIGN KEY(complaint_id) REFERENCES complaint (id)
);

CREATE TABLE evidence_bundle (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    complaint_id UUID NOT NULL,
    manifest JSONB NOT NULL,
    contents BYTEA NOT NULL,
    seal VARCHAR NOT NULL,
    CONSTRAINT pk_evidence_bundle PRIMARY KEY (id),
    CONSTRAINT uq_evidence_bundle_complaint_id UNIQUE (complaint_id),
    CONSTRAINT fk_evidence_bundle_complaint_id_complaint FOREIGN KEY(complaint_id) REFERENCES complaint (id)
);

CREATE TABLE document_serial (
    division_code VARCHAR(6) NOT NULL,
    year INTEGER NOT NULL,
    kind VARCHAR(32) NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_document_serial PRIMARY KEY (division_code, year, kind),
    CONSTRAINT ck_document_serial_document_kind CHECK (kind IN ('acceptance', 'refusal', 'transfer', 'extension', 'suspension', 'agreement', 'order', 'court_application', 'police_transfer', 'closing'))
);

CREATE TABLE case_document (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    case_id UUID NOT NULL,
    event_id UUID NOT NULL,
    kind VARCHAR(32) NOT NULL,
    division_code VARCHAR(6) NOT NULL,
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL,
    check_code VARCHAR(16) NOT NULL,
    drawn_by UUID NOT NULL,
    CONSTRAINT pk_case_document PRIMARY KEY (id),
    CONSTRAINT uq_case_document_division_code_year_kind_serial UNIQUE (division_code, year, kind, serial),
    CONSTRAINT fk_case_document_case_id_case FOREIGN KEY(case_id) REFERENCES "case" (id),
    CONSTRAINT uq_case_document_event_id UNIQUE (event_id),
    CONSTRAINT fk_case_document_event_id_case_event FOREIGN KEY(event_id) REFERENCES case_event (id),
    CONSTRAINT ck_case_document_document_kind CHECK (kind IN ('acceptance', 'refusal', 'transfer', 'extension', 'suspension', 'agreement', 'order', 'court_application', 'police_transfer', 'closing')),
    CONSTRAINT uq_case_document_check_code UNIQUE (check_code),
    CONSTRAINT fk_case_document_drawn_by_person FOREIGN KEY(drawn_by) REFERENCES person (id)
);

CREATE INDEX ix_case_document_case_id ON case_document (case_id);

CREATE TABLE document_service (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document_id UUID NOT NULL,
    method VARCHAR(32) NOT NULL,
    recipient VARCHAR(32) NOT NULL,
    served_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note VARCHAR(500),
    proof_digest VARCHAR(64),
    recorded_by UUID NOT NULL,
    CONSTRAINT pk_document_service PRIMARY KEY (id),
    CONSTRAINT fk_document_service_document_id_case_document FOREIGN KEY(document_id) REFERENCES case_document (id),
    CONSTRAINT ck_document_service_service_method CHECK (method IN ('in_person', 'mail', 'electronic', 'left', 'posted')),
    CONSTRAINT ck_document_service_service_recipient CHECK (recipient IN ('complainant', 'employer', 'court', 'police', 'bureau')),
    CONSTRAINT fk_document_service_recorded_by_person FOREIGN KEY(recorded_by) REFERENCES person (id)
);

CREATE INDEX ix_document_service_document_id ON document_service (document_id);

CREATE TRIGGER complaint_file_append_only BEFORE UPDATE OR DELETE ON complaint_file
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER complaint_file_no_truncate BEFORE TRUNCATE ON complaint_file
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER evidence_bundle_append_only BEFORE UPDATE OR DELETE ON evidence_bundle
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER evidence_bundle_no_truncate BEFORE TRUNCATE ON evidence_bundle
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER case_document_append_only BEFORE UPDATE OR DELETE ON case_document
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER case_document_no_truncate BEFORE TRUNCATE ON case_document
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER document_service_append_only BEFORE UPDATE OR DELETE ON document_service
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER document_service_no_truncate BEFORE TRUNCATE ON document_service
    EXECUTE FUNCTION refuse_change();
