-- Who is told of licenses that end, and what was told.
SELECT 1;
