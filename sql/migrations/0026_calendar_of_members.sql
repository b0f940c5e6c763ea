-- A calendar link belongs to the member who made it and ends with the membership.
CREATE TABLE calendar_link (
    token_hash      {bytes} PRIMARY KEY,                -- BLAKE2b-256 of the token in the link
    organization_id {int64} NOT NULL REFERENCES organization (id),
    user_id         {int64},                            -- NULL: its maker is no member; from an older program
    made_at         {int64} NOT NULL,
    made_by         TEXT    NOT NULL,
    FOREIGN KEY (organization_id, user_id) REFERENCES member (organization_id, user_id) ON DELETE CASCADE
){clustered};

CREATE UNIQUE INDEX calendar_link_by_member ON calendar_link (organization_id, user_id);

INSERT INTO calendar_link (token_hash, organization_id, user_id, made_at, made_by)
SELECT calendar_feed.token_hash, calendar_feed.organization_id,
       (SELECT member.user_id
          FROM user_account
          JOIN member ON member.user_id = user_account.id
                     AND member.organization_id = calendar_feed.organization_id
         WHERE user_account.email = calendar_feed.made_by AND member.role <> 'analyst'),
       calendar_feed.made_at, calendar_feed.made_by
  FROM calendar_feed;

DROP TABLE calendar_feed;

-- for: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('calendar_link', 'calendar_link', '1000 1'),
    ('calendar_link', 'calendar_link_by_member', '1000 2 1');
ANALYZE sqlite_schema;
