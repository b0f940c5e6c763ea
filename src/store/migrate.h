/*
 * migrate.h - brings a store's schema up to this program.
 *
 * A migration is one file in sql/migrations. It is numbered, never edited once
 * released, and only goes forward. A fresh store runs them all: there is no
 * second, "current" schema that could drift from them. Number 0 makes the
 * table that remembers which ones ran; it is run every time and changes
 * nothing when that table is there.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/status.h"
#include "base/utc.h"

struct store;

struct migration {
    int number;       /* 0, 1, 2, ... without a hole */
    const char *name; /* NULL ends the list */
    const char *sqlite;
    const char *postgres;
};

extern const struct migration migrations_all[];

/* Runs what is missing, each in a transaction of its own, and then text_forms_complete(). Several processes may do so at once: one does the
 * work, the others wait for it.
 *   STATUS_CONFLICT  the store is newer than this program: start the newer one
 *   STATUS_BUSY      another process is migrating for long, or the store cannot be reached */
enum status migrate(struct store *store, utc_seconds now, struct fault *fault);

/* How many migrations have still to run; one more where only texts have an older form. Changes
 * nothing, and may be asked of a store that is open for reading. STATUS_CONFLICT  as above
 *   STATUS_BROKEN    what the store names holds no schema of ours */
enum status migrations_missing(struct store *store, int *out, struct fault *fault);

#endif
