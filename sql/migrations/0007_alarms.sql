-- Alarm rules and alerts.
SELECT 1;
