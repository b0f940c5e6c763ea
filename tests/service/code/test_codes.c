#include <stdio.h>
#include <string.h>

#include "service/code/codes.h"
#include "support/check.h"
#include "support/verbs.h"

static const char unknown_code[] = "00000-00000-00000-00000-00000"; /* its check symbol is right */

static void
refuses_bad_orders(struct fixture *fixture)
{
    static const struct {
        struct code_request request;
        enum status want;
        const char *field;
    } rows[] = {
        { { .quantity = 0, .term = "P1Y" }, STATUS_INVALID, "quantity" },
        { { .quantity = 100001, .term = "P1Y" }, STATUS_INVALID, "quantity" },
        { { .quantity = 1, .term = "P11Y" }, STATUS_INVALID, "term" },
        { { .quantity = 1, .term = "p1y" }, STATUS_INVALID, "term" },
        { { .quantity = 1 }, STATUS_INVALID, "term" },
        { { .quantity = 1, .term = "P1Y", .has_redeem_by = true, .redeem_by = NOON / UTC_DAY - 1 },
          STATUS_INVALID,
          "redeem_by" },
        { { .quantity = 1, .term = "P1Y", .organization_id = 99 },
          STATUS_NOT_FOUND,
          "organization_id" },
        { { .quantity = 1, .term = "P1Y", .reference = "a\nb" }, STATUS_INVALID, "reference" },
    };
    struct code_order order;
    char long_reference[REFERENCE_MOST_BYTES + 2] = "";

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_failed(fixture, code_issue(&fixture->call, &rows[i].request, &order), rows[i].want,
                     "", rows[i].field);
    memset(long_reference, 'r', REFERENCE_MOST_BYTES + 1);
    struct code_request request = { .quantity = 1, .term = "P1Y", .reference = long_reference };
    check_failed(fixture, code_issue(&fixture->call, &request, &order), STATUS_INVALID, "",
                 "reference");
    check_int(fixture_count(fixture, "SELECT count(*) FROM activation_code"), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry"), 0);
}

TEST(code_issue_refuses_invalid_requests)
{
    with_each_store(refuses_bad_orders);
}

static void
never_keeps_the_code(struct fixture *fixture)
{
    const char *code = issue(fixture, 3, "P2Y");
    char sql[256];

    check_int(strlen(code), CODE_TEXT_SIZE - 1);
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM audit_entry WHERE after LIKE '%%%.5s%%'"
             " OR object_id LIKE '%%%.5s%%'",
             code, code);
    check_int(fixture_count(fixture, sql), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE organization_id = 0"),
              1);
    check_int(fixture_count(fixture, "SELECT max(length(code_hash)) FROM activation_code"),
              HASH_BYTES);
}

TEST(code_issue_keeps_a_hash_and_never_the_code)
{
    with_each_store(never_keeps_the_code);
}

static void
fills_the_pool_once(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    const char *code = issue(fixture, 5, "P2Y");
    struct redemption first, again;
    char typed[64];

    make_key(fixture, mine, 2, "P1Y");
    snprintf(typed, sizeof typed, " %.11s %s", code, code + 12); /* other hyphens, a space before */
    check_int(code_redeem(&fixture->call, mine, typed, &first), STATUS_OK);
    check_text(first.key, code);
    check_text(first.term, "P2Y");
    check_int(first.quantity, 5);
    check_int(first.licenses_left, 7);
    check_int(first.redeemed_at, NOON);
    check(!first.again);

    fixture->call.now += 2 * HOUR;
    check_int(code_redeem(&fixture->call, mine, code, &again), STATUS_OK);
    check(again.again);
    check_text(again.key, code);
    check_int(again.redeemed_at, NOON);
    check_int(again.licenses_left, 7);
    check_failed(fixture, code_redeem(&fixture->call, other, code, &again), STATUS_NOT_FOUND,
                 "code_not_accepted", "code");
    check_int(fixture_count(fixture, "SELECT count(*) FROM license_key"), 2);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'code.redeem'"), 2);
    check_ledger(fixture);
}

TEST(code_redeem_fills_the_pool_once_and_answers_again)
{
    with_each_store(fills_the_pool_once);
}

