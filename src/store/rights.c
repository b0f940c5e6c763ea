#include "store/rights.h"

#include <stdio.h>

#include "base/arena.h"
#include "statements.h"
#include "store/store.h"

enum { ANSWER_BYTES = 4096 };

enum status
rights_read(struct store *store, struct rights *out, struct fault *fault)
{
    struct store_rights_out row;
    struct arena arena;
    struct db db = { store, &arena, { 0 } };

    arena_init(&arena, ANSWER_BYTES);
    enum status status = store_rights(&db, &row);
    if (status) {
        *fault = db.fault;
    } else {
        *out = (struct rights){ .may_create = row.may_create,
                                .may_write = row.may_write,
                                .most = row.most,
                                .others = row.others };
        snprintf(out->table, sizeof out->table, "%s", row.table_name);
    }
    arena_clear(&arena);
    return status;
}
