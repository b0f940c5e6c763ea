-- Who there is, what they hold, and what changed. The terms are those of the
-- license rules (docs/manual/rules.md). Every key of the ledger begins with the
-- organization, so that the tables can be sharded by it. Ids are random 64-bit
-- numbers made by the program. Instants are whole seconds since 1970, UTC.
-- The {words} are all that differs between SQLite and PostgreSQL; tools/sqlgen.py
-- spells them for each. {text} is compared byte by byte on both; {clustered} keeps
-- small rows in the tree of their key.

CREATE TABLE organization (
    id                    {int64} PRIMARY KEY,
    name                  TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    time_zone             TEXT    NOT NULL,             -- IANA name
    pool_order            TEXT    NOT NULL CHECK (pool_order IN ('oldest_first', 'shortest_first', 'longest_first')),
    notice_time           TEXT    NOT NULL,             -- local, "08:00"
    device_token          TEXT    NOT NULL,
    device_token_required {bool}  NOT NULL,
    version               {int64} NOT NULL,             -- raised by every change of the ledger; raising it is the lock
    created_at            {int64} NOT NULL
){strict};

CREATE INDEX organization_by_creation ON organization (created_at, id);

CREATE TABLE user_account (
    id            {int64} PRIMARY KEY,
    email         {text}  NOT NULL UNIQUE,              -- lower case
    name          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,                     -- argon2id
    operator      {bool}  NOT NULL,
    created_at    {int64} NOT NULL
){strict};

CREATE TABLE member (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    user_id         {int64} NOT NULL REFERENCES user_account (id),
    role            TEXT    NOT NULL CHECK (role IN ('administrator', 'manager', 'analyst')),
    added_at        {int64} NOT NULL,
    PRIMARY KEY (organization_id, user_id)
){clustered};

CREATE INDEX member_by_user ON member (user_id);

CREATE TABLE session (
    token_hash {bytes} PRIMARY KEY,                     -- BLAKE2b-256 of the cookie's value
    user_id    {int64} NOT NULL REFERENCES user_account (id),
    created_at {int64} NOT NULL,
    expires_at {int64} NOT NULL
){clustered};

CREATE INDEX session_by_end ON session (expires_at);

-- An order. Its code is here as a keyed hash only; once redeemed it is a key.
CREATE TABLE activation_code (
    id                    {int64} PRIMARY KEY,
    code_hash             {bytes} NOT NULL UNIQUE,
    quantity              {int64} NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
    term                  TEXT    NOT NULL,             -- ISO 8601, one unit
    redeem_by             {int64},                      -- last day (days since 1970, UTC) on which it can be redeemed
    bound_organization_id {int64},                      -- the only one that may redeem it
    reference             {text}  NOT NULL,             -- the order number
    issued_at             {int64} NOT NULL,
    issued_by             TEXT    NOT NULL,
    redeemed_at           {int64},
    organization_id       {int64},                      -- that redeemed it
    revoked_at            {int64},
    revoked_by            TEXT,
    revoke_reason         TEXT,
    CHECK ((redeemed_at IS NULL) = (organization_id IS NULL))
){strict};

CREATE INDEX activation_code_by_issue ON activation_code (issued_at, id);
CREATE INDEX activation_code_by_reference ON activation_code (reference, issued_at, id);

-- A redeemed code: a counter of licenses. left = quantity - assigned - withdrawn.
CREATE TABLE license_key (
    organization_id    {int64} NOT NULL REFERENCES organization (id),
    id                 {int64} NOT NULL,                -- the id of the activation code
    key                {text}  NOT NULL,                -- the code, with hyphens
    quantity           {int64} NOT NULL CHECK (quantity > 0),
    assigned           {int64} NOT NULL CHECK (assigned >= 0),
    withdrawn          {int64} NOT NULL CHECK (withdrawn >= 0),
    term               TEXT    NOT NULL,
    redeemed_at        {int64} NOT NULL,
    redemption         {int64} NOT NULL,                -- the organization's version then: which of two was first
    redeemed_by        TEXT    NOT NULL,
    licenses_left_then {int64} NOT NULL,                -- as the redeemer was told: the answer is repeatable
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, key),
    CHECK (assigned + withdrawn <= quantity)
){clustered};

CREATE INDEX license_key_by_redemption ON license_key (organization_id, redeemed_at, id);

CREATE TABLE sensor (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    serial          {text}  NOT NULL CHECK (length(serial) = 12),
    name            TEXT    NOT NULL,
    name_folded     {text}  NOT NULL,                   -- lower case, for search and order
    auto_renewal    {bool}  NOT NULL,
    alarms_paused   {bool}  NOT NULL,
    added_at        {int64} NOT NULL,
    added_by        TEXT    NOT NULL,
    removed_at      {int64},
    coverage_ends_at {int64} NOT NULL,                  -- the latest expires_at of its licenses, 0 for none: an instant
                                                        -- fixed by them, kept here for order and for what is due
    last_starts_at  {int64} NOT NULL,                   -- the latest starts_at of its licenses, 0 for none: for order
    version         {int64} NOT NULL,                   -- the organization's version that last touched it
    PRIMARY KEY (organization_id, id)
){clustered};

