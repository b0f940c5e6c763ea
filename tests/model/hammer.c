/*
 * hammer.c - one of several processes that change the same ledgers at once.
 *
 *     hammer URL SEED BEGAN SECONDS ORGANIZATION ORGANIZATION ORGANIZATION CODE...
 *
 * Two threads, each with a store and tables of its own, as two nodes would be, draw verbs
 * for some seconds. BEGAN is an instant of the monotonic clock, in nanoseconds: from it all
 * processes know what time it is, which goes in leaps of hours. Says what it met that no
 * verb may answer, and then exits with 1.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/secret.h"
#include "hammer.h"
#include "service/code/codes_revoke.h"
#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/ledger/ledger_jobs.h"
#include "service/license/license_queue.h"
#include "service/license/licensing.h"
#include "service/license/take_back.h"
#include "service/manager/assignments.h"
#include "service/measurement/journal_index.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors_import.h"
#include "store/store.h"
#include "support/random.h"

enum { THREADS = 2, SERIALS = 16, ROWS = 3, ARENA_BYTES = 64 * 1024 * 1024 };

static int64_t began, seconds, organizations[HAMMER_ORGANIZATIONS];
static char **codes;
static size_t code_count;
static atomic_int wrong;

struct thread {
    pthread_t thread;
    struct arena arena;
    struct call call;
    struct secret_key secret;
    struct random random;
    struct journal_index *journal_index;
    struct ingest *ingest;
    int64_t own_code; /* the last one that it issued */
    char own_code_text[CODE_TEXT_SIZE];
    int64_t answers[STATUS_COUNT];
};

static int64_t
any_organization(struct thread *thread)
{
    return organizations[random_below(&thread->random, HAMMER_ORGANIZATIONS)];
}

static const char *
any_serial(struct thread *thread)
{
    static const char *const serials[SERIALS] = {
        "282C02410001", "282C02410002", "282C02410003", "282C02410004",
        "282C02410005", "282C02410006", "282C02410007", "282C02410008",
        "282C02410009", "282C0241000A", "282C0241000B", "282C0241000C",
        "282C0241000D", "282C0241000E", "282C0241000F", "282C02410010",
    };
    return serials[random_below(&thread->random, SERIALS)];
}

static bool
one_in(struct thread *thread, size_t bound)
{
    return random_below(&thread->random, bound) == 0;
}

static enum status
do_redeem(struct thread *thread)
{
    struct redemption redemption;
    const char *code = one_in(thread, 2) && thread->own_code
                           ? thread->own_code_text
                           : codes[random_below(&thread->random, code_count)];

    return code_redeem(&thread->call, any_organization(thread), code, &redemption);
}

static enum status
do_issue(struct thread *thread)
{
    static const char *const terms[] = { "P1D", "P2D", "P1W", "P10D", "P1M" };
    struct code_order order;
    enum status status = code_issue(
        &thread->call,
        &(struct code_request){ .quantity = 1 + (int64_t)random_below(&thread->random, 9),
                                .term = terms[random_below(&thread->random, 5)] },
        &order);

    if (!status && !thread->call.dry_run) {
        thread->own_code = order.id;
        memcpy(thread->own_code_text, order.code, sizeof order.code);
    }
    return status;
}

static enum status
do_revoke(struct thread *thread)
{
    struct code_revocation out;
    struct code_revocation_request request = { .reason = "not paid" };

    if (thread->own_code == 0 || !one_in(thread, 4))
        return STATUS_OK;
    if (one_in(thread, 2))
        request.effective_at = thread->call.now + UTC_DAY;
    return code_revoke(&thread->call, thread->own_code, &request, &out);
}

static enum status
do_add(struct thread *thread)
{
    struct manager_row row;

    return sensor_add(&thread->call, any_organization(thread),
                      &(struct sensor_request){ .serial = any_serial(thread) }, &row, NULL);
}

static enum status
do_assign(struct thread *thread)
{
    struct license license;

    return license_assign(&thread->call, any_organization(thread), any_serial(thread), NULL,
                          &license);
}

static enum status
do_assign_many(struct thread *thread)
{
    const char *serials[ROWS];
    struct assignments out;

    for (int i = 0; i < ROWS; i++)
        serials[i] = any_serial(thread);
    return assignments_make(
        &thread->call, any_organization(thread),
        &(struct assignment_request){ .serials = serials,
                                      .serial_count = 1 + random_below(&thread->random, ROWS),
                                      .count = 1 },
        &out);
}

