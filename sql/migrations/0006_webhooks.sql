-- Where events are sent.
SELECT 1;
