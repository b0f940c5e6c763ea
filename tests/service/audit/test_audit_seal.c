#include "service/audit/audit_seal.h"

#include <stdio.h>
#include <string.h>

#include "service/audit/audit_log.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "support/check.h"
#include "support/verbs.h"

enum { ENTRIES = 4, MOST_SCRIPT = 1024, HEX_SIZE = 2 * HASH_BYTES + 1 };

/* An organization with ENTRIES entries, in a store that a server has started. */
static int64_t
make_sealed_log(struct fixture *fixture)
{
    check_int(audit_seal_begin(&fixture->call), STATUS_OK);
    int64_t id = make_organization(fixture, "Cold chain");
    make_key(fixture, id, 5, "P1Y");
    add_sensor(fixture, id, "282C02410001", "Fridge");
    add_sensor(fixture, id, "282C02410002", "Room");
    return id;
}

static struct audit_verification
seal_test_verify(struct fixture *fixture, const char *head)
{
    struct audit_verification found = { .count = 0 };

    check_int(audit_verify(&fixture->call, &(struct audit_verify_request){ .head = head }, &found),
              STATUS_OK);
    return found;
}

/* The flaw of the only organization's chain. */
static void
check_chain(struct fixture *fixture, enum audit_flaw flaw, int64_t sequence)
{
    struct audit_verification found = seal_test_verify(fixture, NULL);

    check_int(found.flawed, flaw != AUDIT_WHOLE);
    for (size_t i = 0; i < found.count; i++) {
        if (!found.chains[i].flaw)
            continue;
        check_int(found.chains[i].flaw, flaw);
        check_int(found.chains[i].sequence, sequence);
    }
}

static void
check_seals(struct fixture *fixture, const char *head, enum audit_seal_flaw flaw, int64_t number)
{
    struct audit_verification found = seal_test_verify(fixture, head);
    char words[AUDIT_SEAL_WORDS_SIZE];

    check_int(found.seals.flaw, flaw);
    check_int(found.seals.number, number);
    audit_seal_flaw_write(words, &found.seals);
    check(strlen(words) > 10);
}

static void
put_hash(struct fixture *fixture, const char *format, const uint8_t hash[HASH_BYTES],
         int64_t sequence)
{
    char script[MOST_SCRIPT], hex[HEX_SIZE + 8];
    int length = snprintf(hex, sizeof hex, !strncmp(fixture->url, "sqlite:", 7) ? "x'" : "'\\x");

    for (size_t i = 0; i < HASH_BYTES; i++)
        length += snprintf(hex + length, sizeof hex - (size_t)length, "%02x", hash[i]);
    snprintf(hex + length, sizeof hex - (size_t)length, "'");
    snprintf(script, sizeof script, format, hex, (long long)sequence);
    fixture_script(fixture, script);
}

/* As a person would who can write to the database: changes an entry, and computes all hashes anew.
 */
static void
rewrite_chain(struct fixture *fixture, int64_t organization_id, int64_t changed)
{
    struct audit_query query = { .page = { .limit = 100 } };
    uint8_t before[HASH_BYTES] = { 0 }, hash[HASH_BYTES];
    struct audit_page page;

    check_int(audit_list(&fixture->call, organization_id, &query, &page), STATUS_OK);
    for (size_t i = page.count; i-- > 0;) {
        struct audit_entry entry = page.items[i];
        if (entry.sequence == changed)
            entry.actor_name = "mallory";
        check(audit_hash(hash, before, &entry));
        put_hash(fixture,
                 "UPDATE audit_entry SET hash = %s WHERE organization_id > 0 AND sequence = %lld",
                 hash, entry.sequence);
        memcpy(before, hash, HASH_BYTES);
    }
    char script[MOST_SCRIPT];
    snprintf(script, sizeof script,
             "UPDATE audit_entry SET actor_name = 'mallory' WHERE organization_id > 0"
             " AND sequence = %lld",
             (long long)changed);
    fixture_script(fixture, script);
    put_hash(fixture, "UPDATE audit_chain SET hash = %s WHERE organization_id > 0 AND %lld > 0",
             before, 1);
}

static void
rewritten_chain(struct fixture *fixture)
{
    int64_t id = make_sealed_log(fixture);

    check_row("before a seal the plain chain is all there is");
    check_chain(fixture, AUDIT_WHOLE, 0);
    check_int(seal_test_verify(fixture, NULL).seals.unsealed,
              ENTRIES + 1); /* and the code, the operator's */
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    check_int(seal_test_verify(fixture, NULL).seals.unsealed, 0);
    check_chain(fixture, AUDIT_WHOLE, 0);

    add_sensor(fixture, id, "282C02410003", "Hall");
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    check_seals(fixture, NULL, AUDIT_SEALS_HOLD, 0);

    check_row("an entry between two seals");
    rewrite_chain(fixture, id, ENTRIES + 1);
    check_chain(fixture, AUDIT_REWRITTEN, ENTRIES + 1);
    check_row("an entry before the first seal");
    rewrite_chain(fixture, id, 2);
    check_chain(fixture, AUDIT_REWRITTEN, 1);
    check_row("another seal changes nothing");
    add_sensor(fixture, id, "282C02410004", "Yard");
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    check_chain(fixture, AUDIT_REWRITTEN, 1);
}

