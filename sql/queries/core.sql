-- The clock's mark, idempotent answers, throttled subjects, failures of jobs, facts about the store, and
-- marks of write transactions (store/store.h). Marks use the database's clock: a server with a wrong clock cannot
-- mistake the marks of another server for old ones.

-- name: clock_mark_get :one
-- database_at: the reading of the database's own clock; NULL on SQLite, which has none.
-- out:  latest_at    int64
-- out:  resets       int64
-- out:  database_at  int64?
-- for: sqlite
SELECT coalesce(max(latest_at), 0), coalesce(max(resets), 0), NULL FROM clock_mark;
-- for: postgres
SELECT coalesce(max(latest_at), 0), coalesce(max(resets), 0),
       CAST(floor(extract(epoch FROM now())) AS BIGINT)
  FROM clock_mark;

-- name: clock_mark_raise :exec
-- in:   now  int64
INSERT INTO clock_mark (id, latest_at) VALUES (1, :now)
ON CONFLICT (id) DO UPDATE SET latest_at = excluded.latest_at
 WHERE clock_mark.latest_at < excluded.latest_at;

-- name: idempotent_answer_get :maybe
-- in:   user_id       int64
-- in:   key           text
-- in:   since         int64
-- out:  request_hash  bytes
-- out:  answer_code   int64
-- out:  answer        bytes
SELECT request_hash, answer_code, answer
  FROM idempotent_answer
 WHERE user_id = :user_id AND key = :key AND made_at >= :since;

-- name: idempotent_answer_forget :exec
-- in:   before  int64
DELETE FROM idempotent_answer WHERE made_at < :before;

-- name: idempotent_answer_put :exec
-- A conflict means that another transaction has just answered the same request.
-- in:   user_id       int64
-- in:   key           text
-- in:   request_hash  bytes
-- in:   answer_code   int64
-- in:   answer        bytes
-- in:   made_at       int64
INSERT INTO idempotent_answer (user_id, key, request_hash, answer_code, answer, made_at)
VALUES (:user_id, :key, :request_hash, :answer_code, :answer, :made_at);

-- name: job_failure_delete :exec
-- in:   job              text
-- in:   organization_id  int64
DELETE FROM job_failure WHERE job = :job AND organization_id = :organization_id;

-- name: job_failure_get :maybe
-- in:   job              text
-- in:   organization_id  int64
-- out:  failures         int64
-- out:  since            int64
-- out:  retry_at         int64
SELECT failures, since, retry_at
  FROM job_failure
 WHERE job = :job AND organization_id = :organization_id;

-- name: job_failure_put :exec
-- in:   job              text
-- in:   organization_id  int64
-- in:   failures         int64
-- in:   since            int64
-- in:   retry_at         int64
-- in:   reason           text
INSERT INTO job_failure (job, organization_id, failures, since, retry_at, reason)
VALUES (:job, :organization_id, :failures, :since, :retry_at, :reason)
ON CONFLICT (job, organization_id)
DO UPDATE SET failures = excluded.failures, since = excluded.since, retry_at = excluded.retry_at,
              reason = excluded.reason;

-- name: job_failures_end :many
-- Forgets the organizations of the job that could be tried again by :now, and those of every job
-- that could be tried again by :long_ago.
-- in:   job              text
-- in:   now              int64
-- in:   long_ago         int64
-- out:  job              text
-- out:  organization_id  int64
DELETE FROM job_failure
 WHERE (job = :job AND retry_at <= :now) OR retry_at <= :long_ago
RETURNING job, organization_id;

-- name: job_failures_by_job :many
-- out:  job            text
-- out:  organizations  int64
SELECT job, count(*) FROM job_failure GROUP BY job ORDER BY job;

