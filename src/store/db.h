/* db.h - what every generated statement call needs (statements.h). */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/status.h"

struct store;

struct db {
    struct store *store; /* belongs to this thread */
    struct arena *arena; /* rows that a statement returns live here */
    struct fault fault;  /* filled exactly when a call failed */
};

#endif
