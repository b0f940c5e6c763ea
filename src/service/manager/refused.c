#include "service/manager/refused.h"

#include <string.h>

#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

static void
refused_add(struct refused *refused, const struct manager_refusals_out *row)
{
    refused->count += row->count;
    if (refused->first_at == 0 || row->first_at < refused->first_at)
        refused->first_at = row->first_at;
    if (row->last_at > refused->last_at)
        refused->last_at = row->last_at;
    for (size_t verdict = 0; verdict < GATE_VERDICT_COUNT; verdict++)
        if (strcmp(gate_verdict_words[verdict], row->reason) == 0)
            refused->reasons[verdict] = row->count;
}

enum status
refused_read(struct call *call, int64_t organization_id, const int64_t *ids, size_t *count,
             struct refused *out)
{
    struct manager_refusals_in in = { .organization_id = organization_id };
    struct manager_refusals_out *rows;
    size_t found;

    *count = IN_LIST_FILL(in.ids, ids, *count);
    memset(out, 0, *count * sizeof *out);
    enum status status = manager_refusals(&call->db, &in, &rows, &found);
    for (size_t i = 0; i < found && !status; i++)
        for (size_t k = 0; k < *count; k++)
            if (ids[k] == rows[i].sensor_id)
                refused_add(&out[k], &rows[i]);
    return status;
}
