-- What waits to be sent.
SELECT 1;
