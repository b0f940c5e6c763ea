-- A sensor that cannot be lost, for lack of a license or because its alarms are paused, is looked at again
-- when it was changed, and not before: alarm_expectation.look_at is NULL until then.
ALTER TABLE alarm_turn ADD COLUMN woken_version {int64} NOT NULL DEFAULT 0; -- of the organization: changes until then are seen