static enum status
do_import(struct thread *thread)
{
    struct import_row rows[ROWS] = { 0 };
    struct sensors_imported imported;

    for (int i = 0; i < ROWS; i++)
        rows[i].request.serial = any_serial(thread);
    enum status status = sensors_import_check(&thread->call, rows, ROWS);
    return status ? status
                  : sensors_import(&thread->call, any_organization(thread), rows, ROWS, &imported);
}

static enum status
do_switch(struct thread *thread)
{
    struct sensor_changed sensor;

    return sensor_change(
        &thread->call, any_organization(thread), any_serial(thread),
        &(struct sensor_change){ .has_auto_renewal = true, .auto_renewal = !one_in(thread, 3) },
        &sensor);
}

static enum status
do_remove(struct thread *thread)
{
    return sensor_remove(&thread->call, any_organization(thread), any_serial(thread));
}

static enum status
do_replace(struct thread *thread)
{
    struct manager_row row;

    return sensor_replace(&thread->call, any_organization(thread), any_serial(thread),
                          &(struct sensor_replacement){ .serial = any_serial(thread) }, &row);
}

static enum status
do_take_back(struct thread *thread)
{
    int64_t organization = any_organization(thread);
    struct license_list list;
    enum status status = license_history(&thread->call, organization, any_serial(thread), &list);

    if (status || list.count == 0)
        return status;
    return license_take_back(&thread->call, organization,
                             list.items[random_below(&thread->random, list.count)].id);
}

static enum status
do_reorder(struct thread *thread)
{
    int64_t organization = any_organization(thread), ids[200];
    const char *serial = any_serial(thread);
    struct license_list list, out;
    size_t count = 0;
    enum status status = license_history(&thread->call, organization, serial, &list);

    for (size_t i = 0; !status && i < list.count && count < 200; i++)
        if (list.items[list.count - 1 - i].state == LICENSE_QUEUED) /* the last goes first */
            ids[count++] = list.items[list.count - 1 - i].id;
    const struct license_order order = { serial, ids, count };
    return status ? status : license_queue_reorder(&thread->call, organization, &order, &out);
}

static enum status
do_order(struct thread *thread)
{
    static const char *const orders[] = { "oldest_first", "shortest_first", "longest_first" };
    struct organization out;

    return organization_change(
        &thread->call, any_organization(thread),
        &(struct organization_change){ .pool_order = orders[random_below(&thread->random, 3)] },
        &out);
}

static enum status
tick_body(struct call *call, void *with)
{
    return renewal_job_run(call, with);
}

static enum status
do_tick(struct thread *thread)
{
    bool more;

    return transact(&thread->call, tick_body, &more);
}

static enum status
do_ingest(struct thread *thread)
{
    struct sample samples[ROWS];
    struct delivery deliveries[ROWS];
    struct ingest_item items[ROWS], *addresses[ROWS];

    for (int i = 0; i < ROWS; i++) {
        const char *serial = any_serial(thread);
        samples[i] =
            (struct sample){ .at = thread->call.now - 3600, .type = 1, .channel = 1, .raw = 5 };
        deliveries[i] = (struct delivery){ .samples = &samples[i], .sample_count = 1, .signal = 1 };
        (void)serial_parse(&deliveries[i].serial, serial, strlen(serial));
        items[i] = (struct ingest_item){ .delivery = &deliveries[i] };
        addresses[i] = &items[i];
    }
    thread->call.journal_index = thread->journal_index;
    thread->call.dry_run = false;
    enum status status = ingest_commit(thread->ingest, &thread->call, addresses, ROWS);
    thread->call.journal_index = NULL; /* other nodes save too: verbs look into the journal */
    return status;
}

/* What a verb may answer when others are at work, too. A key of the database that says no
 * has no word of its own: then a verb has not looked well. */
static bool
may_be(enum status status, const struct fault *fault)
{
    switch (status) {
    case STATUS_OK:
    case STATUS_NOT_FOUND:
    case STATUS_SLOW_DOWN:
    case STATUS_BUSY:
        return true;
    case STATUS_CONFLICT:
    case STATUS_INVALID:
        return fault->code[0] != '\0';
    default:
        return false;
    }
}

