/* driver_postgres.h - the PostgreSQL driver; only store.c includes it. */
#ifndef STORE_POSTGRES_DRIVER_POSTGRES_H
#define STORE_POSTGRES_DRIVER_POSTGRES_H

#include "store/driver.h"

/* URL: as libpq takes it, "postgresql://user@host:port/database?...". */
extern const struct driver driver_postgres;

#endif