-- name: job_failures_list :many
-- Those that have failed for the longest time come first. total: the number of all. name: '' for
-- a job as a whole.
-- in:   most             int64
-- out:  job              text
-- out:  organization_id  int64
-- out:  name             text
-- out:  failures         int64
-- out:  since            int64
-- out:  retry_at         int64
-- out:  reason           text
-- out:  total            int64
SELECT job_failure.job, job_failure.organization_id, coalesce(organization.name, ''),
       job_failure.failures, job_failure.since, job_failure.retry_at, job_failure.reason,
       count(*) OVER ()
  FROM job_failure
  LEFT JOIN organization ON organization.id = job_failure.organization_id
 ORDER BY job_failure.since, job_failure.job, job_failure.organization_id
 LIMIT :most;

-- name: job_failure_next :one
-- When a job tries an organization again. The statements that name a job's next instant share
-- these fields: service/core/job.h.
-- in:   job  text
-- in:   now  int64
-- out:  at   int64?
SELECT min(retry_at) FROM job_failure WHERE retry_at > :now;

-- name: job_state :one
-- How many organizations the job left out, with those of every job that could be tried again by
-- :long_ago; until when it rests as a whole, 0: it does not.
-- in:   job          text
-- in:   long_ago     int64
-- out:  failing      int64
-- out:  rests_until  int64
SELECT count(*),
       coalesce(max(CASE WHEN job = :job AND organization_id = 0 THEN retry_at ELSE 0 END), 0)
  FROM job_failure
 WHERE job = :job OR retry_at <= :long_ago;

-- name: secret_fingerprint :maybe
-- out:  fingerprint  bytes
SELECT value FROM store_fact WHERE name = 'secret_fingerprint';

-- name: secret_fingerprint_claim :exec
-- Changes no row if the store has one. A concurrent claim waits here for the commit.
-- in:   fingerprint  bytes
INSERT INTO store_fact (name, value) VALUES ('secret_fingerprint', :fingerprint)
ON CONFLICT (name) DO NOTHING;

-- name: secret_fingerprint_set :exec
-- in:   fingerprint  bytes
UPDATE store_fact SET value = :fingerprint WHERE name = 'secret_fingerprint';

-- name: throttle_by_subject :maybe
-- in:   subject     text
-- in:   now         int64
-- out:  wait_until  int64
SELECT wait_until
  FROM throttle
 WHERE subject = :subject AND forget_at > :now;

-- name: throttle_lock :one
-- Locks the subject's row until the commit; makes it if there is none.
-- in:   subject     text
-- in:   none        bytes
-- out:  recent      bytes
-- out:  waits       int64
-- out:  wait_until  int64
-- out:  forget_at   int64
INSERT INTO throttle (subject, recent, waits, wait_until, forget_at)
VALUES (:subject, :none, 0, 0, 0)
ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject
RETURNING recent, waits, wait_until, forget_at;

-- name: throttle_set :exec
-- in:   subject     text
-- in:   recent      bytes
-- in:   waits       int64
-- in:   wait_until  int64
-- in:   forget_at   int64
UPDATE throttle
   SET recent = :recent, waits = :waits, wait_until = :wait_until, forget_at = :forget_at
 WHERE subject = :subject;

-- name: throttle_delete :exec
-- in:   subject  text
DELETE FROM throttle WHERE subject = :subject;

-- name: throttle_delete_forgotten :exec
-- A few at a time: each failure makes at most one row and deletes up to :most. Waits for no other
-- transaction, which may hold a row and wait for one of ours.
-- in:   now   int64
-- in:   most  int64
-- for: sqlite
DELETE FROM throttle
 WHERE subject IN (SELECT subject FROM throttle
                    WHERE forget_at <= :now ORDER BY forget_at LIMIT :most);