TEST(a_chain_that_was_rewritten_with_its_hashes_is_found)
{
    with_each_store(rewritten_chain);
}

static void
cut_chain(struct fixture *fixture)
{
    static const char *const scripts[] = {
        /* the last entry, and the head set back to the entry before */
        "DELETE FROM audit_entry WHERE organization_id > 0 AND sequence = 4;"
        "UPDATE audit_chain SET sequence = 3, sealed = 3, hash = (SELECT hash FROM audit_entry AS e"
        " WHERE e.organization_id = audit_chain.organization_id AND e.sequence = 3)"
        " WHERE organization_id > 0",
        /* the whole chain, and the organization */
        "DELETE FROM audit_entry WHERE organization_id > 0;"
        "DELETE FROM audit_chain WHERE organization_id > 0",
    };

    make_sealed_log(fixture);
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    fixture_script(fixture, scripts[0]);
    check_chain(fixture, AUDIT_MISSING, 4);
    fixture_script(fixture, scripts[1]);
    check_chain(fixture, AUDIT_MISSING, 1);
}

TEST(entries_removed_at_the_end_are_found_as_far_as_the_last_seal)
{
    with_each_store(cut_chain);
}

static const struct {
    const char *row, *script;
    enum audit_seal_flaw flaw;
    int64_t number;
} forgeries[] = {
    { "a changed one", "UPDATE audit_seal SET sequence = 3 WHERE number = 2", AUDIT_SEALS_BROKEN,
      2 },
    { "a changed time", "UPDATE audit_seal SET at = at + 1 WHERE number = 1", AUDIT_SEALS_BROKEN,
      1 },
    { "the first one is removed", "DELETE FROM audit_seal WHERE number = 1", AUDIT_SEALS_BROKEN,
      1 },
    { "one is removed, and the numbers closed up",
      "DELETE FROM audit_seal WHERE number = 2;"
      "UPDATE audit_seal SET number = 2 WHERE number = 3;"
      "UPDATE audit_seal SET number = 3 WHERE number = 4",
      AUDIT_SEALS_BROKEN, 2 },
    { "the last one is removed", "DELETE FROM audit_seal WHERE number = 4", AUDIT_SEALS_END, 3 },
    { "the last one, with the record set back",
      "DELETE FROM audit_seal WHERE number = 4; UPDATE audit_seal_top SET number = 3, seal ="
      " (SELECT seal FROM audit_seal WHERE number = 3)",
      AUDIT_SEALS_END, 3 },
    { "all that count begin later", "UPDATE audit_seal_top SET first = 5", AUDIT_SEALS_END, 4 },
    { "all of them", "DELETE FROM audit_seal", AUDIT_SEALS_END, 0 },
    { "none any more for new entries",
      "UPDATE audit_chain SET sealed = 9223372036854775807 WHERE sequence > 1", AUDIT_SEALS_MARK,
      0 },
    { "a mark that overflows", "UPDATE audit_chain SET sealed = -9223372036854775807 - 1",
      AUDIT_SEALS_MARK, 0 },
    { "a mark at the newest entry", "UPDATE audit_chain SET sealed = sequence", AUDIT_SEALS_MARK,
      0 },
    { "all of them, and the record", "DELETE FROM audit_seal; DELETE FROM audit_seal_top",
      AUDIT_SEALS_NONE, 0 },
};

static size_t forgery; /* the row */

static void
forged_seals(struct fixture *fixture)
{
    int64_t id = make_sealed_log(fixture);

    for (int n = 1; n <= 3; n++) {
        char serial[] = "282C024200A1";
        check_int(audit_seal_all(&fixture->call), STATUS_OK);
        serial[11] = (char)('0' + n);
        add_sensor(fixture, id, serial, "Room");
    }
    check_row(forgeries[forgery].row);
    check_seals(fixture, NULL, AUDIT_SEALS_HOLD, 0);
    fixture_script(fixture, forgeries[forgery].script);
    check_seals(fixture, NULL, forgeries[forgery].flaw, forgeries[forgery].number);
}

TEST(a_seal_that_was_changed_or_removed_is_found)
{
    for (forgery = 0; forgery < sizeof forgeries / sizeof forgeries[0]; forgery++)
        with_each_store(forged_seals);
}

static void
foreign_secret(struct fixture *fixture)
{
    struct secret_key other = { { 1, 2, 3 } };

    make_sealed_log(fixture);
    fixture->call.secret = &other;
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    fixture->call.secret = &fixture->secret;
    check_seals(fixture, NULL, AUDIT_SEALS_BROKEN, 1);
}

TEST(a_seal_made_with_another_secret_does_not_hold)
{
    with_each_store(foreign_secret);
}

