#include "service/manager/assignments_pick.h"

#include <stdlib.h>
#include <string.h>

#include "domain/serial.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the arrays in sql/queries/lifecycle.sql */

struct picking {
    struct call *call;
    int64_t organization_id;
    struct picked_sensor *sensors;
    struct picked_sensor **sorted; /* by serial, then by id */
    size_t count;
};

static enum status
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "there are too many sensors at once");
}

static enum status
make_room(struct picking *picking, size_t count)
{
    picking->count = count;
    picking->sensors = arena_new(picking->call->arena, (count + 1) * sizeof *picking->sensors);
    picking->sorted = arena_new(picking->call->arena, (count + 1) * sizeof(struct picked_sensor *));
    if (!picking->sensors || !picking->sorted)
        return no_room(picking->call);
    for (size_t i = 0; i < count; i++)
        picking->sorted[i] = &picking->sensors[i];
    return STATUS_OK;
}

static int
by_serial(const void *a, const void *b)
{
    return strcmp((*(struct picked_sensor *const *)a)->serial,
                  (*(struct picked_sensor *const *)b)->serial);
}

static int
by_id(const void *a, const void *b)
{
    int64_t x = (*(struct picked_sensor *const *)a)->id,
            y = (*(struct picked_sensor *const *)b)->id;

    return (x > y) - (x < y);
}

static void
sort(struct picking *picking, int (*order)(const void *a, const void *b))
{
    if (picking->count > 0)
        qsort(picking->sorted, picking->count, sizeof(struct picked_sensor *), order);
}

static enum status
read_serials(struct picking *picking, const char *const *texts)
{
    struct call *call = picking->call;

    for (size_t i = 0; i < picking->count; i++) {
        struct serial serial;
        char text[SERIAL_TEXT_SIZE];
        if (!serial_parse(&serial, texts[i], strlen(texts[i])))
            return fail(&call->fault, STATUS_INVALID, "serial_malformed", "serials",
                        "serial %zu is not 12 hexadecimal digits, such as 282C02402FAD", i + 1);
        serial_format(text, serial);
        picking->sensors[i].serial = arena_text(call->arena, text, SERIAL_TEXT_SIZE - 1);
        if (!picking->sensors[i].serial)
            return no_room(call);
    }
    sort(picking, by_serial);
    for (size_t i = 1; i < picking->count; i++)
        if (!strcmp(picking->sorted[i]->serial, picking->sorted[i - 1]->serial))
            return fail(&call->fault, STATUS_INVALID, "serial_repeated", "serials",
                        "%s stands twice", picking->sorted[i]->serial);
    return STATUS_OK;
}

static struct picked_sensor *
find_serial(const struct picking *picking, const char *serial)
{
    const struct picked_sensor wanted = { .serial = serial }, *key = &wanted;
    struct picked_sensor **found =
        bsearch(&key, picking->sorted, picking->count, sizeof(struct picked_sensor *), by_serial);

    return found ? *found : NULL;
}

static enum status
find_ids(struct picking *picking, size_t from)
{
    struct call *call = picking->call;
    struct assignment_sensors_in in = { .organization_id = picking->organization_id };
    struct assignment_sensors_out *rows;
    size_t count;

    for (size_t i = 0; i < IN_LIST; i++)
        in.serials[i] = picking->sensors[from + i < picking->count ? from + i : from].serial;
    enum status status =
        assignment_sensors(call->store, call->arena, &in, &rows, &count, &call->fault);
    for (size_t i = 0; i < count && !status; i++) {
        struct picked_sensor *sensor = find_serial(picking, rows[i].serial);
        if (sensor)
            sensor->id = rows[i].id;
    }
    return status;
}

static enum status
pick_named(struct picking *picking, const struct assignment_request *request)
{
    struct call *call = picking->call;
    enum status status = make_room(picking, request->serial_count);

    if (!status)
        status = read_serials(picking, request->serials);
    for (size_t from = 0; from < picking->count && !status; from += IN_LIST)
        status = find_ids(picking, from);
    for (size_t i = 0; i < picking->count && !status; i++)
        if (picking->sensors[i].id == 0)
            status = fail(&call->fault, STATUS_NOT_FOUND, "", "serials", "there is no sensor %s",
                          picking->sensors[i].serial);
    return status;
}

static enum status
pick_filtered(struct picking *picking, const struct assignment_request *request, size_t most)
{
    struct call *call = picking->call;
    struct manager_found *found;
    size_t count;
    enum status status =
        manager_find(call, picking->organization_id, &request->filter, most + 1, &found, &count);

    if (!status)
        status = make_room(picking, count);
    for (size_t i = 0; i < count && !status; i++)
        picking->sensors[i] =
            (struct picked_sensor){ .id = found[i].sensor_id, .serial = found[i].serial };
    return status;
}

/* The end of the unbroken coverage that holds now, rows coming in their order. Should
 * licenses wait although nothing runs, the next one stands behind them: no two overlap. */
static enum status
look_at_standing(struct picking *picking, size_t from)
{
    struct call *call = picking->call;
    struct licenses_standing_in in = { .organization_id = picking->organization_id,
                                       .now = call->now };
    struct licenses_standing_out *rows;
    size_t count;

    for (size_t i = 0; i < IN_LIST; i++)
        in.sensor_ids[i] = picking->sorted[from + i < picking->count ? from + i : from]->id;
    enum status status =
        licenses_standing(call->store, call->arena, &in, &rows, &count, &call->fault);
    for (size_t i = 0, at = from; i < count && !status; i++) {
        while (picking->sorted[at]->id != rows[i].sensor_id)
            at++;
        picking->sorted[at]->from = rows[i].expires_at;
        picking->sorted[at]->standing++;
    }
    return status;
}

enum status
assignments_pick(struct call *call, int64_t organization_id,
                 const struct assignment_request *request, size_t most, struct picked_sensor **out,
                 size_t *count)
{
    struct picking picking = { .call = call, .organization_id = organization_id };
    enum status status = request->serials ? pick_named(&picking, request)
                                          : pick_filtered(&picking, request, most);

    if (status)
        return status;
    if (picking.count > most)
        return no_room(call);
    for (size_t i = 0; i < picking.count; i++)
        picking.sensors[i].from = call->now;
    sort(&picking, by_id);
    for (size_t from = 0; from < picking.count && !status; from += IN_LIST)
        status = look_at_standing(&picking, from);
    *out = picking.sensors;
    *count = picking.count;
    return status;
}
