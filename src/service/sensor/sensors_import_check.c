/* sensors_import_check.c - checks the rows of an import without the store. */
#include <stdlib.h>
#include <string.h>

#include "domain/code.h"
#include "service/core/text_check.h"
#include "service/sensor/sensors_import.h"
#include "service/sensor/serial_claim.h"

static void
import_check_refuse(struct import_row *row, const char *code, const char *detail)
{
    row->code = code;
    row->detail = detail;
    row->malformed = true;
}

static enum status
check_name(struct call *call, struct import_row *row)
{
    enum status status;

    if (!row->request.name)
        return STATUS_OK;
    status = input_text(call, "name", 0, SENSOR_NAME_MOST_BYTES, &row->request.name);
    if (status != STATUS_INVALID)
        return status;
    const char *why = call_text(call, call->db.fault.reason);
    call->db.fault = (struct fault){ 0 };
    import_check_refuse(row, "invalid", why ? why : "the name breaks a rule");
    return STATUS_OK;
}

static enum status
check_key(struct call *call, struct import_row *row)
{
    const char *key = row->request.key;
    char text[CODE_TEXT_SIZE];
    struct code code;

    if (!key)
        return STATUS_OK;
    if (code_parse(&code, key, strlen(key)) != CODE_OK) {
        import_check_refuse(row, "not_found", "this organization has no such key");
        return STATUS_OK;
    }
    code_format(text, &code);
    return call_keep_text(call, text, &row->request.key);
}

static enum status
check_serial(struct call *call, struct import_row *row, const char *text)
{
    char flaw[SERIAL_EXPLAINED_SIZE];
    const char *kept;

    if (row->serial[0])
        return STATUS_OK;
    serial_explain(flaw, text, strlen(text));
    enum status status = call_keep_text(call, flaw, &kept);
    if (!status)
        import_check_refuse(row, "serial_malformed", kept);
    return status;
}

static enum status
check_row(struct call *call, struct import_row *row)
{
    const char *text = row->request.serial ? row->request.serial : "";
    enum status status;

    row->serial[0] = '\0';
    status = serial_read(call, row->request.serial, row->serial, &row->request.claim_code);
    if (status && status != STATUS_INVALID)
        return status;
    call->db.fault = (struct fault){ 0 };
    status = STATUS_OK;
    if (row->code) { /* the reader of the file refused its form */
        row->malformed = true;
        return STATUS_OK;
    }
    status = check_serial(call, row, text);
    if (!status && !row->code)
        status = check_name(call, row);
    if (!status && !row->code)
        status = check_key(call, row);
    return status;
}

/* By serial, then by place: the pointers lead into one array. */
static int
import_check_by_serial(const void *a, const void *b)
{
    const struct import_row *x = *(struct import_row *const *)a,
                            *y = *(struct import_row *const *)b;
    int order = strcmp(x->serial, y->serial);

    return order ? order : (x > y) - (x < y);
}

static enum status
find_repeated(struct call *call, struct import_row *rows, size_t count)
{
    struct import_row **sorted = call_new(call, (count + 1) * sizeof(struct import_row *));

    if (!sorted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &rows[i];
    if (count > 0)
        qsort(sorted, count, sizeof(struct import_row *), import_check_by_serial);
    for (size_t i = 1; i < count; i++)
        if (sorted[i]->serial[0] && !sorted[i]->code
            && !strcmp(sorted[i]->serial, sorted[i - 1]->serial))
            import_check_refuse(sorted[i], "serial_repeated", "an earlier row has the same serial");
    return STATUS_OK;
}

enum status
sensors_import_check(struct call *call, struct import_row *rows, size_t count)
{
    enum status status = STATUS_OK;

    if (count > IMPORT_MOST_ROWS)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "there are more than %d rows",
                         IMPORT_MOST_ROWS);
    for (size_t i = 0; i < count && !status; i++)
        status = check_row(call, &rows[i]);
    return status ? status : find_repeated(call, rows, count);
}
