/*
 * migrate.h - updates the schema of a store.
 *
 * A migration is one file in sql/migrations. It has a number, never changes after its release, and
 * cannot be reverted. A new store runs them all: there is no second, "current" schema that could
 * differ from them. Number 0 makes the table of the migrations that ran. It always runs, and
 * changes nothing when the table exists.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/status.h"
#include "base/utc.h"

struct store;

struct migration {
    int number;       /* 0, 1, 2, ... without a gap */
    const char *name; /* NULL ends the list */
    const char *sqlite;
    const char *postgres;
};

extern const struct migration migrations_all[];

/* Runs the missing migrations, each in its own transaction, and then text_forms_complete(). Several
 * processes may call it at the same time: one does the work, the others wait.
 *   STATUS_CONFLICT  the store is newer than this program: start the newer one
 *   STATUS_BUSY      another process migrates for a long time, or the store cannot be reached */
enum status migrate(struct store *store, utc_seconds now, struct fault *fault);

/* Counts the missing migrations; 1 if only texts have an older form. Changes nothing; the store may
 * be open for reading.
 *   STATUS_CONFLICT  as above
 *   STATUS_BROKEN    the database is not a store of this program */
enum status migrations_missing(struct store *store, int *out, struct fault *fault);

#endif
