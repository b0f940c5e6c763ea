#include "service/core/idempotency.h"

#include <string.h>

#include "service/core/store_pool.h"
#include "support/check.h"
#include "support/store_fixture.h"

static const uint8_t first_hash[HASH_BYTES] = { 1 }, other_hash[HASH_BYTES] = { 2 };
static const struct idempotent_answer answer = { 201, "{\"code\":\"SECRET\"}", 17 };

static struct idempotent_request
request_of(int64_t user_id, const char *key, const uint8_t *hash)
{
    return (struct idempotent_request){ user_id, key, hash };
}

static void
check_found(struct fixture *fixture, struct idempotent_request request, bool expected)
{
    struct idempotent_answer again;
    bool found = !expected;

    check_int(idempotency_find(&fixture->call, &request, &again, &found), STATUS_OK);
    check_int(found, expected);
    if (!found || !expected)
        return;
    check_int(again.code, answer.code);
    check_int(again.size, answer.size);
    check(!memcmp(again.bytes, answer.bytes, answer.size));
}

static void
answers_once(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct idempotent_request request = request_of(7, "key", first_hash);
    struct idempotent_request reused = request_of(7, "key", other_hash);
    struct idempotent_answer again;
    bool found;

    check_found(fixture, request, false);
    check_int(idempotency_keep(call, &request, &answer), STATUS_OK);
    check_found(fixture, request, true);
    check_found(fixture, request_of(8, "key", first_hash), false);
    check_found(fixture, request_of(7, "Key", first_hash), false);
    check_int(idempotency_find(call, &reused, &again, &found), STATUS_INVALID);
    check_text(call->db.fault.code, "idempotency_key_reused");
    check_int(idempotency_keep(call, &request, &answer), STATUS_BUSY);
}

TEST(the_same_key_gets_the_same_answer_and_another_request_none)
{
    with_each_store(answers_once);
}

/* A verb that fails because another server has just done the same. */
static void
looks_again(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct idempotent_request request = request_of(7, "key", first_hash);
    bool is_shared = store_is_shared(call->db.store);
    enum status failed =
        call_fail(call, STATUS_CONFLICT, "sensor_exists", "serial", "it is there already");

    check_int(idempotency_recheck(call, &request, failed), STATUS_CONFLICT);
    check_text(call->db.fault.code, "sensor_exists");
    check_int(idempotency_keep(call, &request, &answer), STATUS_OK);
    check_int(idempotency_recheck(call, &request, failed),
              is_shared ? STATUS_BUSY : STATUS_CONFLICT);
    check_text(call->db.fault.code, is_shared ? "" : "sensor_exists");
}

TEST(a_verb_that_fails_after_another_server_answered_runs_again)
{
    with_each_store(looks_again);
}

static void
forgets(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct idempotent_request old = request_of(7, "old", first_hash);
    struct idempotent_request new = request_of(7, "new", first_hash);

    check_int(idempotency_keep(call, &old, &answer), STATUS_OK);
    call->now += IDEMPOTENCY_SECONDS;
    check_found(fixture, old, true);
    call->now++;
    check_found(fixture, old, false);
    check_int(idempotency_keep(call, &new, &answer), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM idempotent_answer"), 1);
    check_int(idempotency_keep(call, &old, &answer), STATUS_OK);
}

TEST(an_answer_is_forgotten_after_a_day)
{
    with_each_store(forgets);
}

static void
seals(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct idempotent_request request = request_of(7, "key", first_hash);
    struct secret_key other = { { 9 } };
    struct idempotent_answer again;
    bool found;

    check_int(idempotency_keep(call, &request, &answer), STATUS_OK);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM idempotent_answer WHERE length(answer) = 57"),
        1);
    call->secret = &other;
    check_int(idempotency_find(call, &request, &again, &found), STATUS_BROKEN);
}

TEST(an_answer_opens_only_with_its_key_file)
{
    with_each_store(seals);
}

static void
lends(struct fixture *fixture)
{
    struct store_pool *pool;
    struct store *first, *second, *third;
    struct fault *fault = &fixture->call.db.fault;

    check_int(store_pool_open(&pool, &(struct store_options){ .url = fixture->url }, 1, fault),
              STATUS_OK);
    check_int(store_pool_borrow(pool, &first, fault), STATUS_OK);
    check_int(store_pool_borrow(pool, &second, fault), STATUS_OK);
    check(first != second);
    store_pool_give_back(pool, first, STATUS_NOT_FOUND);
    store_pool_give_back(pool, second, STATUS_OK); /* over the limit: closed */
    check_int(store_pool_borrow(pool, &third, fault), STATUS_OK);
    check(third == first);
    store_pool_give_back(pool, third, STATUS_BROKEN);
    store_pool_give_back(pool, NULL, STATUS_OK);
    store_pool_close(pool);
}

TEST(a_pool_lends_only_healthy_stores)
{
    with_each_store(lends);
}