-- for: postgres
DELETE FROM throttle
 WHERE subject IN (SELECT subject FROM throttle
                    WHERE forget_at <= :now ORDER BY forget_at LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: guess_counter_by_slot :maybe
-- in:   slot        int64
-- in:   holder      bytes
-- in:   now         int64
-- out:  waits       int64
-- out:  wait_until  int64
-- out:  forget_at   int64
SELECT waits, wait_until, forget_at
  FROM guess_counter
 WHERE slot = :slot AND holder = :holder AND forget_at > :now;

-- name: guess_counter_lock :one
-- Locks the slot until the commit; makes its row if there is none. Another holder may have it.
-- in:   slot        int64
-- in:   none        bytes
-- out:  holder      bytes
-- out:  recent      bytes
-- out:  waits       int64
-- out:  wait_until  int64
-- out:  forget_at   int64
INSERT INTO guess_counter (slot, holder, recent, waits, wait_until, forget_at)
VALUES (:slot, :none, :none, 0, 0, 0)
ON CONFLICT (slot) DO UPDATE SET slot = excluded.slot
RETURNING holder, recent, waits, wait_until, forget_at;

-- name: guess_counter_set :exec
-- in:   slot        int64
-- in:   holder      bytes
-- in:   recent      bytes
-- in:   waits       int64
-- in:   wait_until  int64
-- in:   forget_at   int64
UPDATE guess_counter
   SET holder = :holder, recent = :recent, waits = :waits, wait_until = :wait_until,
       forget_at = :forget_at
 WHERE slot = :slot;

-- name: guess_counter_delete :exec
-- in:   slot    int64
-- in:   holder  bytes
DELETE FROM guess_counter WHERE slot = :slot AND holder = :holder;

-- name: guess_counters_delete_forgotten :exec
-- A few at a time, as throttle_delete_forgotten.
-- in:   now   int64
-- in:   most  int64
-- for: sqlite
DELETE FROM guess_counter
 WHERE slot IN (SELECT slot FROM guess_counter
                 WHERE forget_at <= :now ORDER BY forget_at LIMIT :most);
-- for: postgres
DELETE FROM guess_counter
 WHERE slot IN (SELECT slot FROM guess_counter
                 WHERE forget_at <= :now ORDER BY forget_at LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: transaction_open :maybe
-- Writes a mark in place of an older one. No row: a transaction with this mark was committed. Waits
-- for a transaction with this mark that has not ended. replaced: the older mark existed. The last
-- three: as clock_mark_get.
-- in:   node         int64
-- in:   number       int64
-- in:   replaces     int64
-- in:   saves        bool
-- out:  replaced     int64
-- out:  saves        bool
-- out:  latest_at    int64
-- out:  resets       int64
-- out:  database_at  int64?
-- for: sqlite
INSERT INTO transaction_mark (node, number, committed_at)
SELECT :node, :number, unixepoch() WHERE :replaces < :number
ON CONFLICT (node, number) DO NOTHING
RETURNING 1, :saves, (SELECT coalesce(max(latest_at), 0) FROM clock_mark),
          (SELECT coalesce(max(resets), 0) FROM clock_mark), NULL;
-- for: postgres
WITH replaced AS (DELETE FROM transaction_mark WHERE node = :node AND number = :replaces
                  RETURNING number)
INSERT INTO transaction_mark (node, number, committed_at) VALUES (:node, :number, CAST(extract(epoch FROM now()) AS BIGINT))
ON CONFLICT (node, number) DO NOTHING
RETURNING (SELECT count(*) FROM replaced),
          CASE WHEN :saves THEN pg_advisory_xact_lock_shared(7365727562) IS NOT NULL ELSE false END,
          (SELECT coalesce(max(latest_at), 0) FROM clock_mark),
          (SELECT coalesce(max(resets), 0) FROM clock_mark),
          CAST(floor(extract(epoch FROM now())) AS BIGINT);

-- name: transaction_mark_touch :exec
-- in:   node    int64
-- in:   number  int64
UPDATE transaction_mark SET committed_at = committed_at WHERE node = :node AND number = :number;

-- name: transaction_mark_forget :exec
-- in:   age  int64
-- for: sqlite
DELETE FROM transaction_mark WHERE committed_at < unixepoch() - :age;
-- for: postgres
DELETE FROM transaction_mark WHERE committed_at < extract(epoch FROM now()) - :age;

-- name: saving_exclude :one
-- Waits until no transaction saves measurements, and lets none start until this one ends.
-- out:  alone  bool
-- for: sqlite
SELECT true;
-- for: postgres
SELECT pg_advisory_xact_lock(7365727562) IS NOT NULL;