static void
kept_head(struct fixture *fixture)
{
    char head[AUDIT_HEAD_SIZE], later[AUDIT_HEAD_SIZE];
    int64_t id = make_sealed_log(fixture);
    struct audit_verification found;

    check_int(audit_head(&fixture->call, head), STATUS_OK);
    check_text(head, "");
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    check_int(audit_head(&fixture->call, head), STATUS_OK);
    add_sensor(fixture, id, "282C02410003", "Hall");
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    check_int(audit_head(&fixture->call, later), STATUS_OK);
    check(strcmp(head, later) != 0);
    check_seals(fixture, head, AUDIT_SEALS_HOLD, 0);
    check_seals(fixture, later, AUDIT_SEALS_HOLD, 0);

    check_row("everything is made anew, with the secret");
    fixture_script(fixture, "DELETE FROM audit_seal; DELETE FROM audit_seal_top;"
                            "UPDATE audit_chain SET sealed = 0");
    rewrite_chain(fixture, id, 2);
    check_int(audit_seal_begin(&fixture->call), STATUS_OK);
    check_int(audit_seal_all(&fixture->call), STATUS_OK);
    check_chain(fixture, AUDIT_WHOLE, 0);
    check_seals(fixture, NULL, AUDIT_SEALS_HOLD, 0);
    check_seals(fixture, head, AUDIT_SEALS_HEAD, 2);

    static const char *const bad[] = { "", "1", "1-", "x-00", "0-00", "1-zz", "-1-00" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_row(bad[i]);
        check_failed(
            fixture,
            audit_verify(&fixture->call, &(struct audit_verify_request){ .head = bad[i] }, &found),
            STATUS_INVALID, "", "head");
    }
}

TEST(a_head_that_was_kept_elsewhere_finds_seals_that_were_made_anew)
{
    with_each_store(kept_head);
}

static enum status
checkpoint_body(struct call *call, void *with)
{
    return audit_checkpoint(call, with);
}

static void
checkpoints(struct fixture *fixture)
{
    struct secret_key other = { { 9 } };
    char head[AUDIT_HEAD_SIZE], reason[] = "a new secret";
    struct audit_query query = { .page = { .limit = 1 }, .action = "audit.checkpoint" };
    struct audit_page page;

    check_row("an older store");
    make_organization(fixture, "Cold chain");
    check_seals(fixture, NULL, AUDIT_SEALS_NONE, 0);
    check_int(audit_seal_begin(&fixture->call), STATUS_OK);
    check_int(audit_seal_begin(&fixture->call), STATUS_OK); /* only once */
    check_int(audit_list(&fixture->call, AUDIT_OPERATOR_CHAIN, &query, &page), STATUS_OK);
    check_int(page.count, 1);
    check(!page.next && strstr(page.items[0].fact.after, "\"first_seal\":1"));
    struct audit_verification found = seal_test_verify(fixture, NULL);
    check_int(found.seals.flaw, AUDIT_SEALS_HOLD);
    check_int(found.seals.last, 2);
    check_int(found.seals.since, fixture->call.now);
    check_int(found.seals.unsealed, 0);
    check_int(audit_head(&fixture->call, head), STATUS_OK);

    check_row("another secret");
    fixture->call.now += HOUR;
    fixture->call.secret = &other;
    check_int(transact(&fixture->call, checkpoint_body, reason), STATUS_OK);
    found = seal_test_verify(fixture, NULL);
    check_int(found.seals.flaw, AUDIT_SEALS_HOLD);
    check_int(found.seals.first, 3);
    check_int(found.seals.last, 4);
    check_int(found.seals.since, fixture->call.now);
    check_int(found.seals.unsealed, 0);
    check_seals(fixture, head, AUDIT_SEALS_OLD_HEAD, 3);
    fixture->call.secret = &fixture->secret;
    check_seals(fixture, NULL, AUDIT_SEALS_BROKEN, 3);
}

TEST(a_checkpoint_is_an_entry_and_begins_new_seals)
{
    with_each_store(checkpoints);
}

static enum status
job_body(struct call *call, void *with)
{
    return audit_seal_job_run(call, with);
}

static void
runs_hourly(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    utc_seconds at, began = call->now;
    bool more;

    check_int(audit_seal_job_next_at(call, &at), STATUS_OK);
    check_int(at, UTC_NEVER);
    make_sealed_log(fixture);
    check_int(audit_seal_job_next_at(call, &at), STATUS_OK);
    check_int(at, began + AUDIT_SEAL_SECONDS);
    check_int(transact(call, job_body, &more), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_seal"), 0);
    call->now = began + AUDIT_SEAL_SECONDS;
    check_int(transact(call, job_body, &more), STATUS_OK);
    check(!more);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_seal"), 2);
    check_int(audit_seal_job_next_at(call, &at), STATUS_OK);
    check_int(at, UTC_NEVER);
    check_seals(fixture, NULL, AUDIT_SEALS_HOLD, 0);
}

TEST(the_job_seals_what_is_new_once_an_hour)
{
    with_each_store(runs_hourly);
}
