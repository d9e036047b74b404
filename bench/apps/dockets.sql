CREATE TEMPORARY TABLE made ON COMMIT DROP AS
WITH spread AS (SELECT number, CASE WHEN :cases <= 1000 THEN '330106'
    ELSE (CAST(:counties AS text[]))[1 + number % cardinality(CAST(:counties AS text[]))] END
    AS county_code FROM generate_series(1, :cases) AS number),
ranked AS (SELECT *, row_number() OVER (PARTITION BY county_code ORDER BY number DESC) <= 10
    AND county_code = :county AS is_newest FROM spread)
SELECT number, county_code, is_newest,
    uuidv7((number - :cases) * interval '5 minutes') AS case_id,
    uuidv7((number - :cases) * interval '5 minutes') AS complaint_id,
    CAST(:at AS timestamptz) + (number - :cases) * interval '5 minutes' AS at,
    'AX' || lpad(CAST(number AS text), 12, '0') || lpad(CAST(98 - number * 100 % 97 AS text), 2, '0')
        AS name,
    number > :cases * 0.9 AS is_open,
    number % 20000 AS person,
    number % 2000 AS project,
    CASE WHEN is_newest THEN :employer ELSE '第' || number % 20000 || '建筑劳务有限公司' END AS employer
FROM ranked;

CREATE TEMPORARY TABLE people ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS number, id FROM person WHERE name LIKE '工友%';

CREATE TEMPORARY TABLE sites ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS number, id FROM project;

CREATE TEMPORARY TABLE wording ON COMMIT DROP AS
SELECT project, employer, array_agg(DISTINCT substr(said, start, length)) AS words
FROM (SELECT DISTINCT project, employer FROM made) AS pairs
    CROSS JOIN LATERAL unnest(ARRAY['第' || project || '号安置房工程',
        employer]) AS said
    CROSS JOIN LATERAL generate_series(1, length(said)) AS start
    CROSS JOIN LATERAL generate_series(1, 2) AS length
GROUP BY project, employer;

CREATE TEMPORARY TABLE desks ON COMMIT DROP AS
SELECT county_code, person_id, row_number() OVER (PARTITION BY county_code ORDER BY person_id) - 1
    AS seat
FROM role_grant;

INSERT INTO complaint (id, created_at, number, kind, disclosure, channel, person_id, project_id,
    employer_name, county_code, statement, amount_fen, people, facts)
SELECT complaint_id, made.at, name, 'complaint', CASE WHEN made.number % 3 = 0 THEN 'named' ELSE
    'shielded' END, 'worker', people.id, sites.id, employer, county_code, :statement, 528000, 1, '{}'
FROM made JOIN people ON people.number = person JOIN sites ON sites.number = project
ORDER BY made.number;

INSERT INTO "case" (id, created_at, number, pin_hash, complaint_id, county_code, state,
    recovered_fen, advanced_fen, advance_recovered_fen, search_words)
SELECT case_id, at, name, '', complaint_id, county_code, CASE WHEN is_open THEN 'accepted' ELSE
    'closed' END, CASE WHEN is_open THEN 0 ELSE 528000 END, 0, 0,
    words || CASE WHEN is_newest THEN :complainant ELSE '#' || person END
FROM made JOIN wording USING (project, employer) ORDER BY number;

INSERT INTO case_clock (id, created_at, case_id, county_code, kind, started_date, due_date, is_provisional,
    is_paused, stopped_at)
SELECT uuidv7(), at, case_id, county_code, kind, CAST(at AS date), CAST(at AS date) + 7, false, false, at
FROM made CROSS JOIN unnest(ARRAY['acceptance', 'investigation']) AS kind
WHERE kind = 'acceptance' OR NOT is_open;

INSERT INTO case_clock (id, created_at, case_id, county_code, kind, started_date, due_date, is_provisional,
    is_paused)
SELECT uuidv7(), at, case_id, county_code, 'investigation', CAST(at AS date),
    CAST(CAST(:at AS timestamptz) AT TIME ZONE 'Asia/Shanghai' AS date)
        + CASE WHEN turn <= 25 THEN -1 WHEN turn <= 50 THEN 0 ELSE CAST(10 + turn % 50 AS integer) END,
    false, false
FROM (SELECT *, row_number() OVER (PARTITION BY county_code ORDER BY number) AS turn
    FROM made WHERE is_open) AS running;

INSERT INTO case_event (id, created_at, case_id, county_code, action, from_state, to_state, details)
SELECT uuidv7(), at, case_id, county_code, step.action, step.from_state, step.to_state,
    CASE step.action WHEN 'close' THEN jsonb_build_object('amount_fen', 528000) ELSE '{}' END
FROM made CROSS JOIN (VALUES (NULL, NULL, 'received'), ('accept', 'received', 'accepted'),
    ('close', 'accepted', 'closed')) AS step (action, from_state, to_state)
WHERE step.action IS DISTINCT FROM 'close' OR NOT is_open;

INSERT INTO case_handler (id, created_at, case_id, person_id, assigned_by)
SELECT uuidv7(), at, case_id, person_id, person_id
FROM made JOIN desks USING (county_code) WHERE seat IN (made.number / 90 % 10,
    (made.number / 90 + 1) % 10)
