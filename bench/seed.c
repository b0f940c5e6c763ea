/*
 * seed.c - makes a store with licensed sensors.
 *
 *   bench_seed STORE-URL SENSORS [AN-ORGANIZATION [LICENSES [TERM]]]
 *
 * It calls the verbs of an operator and a customer. Each organization redeems a code with LICENSES
 * licenses a sensor and imports its sensors, which takes one license each; the other licenses stay
 * in the pool. Prints the id of the first organization.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "service/code/codes.h"
#include "service/core/transaction.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors_import.h"
#include "store/migrate.h"
#include "store/store.h"

#define FIRST_SERIAL UINT64_C(0x282C02000000) /* as in load.c */

enum { ORGANIZATION_SENSORS = 500, CODE_MOST = 100000 };

struct seed {
    uint64_t first_serial, end_serial;
    uint64_t licenses; /* a sensor */
    const char *term;
    int64_t organization_id; /* that was made */
};

static enum status
fill_pool(struct call *call, const struct seed *seed)
{
    uint64_t left = (seed->end_serial - seed->first_serial) * seed->licenses;

    while (left > 0) {
        uint64_t quantity = left < CODE_MOST ? left : CODE_MOST;
        struct code_request request = { .quantity = (int64_t)quantity, .term = seed->term };
        struct code_order order;
        struct redemption redemption;
        enum status status = code_issue(call, &request, &order);

        if (status)
            return status;
        status = code_redeem(call, seed->organization_id, order.code, &redemption);
        if (status)
            return status;
        left -= quantity;
    }
    return STATUS_OK;
}

static enum status
add_sensors(struct call *call, const struct seed *seed, uint64_t first, uint64_t end)
{
    size_t count = (size_t)(end - first);
    struct import_row *rows = calloc(count, sizeof *rows);
    char(*serials)[SERIAL_TEXT_SIZE] = calloc(count, sizeof *serials);
    struct sensors_imported imported;

    if (!rows || !serials)
        abort();
    for (size_t i = 0; i < count; i++) {
        serial_format(serials[i], serial_from_number(first + i));
        rows[i].request = (struct sensor_request){ .serial = serials[i] };
    }
    enum status status = sensors_import_check(call, rows, count);
    status = status ? status : sensors_import(call, seed->organization_id, rows, count, &imported);
    free(rows);
    free(serials);
    return status;
}

static enum status
add_organization(struct call *call, void *with)
{
    struct seed *seed = with;
    struct organization organization;
    enum status status = organization_create(call, "Bench", "UTC", &organization);

    if (status)
        return status;
    seed->organization_id = organization.id;
    status = fill_pool(call, seed);
    for (uint64_t at = seed->first_serial; !status && at < seed->end_serial;
         at += IMPORT_MOST_ROWS) {
        uint64_t end = at + IMPORT_MOST_ROWS;
        status = add_sensors(call, seed, at, end < seed->end_serial ? end : seed->end_serial);
    }
    return status;
}

static enum status
fill(struct call *call, uint64_t sensors, uint64_t an_organization, struct seed seed)
{
    for (uint64_t done = 0; done < sensors; done += an_organization) {
        uint64_t end = done + an_organization;

        seed.first_serial = FIRST_SERIAL + done;
        seed.end_serial = FIRST_SERIAL + (end < sensors ? end : sensors);
        enum status status = transact(call, add_organization, &seed);
        arena_clear(call->db.arena);
        if (status)
            return status;
        if (done == 0)
            printf("%" PRId64 "\n", seed.organization_id);
    }
    return STATUS_OK;
}

int
main(int argc, char **argv)
{
    struct secret_key secret;
    struct arena arena;
    struct call call = { .db.arena = &arena,
                         .actor = &actor_system,
                         .secret = &secret,
                         .public_url = "",
                         .now = utc_now() };

    if (argc < 3 || argc > 6) {
        fprintf(stderr,
                "usage: bench_seed STORE-URL SENSORS [AN-ORGANIZATION [LICENSES [TERM]]]\n");
        return 2;
    }
    secret_start();
    random_bytes(&secret, sizeof secret);
    arena_init(&arena, SIZE_MAX / 2);

    uint64_t an_organization = argc > 3 ? strtoull(argv[3], NULL, 10) : ORGANIZATION_SENSORS;
    struct seed seed = { .licenses = argc > 4 ? strtoull(argv[4], NULL, 10) : 1,
                         .term = argc > 5 ? argv[5] : "P1Y" };
    struct store_options options = { .url = argv[1], .mode = STORE_READ_WRITE };
    enum status status = store_open(&call.db.store, &options, &call.db.fault);
    status = status ? status : migrate(call.db.store, call.now, &call.db.fault);
    status = status ? status : fill(&call, strtoull(argv[2], NULL, 10), an_organization, seed);
    if (status)
        fprintf(stderr, "bench_seed: %s\n", call.db.fault.reason);
    store_close(call.db.store);
    arena_clear(&arena);
    return status != STATUS_OK;
}
