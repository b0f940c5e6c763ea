#include "service/release/release_letter.h"

#include <stdio.h>

#include "service/ledger/organization_lock.h"
#include "service/notice/notices_send.h"
#include "service/organization/organizations.h"

static enum status
letter_finish(struct call *call, struct letter_writer *writer, int64_t organization_id,
              const char *organization)
{
    struct notice_to_all all = { .organization_id = organization_id,
                                 .kind = "sensor_released",
                                 .purpose = "sensor_released" };
    char url[PAGE_URL_SIZE];

    letter_page_url(url, call, organization_id, "licenses");
    letter_button(writer, "Open the License Manager", url);
    notices_say_why(writer, call, organization_id, organization);
    enum status status = letter_close(writer, call, &all.letter);
    if (!status)
        status = organization_zone(call, organization_id, &all.zone);
    return status ? status : notices_send_all(call, &all);
}

enum status
release_letter_send_lost(struct call *call, const char *serial,
                         const struct serial_release *release)
{
    char subject[ORGANIZATION_NAME_MOST_BYTES + 64];
    struct letter_writer writer;

    snprintf(subject, sizeof subject, "%s: the sensor %s was removed", release->organization,
             serial);
    letter_open(&writer, subject);
    letter_paragraph(&writer, "The operator has released the serial %s%s%s%s from %s.", serial,
                     *release->sensor ? " (" : "", release->sensor, *release->sensor ? ")" : "",
                     release->organization);
    letter_paragraph(&writer, "The sensor is no longer in your list, and its measurements are no "
                              "longer saved. Its measurements and alerts until now stay with you. "
                              "Its waiting licenses are back in the pool.");
    letter_paragraph(&writer, "If this is a mistake, contact the operator of this server.");
    return letter_finish(call, &writer, release->organization_id, release->organization);
}

enum status
release_letter_send_reserved(struct call *call, const char *serial,
                             const struct serial_release *release)
{
    char subject[ORGANIZATION_NAME_MOST_BYTES + 64];
    struct letter_writer writer;

    snprintf(subject, sizeof subject, "%s: the sensor %s can be added", release->next, serial);
    letter_open(&writer, subject);
    letter_paragraph(&writer,
                     "The operator has reserved the serial %s for %s. Add the sensor in the "
                     "License Manager: it takes one license from the pool. No other organization "
                     "can add it.",
                     serial, release->next);
    return letter_finish(call, &writer, release->next_id, release->next);
}
