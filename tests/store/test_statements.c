#include <stdlib.h>

#include "statements.h"
#include "store/statement.h"
#include "store/store_internal.h"
#include "support/check.h"
#include "support/store_fixture.h"

static enum status
ignore_row(void *into, const struct value *row, struct fault *fault)
{
    (void)into, (void)row, (void)fault;
    return STATUS_OK;
}

static struct value
zero_of(enum value_kind kind)
{
    if (kind == VALUE_TEXT || kind == VALUE_BYTES)
        return (struct value){ .kind = kind, .text = { "", 0 } };
    return (struct value){ .kind = kind };
}

/* Every statement of sql/queries is good SQL for every driver, with the
 * columns it says it has. A key that says no to our zeros is good SQL too. */
static void
all_run(struct fixture *fixture)
{
    struct store *store = fixture->call.db.store;

    for (const struct statement *const *s = statements_all; *s; s++) {
        struct value zeros[STATEMENT_MAX_PARAMETERS];
        int64_t changed;
        struct fault fault = { 0 };

        check_row((*s)->name);
        for (size_t n = 0; n < (*s)->parameter_count; n++)
            zeros[n] = zero_of(statement_parameter_kind(*s, n));
        check_int(store_begin(store, &fault), STATUS_OK);
        enum status status = store->driver->run(
            store->connection, &(struct driver_run){ *s, zeros, .sink = ignore_row }, &changed,
            &fault);
        check(status == STATUS_OK || status == STATUS_CONFLICT);
        check_text(status == STATUS_BROKEN ? fault.reason : "", "");
        store_rollback(store);
    }
}

TEST(every_statement_runs_on_every_driver)
{
    with_each_store(all_run);
}
