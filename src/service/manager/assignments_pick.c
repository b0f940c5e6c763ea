#include "service/manager/assignments_pick.h"

#include <stdlib.h>
#include <string.h>

#include "domain/serial.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 128 }; /* length of the arrays in sql/queries/lifecycle.sql */

struct pick_context {
    struct call *call;
    int64_t organization_id;
    struct picked_sensor *sensors;
    struct picked_sensor **sorted; /* by serial, then by id */
    size_t count;
};

static enum status
pick_make_room(struct pick_context *context, size_t count)
{
    context->count = count;
    context->sensors = call_new(context->call, (count + 1) * sizeof *context->sensors);
    context->sorted = call_new(context->call, (count + 1) * sizeof(struct picked_sensor *));
    if (!context->sensors || !context->sorted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        context->sorted[i] = &context->sensors[i];
    return STATUS_OK;
}

static int
pick_by_serial(const void *a, const void *b)
{
    return strcmp((*(struct picked_sensor *const *)a)->serial,
                  (*(struct picked_sensor *const *)b)->serial);
}

static int
pick_by_id(const void *a, const void *b)
{
    int64_t x = (*(struct picked_sensor *const *)a)->id,
            y = (*(struct picked_sensor *const *)b)->id;

    return (x > y) - (x < y);
}

static void
sort(struct pick_context *context, int (*order)(const void *a, const void *b))
{
    if (context->count > 0)
        qsort(context->sorted, context->count, sizeof(struct picked_sensor *), order);
}

static enum status
pick_read_serials(struct pick_context *context, const char *const *texts)
{
    struct call *call = context->call;

    for (size_t i = 0; i < context->count; i++) {
        struct serial serial;
        char text[SERIAL_TEXT_SIZE];
        if (!serial_parse(&serial, texts[i], strlen(texts[i])))
            return call_fail(call, STATUS_INVALID, "serial_malformed", "serials",
                             "serial %zu is not 12 hexadecimal digits, such as 282C02402FAD",
                             i + 1);
        serial_format(text, serial);
        context->sensors[i].serial = arena_text(call->db.arena, text, SERIAL_TEXT_SIZE - 1);
        if (!context->sensors[i].serial)
            return call_too_large(call);
    }
    sort(context, pick_by_serial);
    for (size_t i = 1; i < context->count; i++)
        if (!strcmp(context->sorted[i]->serial, context->sorted[i - 1]->serial))
            return call_fail(call, STATUS_INVALID, "serial_repeated", "serials", "%s stands twice",
                             context->sorted[i]->serial);
    return STATUS_OK;
}

static struct picked_sensor *
find_serial(const struct pick_context *context, const char *serial)
{
    const struct picked_sensor wanted = { .serial = serial }, *key = &wanted;
    struct picked_sensor **found = bsearch(&key, context->sorted, context->count,
                                           sizeof(struct picked_sensor *), pick_by_serial);

    return found ? *found : NULL;
}

static enum status
find_ids(struct pick_context *context, size_t from)
{
    struct call *call = context->call;
    struct assignment_sensors_in in = { .organization_id = context->organization_id };
    struct assignment_sensors_out *rows;
    size_t count;

    for (size_t i = 0; i < IN_LIST; i++)
        in.serials[i] = context->sensors[from + i < context->count ? from + i : from].serial;
    enum status status = assignment_sensors(&call->db, &in, &rows, &count);
    for (size_t i = 0; i < count && !status; i++) {
        struct picked_sensor *sensor = find_serial(context, rows[i].serial);
        if (sensor)
            sensor->id = rows[i].id;
    }
    return status;
}

static enum status
pick_named(struct pick_context *context, const struct assignment_request *request)
{
    struct call *call = context->call;
    enum status status = pick_make_room(context, request->serial_count);

    if (!status)
        status = pick_read_serials(context, request->serials);
    for (size_t from = 0; from < context->count && !status; from += IN_LIST)
        status = find_ids(context, from);
    for (size_t i = 0; i < context->count && !status; i++)
        if (context->sensors[i].id == 0)
            status = call_fail(call, STATUS_NOT_FOUND, "", "serials", "there is no sensor %s",
                               context->sensors[i].serial);
    return status;
}

static enum status
pick_filtered(struct pick_context *context, const struct assignment_request *request, size_t most)
{
    struct call *call = context->call;
    struct manager_found *found;
    size_t count;
    enum status status =
        manager_find(call, context->organization_id, &request->filter, most + 1, &found, &count);

    if (!status)
        status = pick_make_room(context, count);
    for (size_t i = 0; i < count && !status; i++)
        context->sensors[i] =
            (struct picked_sensor){ .id = found[i].sensor_id, .serial = found[i].serial };
    return status;
}

/* The end of the unbroken coverage that holds now, rows coming in their order. Should
 * licenses wait although nothing runs, the next one stands behind them: no two overlap. */
static enum status
look_at_standing(struct pick_context *context, size_t from)
{
    struct call *call = context->call;
    struct licenses_standing_in in = { .organization_id = context->organization_id,
                                       .now = call->now };
    struct licenses_standing_out *rows;
    size_t count;

    for (size_t i = 0; i < IN_LIST; i++)
        in.sensor_ids[i] = context->sorted[from + i < context->count ? from + i : from]->id;
    enum status status = licenses_standing(&call->db, &in, &rows, &count);
    for (size_t i = 0, at = from; i < count && !status; i++) {
        while (context->sorted[at]->id != rows[i].sensor_id)
            at++;
        context->sorted[at]->from = rows[i].expires_at;
        context->sorted[at]->standing++;
    }
    return status;
}

enum status
assignments_pick(struct call *call, int64_t organization_id,
                 const struct assignment_request *request, size_t most, struct picked_sensor **out,
                 size_t *count)
{
    struct pick_context context = { .call = call, .organization_id = organization_id };
    enum status status = request->serials ? pick_named(&context, request)
                                          : pick_filtered(&context, request, most);

    if (status)
        return status;
    if (context.count > most)
        return call_too_large(call);
    for (size_t i = 0; i < context.count; i++)
        context.sensors[i].from = call->now;
    sort(&context, pick_by_id);
    for (size_t from = 0; from < context.count && !status; from += IN_LIST)
        status = look_at_standing(&context, from);
    *out = context.sensors;
    *count = context.count;
    return status;
}
