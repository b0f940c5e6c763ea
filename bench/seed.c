/*
 * seed.c - makes a store with licensed sensors, 500 an organization.
 *
 *   bench_seed STORE-URL SENSORS
 *
 * By the same verbs that an operator and a customer use, but an organization in one
 * transaction. The verbs look over the whole pool for each sensor added, so the
 * organizations are kept small.
 */
#include <stdio.h>
#include <stdlib.h>

#include "service/codes.h"
#include "service/organizations.h"
#include "service/sensors.h"
#include "service/transaction.h"
#include "store/migrate.h"
#include "store/store.h"

#define FIRST_SERIAL UINT64_C(0x282C02000000) /* as in load.c */

enum { ORGANIZATION_SENSORS = 500 };

struct seed {
    uint64_t first_serial, end_serial;
};

static enum status
add_sensors(struct call *call, int64_t organization_id, const struct seed *seed)
{
    enum status status = STATUS_OK;

    for (uint64_t number = seed->first_serial; !status && number < seed->end_serial; number++) {
        char serial[SERIAL_TEXT_SIZE];
        struct sensor_request request = { .serial = serial };
        struct manager_row row;

        serial_format(serial, serial_from_number(number));
        status = sensor_add(call, organization_id, &request, &row);
    }
    return status;
}

static enum status
add_organization(struct call *call, void *with)
{
    const struct seed *seed = with;
    struct code_request request = { .quantity = (int64_t)(seed->end_serial - seed->first_serial),
                                    .term = "P1Y" };
    struct organization organization;
    struct code_order order;
    struct redemption redemption;
    enum status status = organization_create(call, "Bench", "UTC", &organization);

    if (!status)
        status = code_issue(call, &request, &order);
    if (!status)
        status = code_redeem(call, organization.id, order.code, &redemption);
    return status ? status : add_sensors(call, organization.id, seed);
}

static enum status
fill(struct call *call, uint64_t sensors)
{
    enum status status = STATUS_OK;

    for (uint64_t done = 0; !status && done < sensors; done += ORGANIZATION_SENSORS) {
        uint64_t end = done + ORGANIZATION_SENSORS;
        struct seed seed = { FIRST_SERIAL + done, FIRST_SERIAL + (end < sensors ? end : sensors) };

        status = transact(call, add_organization, &seed);
        arena_clear(call->arena);
    }
    return status;
}

int
main(int argc, char **argv)
{
    struct secret_key secret;
    struct arena arena;
    struct call call = { .arena = &arena, .actor = &actor_system, .secret = &secret,
                         .now = utc_now() };

    if (argc != 3) {
        fprintf(stderr, "usage: bench_seed STORE-URL SENSORS\n");
        return 2;
    }
    secret_start();
    random_bytes(&secret, sizeof secret);
    arena_init(&arena, SIZE_MAX / 2);

    struct store_options options = { .url = argv[1], .mode = STORE_READ_WRITE };
    enum status status = store_open(&call.store, &options, &call.fault);
    if (!status)
        status = migrate(call.store, call.now, &call.fault);
    if (!status)
        status = fill(&call, strtoull(argv[2], NULL, 10));
    if (status)
        fprintf(stderr, "bench_seed: %s\n", call.fault.reason);
    store_close(call.store);
    arena_clear(&arena);
    return status != STATUS_OK;
}
