#include "broken_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/check.h"

enum { PATH_SIZE = 1024 };

/* tests/support/disk.c reads it before each call. */
static char control[PATH_SIZE];

void
heal(void)
{
    unlink(control);
}

/* `count` calls on files whose path ends with `name`, from the `first` on; `action` as in disk.c.
 */
void
break_disk(const char *call, const char *name, const char *action, int first, int count)
{
    static int turn; /* makes each line another one: then the calls are counted anew */
    FILE *file = fopen(control, "w");

    check(file != NULL);
    if (file)
        check(fprintf(file, "%s %s %s %d %d %d", call, name, action, first, count, ++turn) > 0);
    if (file)
        check_int(fclose(file), 0);
}

static void (*test_on_disk)(struct fixture *fixture);

static void
run_on_disk(struct fixture *fixture)
{
    if (on_sqlite(fixture))
        test_on_disk(fixture);
}

void
on_a_disk(void (*test)(struct fixture *fixture))
{
    const char *folder = getenv("TMPDIR");

    snprintf(control, sizeof control, "%s/disk-%ld", folder ? folder : "/tmp", (long)getpid());
    setenv("DISK_CONTROL", control, 1);
    test_on_disk = test;
    with_each_store(run_on_disk);
    heal();
}

const char *
path_of(const struct fixture *fixture)
{
    return strchr(fixture->url, ':') + 1;
}

enum status
put(struct store *store, int64_t id, struct fault *fault)
{
    enum status status = store_begin(store, fault);

    if (!status)
        status = sample_put(store, id, fault);
    if (!status)
        return store_commit(store, fault);
    store_rollback(store);
    return status;
}

enum status
read_all(struct store *store, struct fault *fault)
{
    struct arena arena;
    struct sample_total_out total;

    arena_init(&arena, FIXTURE_ARENA_BYTES);
    struct db db = { store, &arena, { 0 } };
    enum status status = sample_total(&db, &total);
    arena_clear(&arena);
    *fault = db.fault;
    return status;
}

void
fill(struct fixture *fixture)
{
    struct fault fault = { 0 };

    sample_table(fixture);
    check_int(store_begin(fixture->call.db.store, &fault), STATUS_OK);
    for (int64_t id = 1000; id < 1000 + ROWS; id++)
        check_int(sample_put(fixture->call.db.store, id, &fault), STATUS_OK);
    check_int(store_commit(fixture->call.db.store, &fault), STATUS_OK);
}

void
checkpoint(struct fixture *fixture)
{
    fixture_script(fixture, "PRAGMA wal_checkpoint(TRUNCATE)");
}

struct store *
open_new(const struct fixture *fixture, enum store_mode mode)
{
    struct store *store;
    struct fault fault = { 0 };

    check_int(
        store_open(&store, &(struct store_options){ .url = fixture->url, .mode = mode }, &fault),
        STATUS_OK);
    check_text(fault.reason, "");
    if (!store)
        exit(EXIT_FAILURE);
    return store;
}
