#include "service/measurement/damage.h"

#include <string.h>

#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

void
damage_report(const struct call *call, const struct damage *damage)
{
    damage_log_report(journal_index_damage_log(call->journal_index), damage);
}

enum status
damage_summary(struct call *call, struct damage_summary *out)
{
    struct damaged_first_out first;
    bool found;
    enum status status = damaged_first(&call->db, &first, &found);

    *out = (struct damage_summary){ 0 };
    if (status || !found)
        return status;
    *out = (struct damage_summary){
        .count = first.count,
        .kind = first.kind,
        .serial = first.serial,
        .organization_id = first.organization_id,
        .sensor_id = first.sensor_id,
        .day = first.found_at / UTC_DAY,
    };
    if (!strcmp(first.kind, damage_kind_words[DAMAGE_BLOCK]))
        out->day = first.place;
    if (!strcmp(first.kind, damage_kind_words[DAMAGE_MESSAGE]))
        out->day = first.received_at / UTC_DAY;
    return STATUS_OK;
}
