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

enum schema_state {
    SCHEMA_NONE,        /* the database is empty, or belongs to another program */
    SCHEMA_OLDER,       /* migrations are missing */
    SCHEMA_OLDER_TEXTS, /* only texts have an older form: text_forms.h */
    SCHEMA_CURRENT,
};

/* Finds the state of the schema. Changes nothing; the store may be open for reading.
 *   STATUS_CONFLICT  as above
 *   STATUS_BUSY      the store cannot be reached */
enum status schema_find(struct store *store, enum schema_state *out, struct fault *fault);

#endif