CREATE UNIQUE INDEX sensor_by_serial ON sensor (organization_id, serial) WHERE removed_at IS NULL;
CREATE INDEX sensor_removed_by_serial ON sensor (serial, organization_id) WHERE removed_at IS NOT NULL;
CREATE INDEX sensor_by_name ON sensor (organization_id, name_folded, serial) WHERE removed_at IS NULL;
CREATE INDEX sensor_by_version ON sensor (organization_id, version);
-- With the columns of their conditions, else SQLite reads the row to look at them.
CREATE INDEX sensor_by_end ON sensor (organization_id, coverage_ends_at, serial, removed_at) WHERE removed_at IS NULL;
CREATE INDEX sensor_by_start ON sensor (organization_id, last_starts_at, serial, removed_at) WHERE removed_at IS NULL;
CREATE INDEX sensor_to_renew ON sensor (organization_id, coverage_ends_at, serial, auto_renewal, removed_at)
 WHERE auto_renewal AND removed_at IS NULL;

-- Which organization a serial belongs to: one at a time, none once its sensor is
-- removed. Asked for a serial alone, so it stands outside the organization's keys.
CREATE TABLE serial_owner (
    serial          {text}  PRIMARY KEY,
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL
){clustered};

-- Serials that a sensor had before it was replaced. The version shows a server that its cache
-- knows the sensor by one of them.
CREATE TABLE retired_serial (
    organization_id {int64} NOT NULL,
    serial          {text}  NOT NULL,
    sensor_id       {int64} NOT NULL,
    version         {int64} NOT NULL,                   -- the organization's version that retired it
    PRIMARY KEY (organization_id, serial, sensor_id),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensor (organization_id, id)
){clustered};

CREATE INDEX retired_serial_by_version ON retired_serial (organization_id, version);

-- One license of a sensor: [starts_at, expires_at). Its state is a function of
-- the clock and never stored.
CREATE TABLE license (
    organization_id {int64} NOT NULL,
    id              {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    key_id          {int64} NOT NULL,
    starts_at       {int64} NOT NULL,
    expires_at      {int64} NOT NULL,
    assigned_at     {int64} NOT NULL,
    assigned_by     TEXT    NOT NULL,
    cause           TEXT    NOT NULL CHECK (cause IN ('added', 'by_hand', 'auto_renewal')),
    revoked_at      {int64},
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, sensor_id, starts_at),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensor (organization_id, id),
    FOREIGN KEY (organization_id, key_id) REFERENCES license_key (organization_id, id),
    CHECK (starts_at < expires_at)
){clustered};

CREATE INDEX license_key_with_licenses ON license_key (organization_id, redemption)
 WHERE assigned + withdrawn < quantity;
CREATE INDEX license_by_key ON license (organization_id, key_id);
CREATE INDEX license_by_hand ON license (organization_id, starts_at) WHERE cause = 'by_hand'; -- finds what waits
CREATE INDEX license_by_assignment ON license (organization_id, assigned_at) WHERE cause = 'auto_renewal';

-- One entry a change, chained by hash within an organization (0: the operator's
-- own chain), so that a changed or missing one is found.
CREATE TABLE audit_chain (
    organization_id {int64} PRIMARY KEY,
    sequence        {int64} NOT NULL,                   -- of the newest entry
    hash            {bytes} NOT NULL
){clustered};

CREATE TABLE audit_entry (
    organization_id {int64} NOT NULL,
    sequence        {int64} NOT NULL,                   -- 1, 2, 3, ... without a hole
    at              {int64} NOT NULL,
    actor_kind      TEXT    NOT NULL,
    actor_id        {int64} NOT NULL,
    actor_name      TEXT    NOT NULL,
    action          TEXT    NOT NULL,                   -- "sensor.add", "code.redeem", ...
    object_kind     TEXT    NOT NULL,
    object_id       TEXT    NOT NULL,
    before          TEXT    NOT NULL,                   -- JSON, "null" if there was nothing
    after           TEXT    NOT NULL,
    hash            {bytes} NOT NULL,                   -- over the entry and the hash before it
    PRIMARY KEY (organization_id, sequence)
){strict};

-- Wrong tries, so that guessing slows down.
CREATE TABLE throttle (
    subject    {text}  PRIMARY KEY,                     -- "code:<organization>", "sign_in:<e-mail>", ...
    recent     {bytes} NOT NULL,                        -- instants of the latest wrong tries: service/core/throttle.c
    waits      {int64} NOT NULL,                        -- pauses given so far, each twice the one before
    wait_until {int64} NOT NULL,                        -- no try is looked at before
    forget_at  {int64} NOT NULL                         -- from then on as if nothing had been
){clustered};

CREATE INDEX throttle_by_forgetting ON throttle (forget_at);

-- Answers to writes with an Idempotency-Key, kept for 24 hours.
CREATE TABLE idempotent_answer (
    user_id      {int64} NOT NULL,
    key          {text}  NOT NULL,
    request_hash {bytes} NOT NULL,
    answer_code  {int64} NOT NULL,
    answer       {bytes} NOT NULL,                      -- sealed: it may hold a new code or token
    made_at      {int64} NOT NULL,
    PRIMARY KEY (user_id, key)
){strict};

CREATE INDEX idempotent_answer_by_age ON idempotent_answer (made_at);

-- The latest instant acted on: nothing is decided for an earlier one.
CREATE TABLE clock_mark (
    id        {int64} PRIMARY KEY CHECK (id = 1),
    latest_at {int64} NOT NULL
){strict};

-- Facts about the store itself, such as the fingerprint of the secret key that codes
-- are hashed with.
CREATE TABLE store_fact (
    name  TEXT    PRIMARY KEY,
    value {bytes} NOT NULL
){strict};
