#include "service/sensor/serial_claim.h"

#include "service/sensor/sensors_import.h"
#include "support/check.h"
#include "support/threads.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE",
                  store_room[] = "282C02402FAF", second[] = "282C02402FB0";

/* What another organization does meanwhile, with another store. */
struct neighbor {
    struct call call;
    struct arena arena;
    int64_t organization_id;
    enum status status;
};

static void
neighbor_open(struct fixture *fixture, struct neighbor *neighbor)
{
    neighbor->organization_id = make_organization(fixture, "Other");
    make_key(fixture, neighbor->organization_id, 9, "P1M");
    add_sensor(fixture, neighbor->organization_id, cellar, "");
    arena_init(&neighbor->arena, FIXTURE_ARENA_BYTES);
    neighbor->call = fixture->call;
    neighbor->call.db.arena = &neighbor->arena;
    neighbor->call.db.store = fixture_open_second(fixture, STORE_READ_WRITE);
}

static void
neighbor_close(struct neighbor *neighbor)
{
    store_close(neighbor->call.db.store);
    arena_clear(&neighbor->arena);
}

static void
remove_cellar(void *with)
{
    struct neighbor *neighbor = with;

    neighbor->status = sensor_remove(&neighbor->call, neighbor->organization_id, cellar);
}

static void
add_store_room(void *with)
{
    struct neighbor *neighbor = with;
    struct manager_row row;

    neighbor->status = sensor_add(&neighbor->call, neighbor->organization_id,
                                  &(struct sensor_request){ .serial = store_room }, &row, NULL);
}

static void
add_second(void *with)
{
    struct neighbor *neighbor = with;
    struct manager_row row;

    neighbor->status = sensor_add(&neighbor->call, neighbor->organization_id,
                                  &(struct sensor_request){ .serial = second }, &row, NULL);
}

struct verb {
    enum status (*run)(struct call *call, int64_t organization_id, const char *serial);
    int64_t organization_id;
    const char *serial;
    enum status want;
};

static enum status
import_two(struct call *call, int64_t organization_id, const char *serial)
{
    struct import_row rows[2] = { { .request = { .serial = second } },
                                  { .request = { .serial = serial } } };
    struct sensors_imported imported;
    enum status status = sensors_import_check(call, rows, 2);

    return status ? status : sensors_import(call, organization_id, rows, 2, &imported);
}

static enum status
add_one(struct call *call, int64_t organization_id, const char *serial)
{
    struct manager_row row;

    return sensor_add(call, organization_id, &(struct sensor_request){ .serial = serial }, &row,
                      NULL);
}

static enum status
replace_fridge(struct call *call, int64_t organization_id, const char *serial)
{
    struct manager_row row;

    return sensor_replace(call, organization_id, fridge,
                          &(struct sensor_replacement){ .serial = serial }, &row);
}

/* Nothing is written, so the verb makes the same calls again. The neighbor acts before the last. */
static void
check_beside(struct fixture *fixture, const struct verb *verb, void (*act)(void *with),
             struct neighbor *neighbor)
{
    for (int again = 0; again < 2; again++) { /* a refusal is counted once, and then only read */
        fixture_fail_at(fixture, 0);
        check_int(verb->run(&fixture->call, verb->organization_id, verb->serial), verb->want);
    }
    neighbor->status = STATUS_BROKEN;
    fixture_run_at(fixture, fixture_calls(), act, neighbor);
    check_int(verb->run(&fixture->call, verb->organization_id, verb->serial), verb->want);
    fixture_fail_at(fixture, 0);
    fixture->call.db.fault = (struct fault){ 0 };
    check_int(neighbor->status, STATUS_OK);
}

/* SQLite has one writer at a time, so only PostgreSQL can show it. */
static void
locks_no_serial_in_vain(struct fixture *fixture)
{
    struct neighbor other = { .status = STATUS_OK };
    int64_t mine = make_organization(fixture, "Mine");
    const struct verb refused = { import_two, mine, cellar, STATUS_INVALID };
    const struct verb refused_here = { import_two, mine, fridge, STATUS_INVALID };
    const struct verb dry[] = {
        { import_two, mine, store_room, STATUS_OK },
        { add_one, mine, store_room, STATUS_OK },
        { replace_fridge, mine, store_room, STATUS_OK },
    };

    if (!store_is_shared(fixture->call.db.store))
        return;
    make_key(fixture, mine, 3, "P1M");
    add_sensor(fixture, mine, fridge, "");
    neighbor_open(fixture, &other);
    check_beside(fixture, &refused, remove_cellar, &other);
    check_beside(fixture, &refused_here, add_second, &other);
    remove_sensor(fixture, other.organization_id, second);
    fixture->call.dry_run = true;
    for (size_t i = 0; i < sizeof dry / sizeof *dry; i++) {
        check_beside(fixture, &dry[i], add_store_room, &other);
        fixture->call.dry_run = false;
        remove_sensor(fixture, other.organization_id, store_room);
        fixture->call.dry_run = true;
    }
    fixture->call.dry_run = false;
    neighbor_close(&other);
    check_ledger(fixture);
}