static void
strike(struct thread *thread)
{
    static const struct {
        const char *name;
        enum status (*verb)(struct thread *thread);
    } verbs[] = {
        { "redeem", do_redeem },
        { "redeem", do_redeem },
        { "issue", do_issue },
        { "revoke", do_revoke },
        { "add", do_add },
        { "add", do_add },
        { "assign", do_assign },
        { "assign many", do_assign_many },
        { "import", do_import },
        { "switch", do_switch },
        { "remove", do_remove },
        { "replace", do_replace },
        { "take back", do_take_back },
        { "reorder", do_reorder },
        { "order", do_order },
        { "tick", do_tick },
        { "ingest", do_ingest },
        { "ingest", do_ingest },
    };
    size_t pick = random_below(&thread->random, sizeof verbs / sizeof verbs[0]);
    struct call *call = &thread->call;

    call->db.fault = (struct fault){ 0 };
    call->now = hammer_now(began);
    call->dry_run = one_in(thread, 12);
    enum status status = verbs[pick].verb(thread);
    thread->answers[status]++;
    if (!may_be(status, &call->db.fault)) {
        fprintf(stderr, "%s is answered with %d \"%s\" in \"%s\": %s\n", verbs[pick].name,
                (int)status, call->db.fault.code, call->db.fault.field, call->db.fault.reason);
        atomic_fetch_add(&wrong, 1);
    }
    ingest_forget_unknown(thread->ingest);
    arena_clear(call->db.arena);
    nanosleep(&(struct timespec){ .tv_nsec = (long)random_below(&thread->random, 2000000) },
              NULL); /* others, too */
}

static void *
hammer(void *with)
{
    struct thread *thread = with;

    while (monotonic_nanoseconds() < began + seconds * 1000000000 && atomic_load(&wrong) < 10)
        strike(thread);
    return NULL;
}

static void
begin(struct thread *thread, const char *url, uint64_t seed)
{
    struct fault fault;

    thread->random = (struct random){ seed };
    memset(thread->secret.bytes, 0x5e, sizeof thread->secret.bytes);
    arena_init(&thread->arena, ARENA_BYTES);
    thread->journal_index = journal_index_open();
    thread->ingest = ingest_open();
    thread->call = (struct call){ .db.arena = &thread->arena,
                                  .actor = &actor_system,
                                  .secret = &thread->secret,
                                  .public_url = "" };
    if (store_open(&thread->call.db.store,
                   &(struct store_options){ .url = url, .mode = STORE_READ_WRITE }, &fault)) {
        fprintf(stderr, "%s\n", fault.reason);
        exit(EXIT_FAILURE);
    }
    pthread_create(&thread->thread, NULL, hammer, thread);
}

int
main(int argc, char **argv)
{
    static struct thread threads[THREADS];
    int64_t answers[STATUS_COUNT] = { 0 };

    if (argc < 6 + HAMMER_ORGANIZATIONS)
        return EXIT_FAILURE;
    log_start(LOG_ERROR);
    began = strtoll(argv[3], NULL, 10);
    seconds = strtoll(argv[4], NULL, 10);
    for (int i = 0; i < HAMMER_ORGANIZATIONS; i++)
        organizations[i] = strtoll(argv[5 + i], NULL, 10);
    codes = argv + 5 + HAMMER_ORGANIZATIONS;
    code_count = (size_t)(argc - 5 - HAMMER_ORGANIZATIONS);
    for (uint64_t i = 0; i < THREADS; i++)
        begin(&threads[i], argv[1], strtoull(argv[2], NULL, 10) * THREADS + i);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i].thread, NULL);
        ingest_close(threads[i].ingest);
        journal_index_close(threads[i].journal_index);
        store_close(threads[i].call.db.store);
        arena_clear(&threads[i].arena);
        for (int k = 0; k < STATUS_COUNT; k++)
            answers[k] += threads[i].answers[k];
    }
    printf("     done %" PRId64 ", refused %" PRId64 ", busy %" PRId64 "\n", answers[STATUS_OK],
           answers[STATUS_CONFLICT] + answers[STATUS_NOT_FOUND] + answers[STATUS_INVALID]
               + answers[STATUS_SLOW_DOWN],
           answers[STATUS_BUSY]);
    return atomic_load(&wrong) ? EXIT_FAILURE : EXIT_SUCCESS;
}
