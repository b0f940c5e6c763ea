/*
 * template.h - a migrated store without rows for each test, in less time than a migration takes.
 *
 * SQLite: a process migrates one file, and each test gets a copy. PostgreSQL: a process migrates
 * one schema, and each test gets it empty. A test that changes the schema costs the next test a
 * migration.
 */
#ifndef TESTS_SUPPORT_TEMPLATE_H
#define TESTS_SUPPORT_TEMPLATE_H

#include "support/store_fixture.h"

/* Writes the file of a migrated store to `path`, where no file is. */
void template_copy_sqlite(const char *path);

/* Resets the schema test_PID, which stands first in the search path of the fixture's store. The
 * schema test_PID_rows keeps the rows that the migrations make. The process drops both when it
 * exits. */
void template_reset_postgres(struct fixture *fixture);

#endif