TEST(serials_are_locked_only_to_write_them)
{
    with_each_store(locks_no_serial_in_vain);
}

/* The neighbor takes the serial before each call in turn: before some, it was found free. Once the
 * claim is written, the neighbor waits for it, so the loop ends there. */
static void
refuses_after_a_race(struct fixture *fixture)
{
    struct neighbor other = { .status = STATUS_OK };
    int64_t mine = make_organization(fixture, "Mine");
    int refusals = 0;

    if (!store_is_shared(fixture->call.db.store))
        return;
    make_key(fixture, mine, 9, "P1M");
    neighbor_open(fixture, &other);
    for (int n = 1;; n++, refusals++) {
        fixture_run_at(fixture, n, add_store_room, &other);
        enum status status = add_one(&fixture->call, mine, store_room);
        fixture_fail_at(fixture, 0);
        if (other.status)
            break;
        check_failed(fixture, status, STATUS_CONFLICT, "sensor_not_available", "serial");
        remove_sensor(fixture, other.organization_id, store_room);
    }
    check(refusals > 5);
    check_int(other.status, STATUS_BUSY);
    neighbor_close(&other);
    check_ledger(fixture);
}

TEST(serial_claim_refuses_what_was_taken_meanwhile)
{
    with_each_store(refuses_after_a_race);
}

/* Adds the serial from a thread of its own, which may have to wait for a lock of the fixture's
 * store. */
struct waiting_neighbor {
    struct neighbor neighbor;
    struct fixture *fixture;
    pthread_t thread;
    struct news done;
    bool started;
};

static void *
add_store_room_beside(void *with)
{
    struct waiting_neighbor *waiting = with;

    add_store_room(&waiting->neighbor);
    news_set(&waiting->done);
    return NULL;
}

static void
start_and_wait_for_lock(void *with)
{
    struct waiting_neighbor *waiting = with;
    int64_t give_up = monotonic_nanoseconds() + (int64_t)NEWS_PATIENCE_SECONDS * 1000000000;

    waiting->started = !pthread_create(&waiting->thread, NULL, add_store_room_beside, waiting);
    while (!news_is_set(&waiting->done) && monotonic_nanoseconds() < give_up
           && fixture_count(waiting->fixture,
                            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN "
                            "(SELECT pid FROM pg_locks AS held WHERE held.database = (SELECT oid "
                            "FROM pg_database WHERE datname = current_database()))")
                  == 0)
        continue;
}

/* A removed sensor comes back while another organization adds its serial. */
static void
gives_a_freed_serial_once(struct fixture *fixture)
{
    struct waiting_neighbor other = { .fixture = fixture };
    int64_t mine = make_organization(fixture, "Mine");
    int refusals = 0;

    if (!store_is_shared(fixture->call.db.store))
        return;
    make_key(fixture, mine, 9, "P1M");
    neighbor_open(fixture, &other.neighbor);
    for (int n = 1;; n++) {
        add_sensor(fixture, mine, store_room, "");
        remove_sensor(fixture, mine, store_room);
        other.done = NEWS_NONE;
        other.started = false;
        fixture_run_at(fixture, n, start_and_wait_for_lock, &other);
        enum status status = add_one(&fixture->call, mine, store_room);
        fixture_fail_at(fixture, 0);
        if (!other.started)
            break;
        pthread_join(other.thread, NULL);
        check((status == STATUS_OK) != (other.neighbor.status == STATUS_OK));
        refusals += other.neighbor.status == STATUS_CONFLICT;
        check_ledger(fixture);
        remove_sensor(fixture, status ? other.neighbor.organization_id : mine, store_room);
    }
    check(refusals > 0);
    neighbor_close(&other.neighbor);
}

TEST(serial_claim_gives_a_freed_serial_to_one_of_two)
{
    with_each_store(gives_a_freed_serial_once);
}
