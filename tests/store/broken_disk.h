/* broken_disk.h - tests on SQLite whose disk fails when it is told to: tests/support/disk.c. */
#ifndef TESTS_STORE_BROKEN_DISK_H
#define TESTS_STORE_BROKEN_DISK_H

#include "support/sample.h"

enum { ROWS = 200, ALWAYS = 1000000 };

#define DISK_FAILS "the store's disk reports an error"
#define DISK_FULL  "the store's disk is full"

/* Runs `test` on SQLite, with a disk that is well. */
void on_a_disk(void (*test)(struct fixture *fixture));
const char *path_of(const struct fixture *fixture);

/* `count` calls on files whose path ends with `name`, from the `first` on; `action` as in disk.c.
 */
void break_disk(const char *call, const char *name, const char *action, int first, int count);
void heal(void);

/* A transaction of its own, with one row. */
enum status put(struct store *store, int64_t id, struct fault *fault);
/* Outside a transaction, each row. */
enum status read_all(struct store *store, struct fault *fault);
/* The table, with ROWS rows that no new connection has read yet. */
void fill(struct fixture *fixture);
/* The log is empty afterwards. */
void checkpoint(struct fixture *fixture);
struct store *open_new(const struct fixture *fixture, enum store_mode mode);

#endif
