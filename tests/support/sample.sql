-- Statements over a table of every kind, for test_driver.c.

-- name: sample_insert :exec
-- in:   id       int64
-- in:   number   int64?
-- in:   truth    bool
-- in:   measure  real
-- in:   words    text
-- in:   octets   bytes
INSERT INTO sample (id, number, truth, measure, words, octets)
VALUES (:id, :number, :truth, :measure, :words, :octets);

-- name: sample_insert_all :batch
-- in:   id       int64
-- in:   number   int64?
-- in:   truth    bool
-- in:   measure  real
-- in:   words    text
-- in:   octets   bytes
INSERT INTO sample (id, number, truth, measure, words, octets)
VALUES (:id, :number, :truth, :measure, :words, :octets);

-- name: sample_by_id :maybe
-- in:   id       int64
-- out:  number   int64?
-- out:  plain    int64
-- out:  truth    bool
-- out:  measure  real
-- out:  words    text
-- out:  octets   bytes
SELECT number, number, truth, measure, words, octets FROM sample WHERE id = :id;

-- name: sample_ids_among :many
-- An array is as long as it is declared; the caller repeats one to fill it.
-- in:   ids      int64[4]
-- in:   words    text[2]
-- out:  id       int64
SELECT id FROM sample WHERE id IN (:ids) AND words IN (:words) ORDER BY id;

-- name: sample_each :each
-- in:   from     int64?
-- out:  id       int64
-- out:  words    text
-- out:  octets   bytes
SELECT id, words, octets FROM sample
 WHERE :from IS NULL OR id >= :from /* a parameter without a type, used twice */
 ORDER BY id;

-- name: sample_words :one
-- What stands between quotes is text: no parameter, no comment, no {word}.
-- out:  words    text
SELECT 'a :b -- {int64} "c" \d ''e''' AS "x:y"; -- not :this

-- name: sample_rename :exec
-- in:   id       int64
-- in:   words    text
UPDATE sample SET words = :words WHERE id = :id;

-- name: sample_total :one
-- A sum is a numeric in PostgreSQL; a cast makes it plain in both.
-- out:  count    int64
-- out:  total    int64
SELECT count(*), CAST(coalesce(sum(number), 0) AS {int64}) FROM sample;

-- name: sample_delete_all :exec
DELETE FROM sample;
