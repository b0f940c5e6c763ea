/* driver_sqlite.h - the SQLite driver; only store.c includes it. */
#ifndef STORE_SQLITE_DRIVER_SQLITE_H
#define STORE_SQLITE_DRIVER_SQLITE_H

#include "store/driver.h"

/* URL: "sqlite:PATH". */
extern const struct driver driver_sqlite;

#endif
