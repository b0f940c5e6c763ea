#include "service/audit/audit.h"

#include <string.h>

#include "service/core/transaction.h"
#include "statements.h"
#include "support/check.h"
#include "support/verbs.h"

static enum status
append(struct call *call, void *with)
{
    return audit_append(call, 7, with);
}

static void
chains(struct fixture *fixture)
{
    static const uint8_t zeros[HASH_BYTES];
    struct audit_fact fact = { .action = "a.b", .object_kind = "thing", .object_id = "1" };
    uint8_t first[HASH_BYTES], second[HASH_BYTES], other[HASH_BYTES];
    struct audit_chain_extend_out chain;
    struct audit_entry entry = {
        .organization_id = 7,
        .sequence = 1,
        .at = NOON,
        .actor_kind = "system",
        .actor_name = "system",
        .fact = fact,
    };

    check_int(transact(&fixture->call, append, &fact), STATUS_OK);
    fact.after = "{\"a\":1}";
    check_int(transact(&fixture->call, append, &fact), STATUS_OK);
    check_ledger(fixture);
    check_int(fixture_count(fixture, "SELECT max(sequence) FROM audit_entry"), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE before = 'null'"), 2);

    entry.fact.before = entry.fact.after = "null";
    check(audit_hash(first, zeros, &entry));
    entry.sequence = 2;
    entry.fact.after = fact.after;
    check(audit_hash(second, first, &entry));
    check_int(audit_chain_extend(
                  &fixture->call.db,
                  &(struct audit_chain_extend_in){
                      .organization_id = 7, .count = 1, .first_hash = { zeros, HASH_BYTES } },
                  &chain),
              STATUS_OK);
    check_int(chain.sequence, 3);
    check(chain.hash.size == HASH_BYTES && !memcmp(chain.hash.at, second, HASH_BYTES));

    entry.actor_name = "somebody";
    check(audit_hash(other, first, &entry));
    check(memcmp(other, second, HASH_BYTES) != 0);
}

TEST(audit_chains_its_entries_by_hash)
{
    with_each_store(chains);
}
