-- Statistics for SQLite's planner about the tables that grow. Without it the planner takes an
-- organization for ten rows, and reads all of a large one where an index would do. It is said
-- once and not measured, so that a statement runs the same way in every store; the tables
-- themselves larger than their indexes, because their rows are wide. PostgreSQL measures by
-- itself.
-- for: sqlite
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('sensor', 'sensor', '10000000 200000 1'),
    ('sensor', 'sensor_by_serial', '1000000 10000 1'),
    ('sensor', 'sensor_removed_by_serial', '10000 100 1'),
    ('sensor', 'sensor_by_name', '1000000 10000 2 1'),
    ('sensor', 'sensor_by_version', '1000000 10000 10'),
    ('sensor', 'sensor_by_end', '1000000 10000 10 1 1'),
    ('sensor', 'sensor_by_start', '1000000 10000 10 1 1'),
    ('sensor', 'sensor_to_renew', '1000000 10000 10 1 1 1'),
    ('license', 'license', '30000000 600000 1'),
    ('license', 'sqlite_autoindex_license_2', '3000000 30000 3 1'),
    ('license', 'license_by_key', '3000000 30000 3000'),
    ('license', 'license_by_hand', '30000 300 1'),
    ('license', 'license_by_assignment', '1000000 10000 100');
ANALYZE sqlite_schema;
-- for: postgres
SELECT 1;
