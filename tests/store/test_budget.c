/* The end of a store's time: its budget and its deadline, in the midst of a statement. */
#include "base/deadline.h"
#include "store/statement.h"
#include "store/store.h"
#include "support/check.h"
#include "support/sample.h"

/* It takes many minutes. */
static const char counting[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000)"
    " SELECT count(*) FROM n";

static enum status
count_for_long(struct fixture *fixture)
{
    static const struct cell number = { 0, VALUE_INT64, 1, false };
    static const struct statement statement = {
        .name = "count_for_long",
        .number = STATEMENT_UNCACHED,
        .sqlite = counting,
        .postgres = counting,
        .out = &number,
        .out_count = 1,
        .out_size = sizeof(int64_t),
    };
    int64_t got;

    return statement_one(&fixture->call.db, &statement, NULL, &got);
}

static void
budget_ends(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct deadline budget = { 0 };

    sample_table(fixture);
    store_set_budget(call->db.store, &budget);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK); /* it is not set */
    deadline_set(&budget, 100);
    check_int(count_for_long(fixture), STATUS_BUSY);
    check_text(call->db.fault.code, "took_too_long");
    check(store_is_late(call->db.store));
    check_int(count_for_long(fixture), STATUS_BUSY); /* nothing begins any more */
    store_set_budget(call->db.store, NULL);
    check(!store_is_late(call->db.store));
    check_int(sample_put(call->db.store, 2, &call->db.fault), STATUS_OK);
    check_int(sample_count(fixture), 2);
}

TEST(a_budget_ends_a_statement_in_its_midst_and_the_store_goes_on)
{
    with_each_store(budget_ends);
}

static void
transaction_ends(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct deadline budget = { 0 };

    sample_table(fixture);
    store_set_budget(call->db.store, &budget);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    deadline_set(&budget, 100);
    check_int(count_for_long(fixture), STATUS_BUSY);
    store_rollback(call->db.store);
    store_set_budget(call->db.store, NULL);
    check_int(sample_count(fixture), 0);
}

TEST(a_transaction_whose_time_is_over_leaves_nothing)
{
    with_each_store(transaction_ends);
}