static void
says_why_not(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct code_request request = { .quantity = 1, .term = "P1Y" };
    struct redemption out;
    const char *bound, *bound_late, *late;

    request.organization_id = other;
    bound = issue_as(fixture, &request);
    request.has_redeem_by = true;
    request.redeem_by = NOON / UTC_DAY;
    bound_late = issue_as(fixture, &request);
    request.organization_id = 0;
    late = issue_as(fixture, &request);

    check_failed(fixture, code_redeem(&fixture->call, mine, "12345", &out), STATUS_INVALID,
                 "code_malformed", "code");
    check_failed(fixture, code_redeem(&fixture->call, mine, NULL, &out), STATUS_INVALID,
                 "code_malformed", "code");
    check_int(fixture_count(fixture, "SELECT count(*) FROM throttle"),
              0); /* a typing error is not a guess */
    check_failed(fixture, code_redeem(&fixture->call, mine, bound, &out), STATUS_NOT_FOUND,
                 "code_not_accepted", "code");
    check_failed(fixture, code_redeem(&fixture->call, mine, unknown_code, &out), STATUS_NOT_FOUND,
                 "code_not_accepted", "code");
    check_failed(fixture, code_redeem(&fixture->call, 99, bound, &out), STATUS_NOT_FOUND, "", "");

    fixture->call.now = (NOON / UTC_DAY + 1) * UTC_DAY - 1; /* the last second of the day */
    fixture->call.dry_run = true;
    check_int(code_redeem(&fixture->call, mine, late, &out), STATUS_OK);
    fixture->call.dry_run = false;
    fixture->call.now += 1; /* the day after: one second too late */
    check_failed(fixture, code_redeem(&fixture->call, mine, bound_late, &out), STATUS_NOT_FOUND,
                 "code_not_accepted", "code"); /* whose it is says more than that it is late */
    check_failed(fixture, code_redeem(&fixture->call, other, bound_late, &out), STATUS_CONFLICT,
                 "code_expired", "code");
    check_failed(fixture, code_redeem(&fixture->call, mine, late, &out), STATUS_CONFLICT,
                 "code_expired", "code");
    fixture_script(fixture, "UPDATE activation_code SET revoked_at = 1");
    check_failed(fixture, code_redeem(&fixture->call, mine, late, &out), STATUS_CONFLICT,
                 "code_revoked", "code");
    check_ledger(fixture);
}

TEST(code_redeem_gives_the_reason_of_a_refusal)
{
    with_each_store(says_why_not);
}

static void
slows_down(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    const char *code = issue(fixture, 1, "P1Y"), *redeemed = make_key(fixture, mine, 1, "P1Y");
    struct redemption out;

    for (int i = 0; i < 5; i++) {
        fixture->call.dry_run = i == 2; /* a dry run counts, too */
        check_failed(fixture, code_redeem(&fixture->call, mine, unknown_code, &out),
                     STATUS_NOT_FOUND, "code_not_accepted", "code");
    }
    enum status status =
        code_redeem(&fixture->call, mine, code, &out); /* a correct code waits, too */
    check_int(fixture->call.db.fault.until, NOON + 30);
    check_failed(fixture, status, STATUS_SLOW_DOWN, "too_many_codes", "");
    check_int(code_redeem(&fixture->call, mine, redeemed, &out), STATUS_OK);
    check(out.again);

    fixture->call.now += 30;
    check_failed(fixture, code_redeem(&fixture->call, mine, unknown_code, &out), STATUS_NOT_FOUND,
                 "code_not_accepted", "code");
    status = code_redeem(&fixture->call, mine, code, &out);
    check_int(fixture->call.db.fault.until, NOON + 30 + 60);
    check_failed(fixture, status, STATUS_SLOW_DOWN, "too_many_codes", "");
    fixture->call.now += 60;
    check_int(code_redeem(&fixture->call, mine, code, &out), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM throttle"),
              0); /* a correct code clears the count */
}

TEST(code_redeem_slows_down_guessing)
{
    with_each_store(slows_down);
}

static void
dry_run_changes_nothing(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    const char *code = issue(fixture, 4, "P1Y");
    struct redemption out;

    fixture->call.dry_run = true;
    check_int(code_redeem(&fixture->call, mine, code, &out), STATUS_OK);
    check_int(out.licenses_left, 4);
    check(!out.again);
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM license_key"), 0);
    check_int(code_redeem(&fixture->call, mine, code, &out), STATUS_OK);
    check(!out.again);
}

