-- A lending library: tables, views and the code that keeps them right.

SET search_path TO library, public;

-- People who may borrow.
-- One row a person.
CREATE TABLE IF NOT EXISTS library.members (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    joined DATE DEFAULT CURRENT_DATE
);

/* Books on the shelf,
   one row a copy. */
CREATE TABLE "Shelf Copies" (
    id INTEGER PRIMARY KEY,
    title VARCHAR(200) NOT NULL,
    price NUMERIC(8, 2)
);

create table loans (
    member_id bigint references library.members (id),
    copy_id integer not null,
    due date
);

CREATE INDEX loans_due ON loans (due);

CREATE TYPE library.condition AS ENUM ('new', 'worn', 'lost');

CREATE TYPE place AS (room text, shelf integer);

-- Loans that should have come back.
CREATE OR REPLACE VIEW library.overdue AS
SELECT member_id, count(*) AS copies
FROM loans
WHERE due < CURRENT_DATE
GROUP BY member_id;

CREATE MATERIALIZED VIEW busiest AS
SELECT copy_id, count(*) AS times FROM loans GROUP BY copy_id;

CREATE TABLE archive AS SELECT * FROM loans;

-- What a member owes for a number of days.
CREATE FUNCTION fine_for(days integer, rate numeric) RETURNS numeric AS $$
    SELECT days * rate;
$$ LANGUAGE SQL;

/* Counts what somebody has at home. */
CREATE OR REPLACE FUNCTION library.copies_of(
    p_member bigint,
    p_at date
)
RETURNS integer
LANGUAGE plpgsql
AS $body$
DECLARE
    v_copies integer;
BEGIN
    SELECT count(*) INTO v_copies FROM loans WHERE member_id = p_member;
    RETURN v_copies;
END;
$body$;

CREATE FUNCTION touch_member() RETURNS trigger AS $$
BEGIN
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

-- Keeps the date of the last change.
CREATE TRIGGER members_touched
    BEFORE UPDATE ON library.members
    FOR EACH ROW EXECUTE FUNCTION touch_member();

INSERT INTO library.members (id, name) VALUES (1, 'Ada');
INSERT INTO library.members (id, name) VALUES (2, 'Alan');

-- The ten who read most.
SELECT m.name, count(*) AS loans
FROM loans l
JOIN library.members m ON m.id = l.member_id
GROUP BY m.name
ORDER BY 2 DESC
LIMIT 10;
