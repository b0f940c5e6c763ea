-- How somebody becomes a member, and how a forgotten password is replaced. Both by a
-- link that works once: its token is kept as a hash only.

CREATE TABLE invitation (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    email           {text}  NOT NULL,                   -- lower case
    role            TEXT    NOT NULL CHECK (role IN ('administrator', 'manager', 'analyst')),
    token_hash      {bytes} NOT NULL,                   -- BLAKE2b-256 of the token in the link
    invited_by      TEXT    NOT NULL,
    invited_at      {int64} NOT NULL,
    expires_at      {int64} NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, email)
){clustered};

CREATE INDEX invitation_by_token ON invitation (token_hash);

CREATE TABLE password_reset (
    token_hash {bytes} PRIMARY KEY,
    user_id    {int64} NOT NULL REFERENCES user_account (id),
    expires_at {int64} NOT NULL
){clustered};

CREATE INDEX password_reset_by_user ON password_reset (user_id);
CREATE INDEX password_reset_by_end ON password_reset (expires_at);

CREATE INDEX session_by_user ON session (user_id);      -- a new password ends them all