TEST(a_dry_run_of_code_redeem_changes_nothing)
{
    with_each_store(dry_run_changes_nothing);
}

struct race {
    int64_t organizations[2];
    const char *code;
    enum status statuses[2];
    char codes[2][32];
};

static void
redeem_in_race(struct call *call, int thread, void *with)
{
    struct race *race = with;
    struct redemption out;

    race->statuses[thread] = code_redeem(call, race->organizations[thread], race->code, &out);
    snprintf(race->codes[thread], sizeof race->codes[thread], "%s",
             race->statuses[thread] ? call->db.fault.code : "");
}

static void
one_of_two_wins(struct fixture *fixture)
{
    struct race race = {
        .organizations = { make_organization(fixture, "A"), make_organization(fixture, "B") },
    };

    for (int round = 0; round < 8; round++) {
        race.code = issue(fixture, 2, "P1Y");
        run_in_two_threads(fixture, redeem_in_race, &race);
        int winner = race.statuses[0] == STATUS_OK ? 0 : 1;
        check_int(race.statuses[winner], STATUS_OK);
        check_int(race.statuses[1 - winner], STATUS_NOT_FOUND);
        check_text(race.codes[1 - winner], "code_not_accepted");
        fixture_script(fixture, "DELETE FROM throttle");
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM license_key"), 8);
    check_ledger(fixture);
}

TEST(code_redeem_gives_a_code_to_one_of_two)
{
    with_each_store(one_of_two_wins);
}

struct redeeming {
    int64_t organization_id;
    const char *code;
};

static void
prepare_code(struct fixture *fixture, void *with)
{
    ((struct redeeming *)with)->code = issue(fixture, 3, "P1Y");
}

static enum status
redeem(struct fixture *fixture, void *with)
{
    const struct redeeming *redeeming = with;
    struct redemption out;

    return code_redeem(&fixture->call, redeeming->organization_id, redeeming->code, &out);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    struct redeeming redeeming = { .organization_id = make_organization(fixture, "Mine") };

    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare_code,
            .verb = redeem,
            .with = &redeeming,
            .rows = "SELECT (SELECT count(*) FROM license_key)"
                    " + (SELECT count(*) FROM activation_code WHERE redeemed_at IS NOT NULL)"
                    " + (SELECT count(*) FROM audit_entry WHERE action = 'code.redeem')",
            .delta = 3,
        });
}

TEST(code_redeem_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}

static void
lists_pages(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct code_query query = { .page = { .limit = 2 } };
    struct code_page page;
    struct key_page keys;

    for (int i = 0; i < 5; i++) { /* two in one second */
        const char *code = issue_as(
            fixture, &(struct code_request){
                         .quantity = i + 1, .term = "P1Y", .reference = i % 2 ? "odd" : "even" });
        struct redemption out;
        fixture->call.now += i != 2;
        if (i > 1)
            check_int(code_redeem(&fixture->call, mine, code, &out), STATUS_OK);
    }
    size_t seen = 0, pages = 0;
    do {
        check_int(code_list(&fixture->call, &query, &page), STATUS_OK);
        for (size_t i = 0; i < page.count; i++)
            check_text(page.items[i].code, "");
        seen += page.count;
        pages++;
        query.page.cursor = page.next;
    } while (page.next && pages < 9);
    check_int(seen, 5);
    check_int(pages, 3);
    query = (struct code_query){ .page = { .limit = 9 }, .state = "redeemed", .reference = "even" };
    check_int(code_list(&fixture->call, &query, &page), STATUS_OK);
    check_int(page.count, 2);
    check_int(page.items[0].quantity, 5);
    check_int(page.items[0].organization_id, mine);

    check_int(key_list(&fixture->call, mine, (struct page_request){ .limit = 2 }, &keys),
              STATUS_OK);
    check_int(keys.count, 2);
    check_int(keys.items[0].left, keys.items[0].quantity);
    check_int(key_list(&fixture->call, mine,
                       (struct page_request){ .limit = 2, .cursor = keys.next }, &keys),
              STATUS_OK);
    check_int(keys.count, 1);
    check(!keys.next);
    query.page.cursor = "nonsense";
    check_failed(fixture, code_list(&fixture->call, &query, &page), STATUS_MALFORMED, "", "cursor");
}

TEST(code_list_and_key_list_come_in_pages)
{
    with_each_store(lists_pages);
}
