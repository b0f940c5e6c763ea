-- How often `tenure clock reset` has set the mark back. A server that remembers an instant forgets
-- it when this number has changed.
ALTER TABLE clock_mark ADD COLUMN resets {int64} NOT NULL DEFAULT 0;

-- The account that signed up with this code; NULL: none. A code invites one account.
ALTER TABLE activation_code ADD COLUMN signed_up_by {int64};

-- The user who made the organization; 0: the command line, or not known any more.
ALTER TABLE organization ADD COLUMN created_by {int64} NOT NULL DEFAULT 0;
UPDATE organization
   SET created_by = (SELECT actor_id FROM audit_entry
                      WHERE organization_id = organization.id AND sequence = 1
                        AND action = 'organization.create' AND actor_kind = 'user')
 WHERE EXISTS (SELECT 1 FROM audit_entry
                WHERE organization_id = organization.id AND sequence = 1
                  AND action = 'organization.create' AND actor_kind = 'user');
CREATE INDEX organization_by_creator ON organization (created_by) WHERE created_by <> 0;

-- Where nobody was ever a recipient of license notices, the administrators become recipients. They
-- get no notices of past days: all recipients that a member has chosen are in the audit log.
INSERT INTO notice_recipient (organization_id, user_id, only_what_stops)
SELECT organization_id, user_id, false
  FROM member
 WHERE role = 'administrator'
   AND NOT EXISTS (SELECT 1 FROM notice_recipient AS other
                    WHERE other.organization_id = member.organization_id)
   AND NOT EXISTS (SELECT 1 FROM audit_entry
                    WHERE organization_id = member.organization_id
                      AND action = 'notifications.change');

-- for: sqlite
UPDATE organization
   SET notices_through = max(notices_through, unixepoch() / 86400 - 1), notices_last_user = 0,
       notices_due_at = 0
 WHERE EXISTS (SELECT 1 FROM notice_recipient WHERE organization_id = organization.id)
   AND NOT EXISTS (SELECT 1 FROM audit_entry
                    WHERE organization_id = organization.id AND action = 'notifications.change');
-- for: postgres
UPDATE organization
   SET notices_through = greatest(notices_through,
                                  CAST(floor(extract(epoch FROM now()) / 86400) AS BIGINT) - 1),
       notices_last_user = 0, notices_due_at = 0
 WHERE EXISTS (SELECT 1 FROM notice_recipient WHERE organization_id = organization.id)
   AND NOT EXISTS (SELECT 1 FROM audit_entry
                    WHERE organization_id = organization.id AND action = 'notifications.change');
