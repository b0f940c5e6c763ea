/* migrating.h - stores as earlier programs left them. */
#ifndef SUPPORT_MIGRATING_H
#define SUPPORT_MIGRATING_H

#include "store/store.h"
#include "support/store_fixture.h"

enum { MIGRATING_URL_SIZE = 1024 };

/* A store without a single table. SQLite: a file that is not there yet; PostgreSQL: the same
 * schema, emptied. */
struct fixture fresh_place(struct fixture *fixture, char url[MIGRATING_URL_SIZE]);
void leave_place(const struct fixture *fresh);

/* A store as the migration with this number left it. */
void migrate_to(struct fixture *fresh, int newest);

#endif
