/* rights.h - what this program may do in a database, for `tenure doctor`. */
#ifndef STORE_RIGHTS_H
#define STORE_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct store;

struct rights {
    bool may_create; /* tables */
    bool may_write;  /* every table that is there */
    char table[64];  /* the first table that another user owns, ""; an update changes tables */
    int64_t most;    /* sessions that the database allows; 0: it has no limit */
    int64_t others;  /* sessions of other programs */
};

/* On SQLite all is allowed: the file system decides. Failures of a statement. */
enum status rights_read(struct store *store, struct rights *out, struct fault *fault);

#endif
