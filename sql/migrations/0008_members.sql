-- Invitations and password resets.
SELECT 1;
