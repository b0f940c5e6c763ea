#include "service/pool_watch_letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/id.h"
#include "domain/term.h"
#include "service/organizations.h"
#include "service/outbox.h"

enum { URL_SIZE = 512 };

static void
write_facts(struct letter_writer *writer, const struct pool_watch_letter *letter, utc_seconds now)
{
    const struct pool_look *look = letter->look;
    char day[DATE_WORDS_SIZE];

    letter_paragraph(writer, "%" PRId64 " sensor%s of %s will want a new license within %d days; the pool holds %" PRId64 ".",
                     look->renewals, look->renewals == 1 ? "" : "s", letter->organization, POOL_LOOK_DAYS,
                     look->licenses_left);
    if (look->first_short > now) {
        date_write_out(day, term_last_day(look->first_short, letter->zone));
        letter_paragraph(writer, "The first sensor that finds it empty stops at the end of %s.", day);
    } else {
        letter_paragraph(writer, "A sensor has stopped already, for lack of a license.");
    }
}

enum status
pool_watch_letter_queue(struct call *call, const struct pool_watch_letter *letter, const char *to,
                        int64_t *outbox_id)
{
    char subject[ORGANIZATION_NAME_MOST_BYTES + 32], id[ID_TEXT_SIZE], url[URL_SIZE], manager_url[URL_SIZE];
    struct outbox_mail mail = {
        .organization_id = letter->organization_id, .purpose = "pool_low", .to = to,
        .unsubscribe_url = manager_url,
    };
    struct letter_writer writer;

    id_format(id, letter->organization_id);
    snprintf(subject, sizeof subject, "%s: licenses run out", letter->organization);
    snprintf(url, sizeof url, "%s/o/%s/forecast", call->public_url, id);
    snprintf(manager_url, sizeof manager_url, "%s/o/%s/notifications", call->public_url, id);
    letter_open(&writer, subject);
    write_facts(&writer, letter, call->now);
    letter_button(&writer, "See what to buy, and by when", url);
    letter_small(&writer, "Days are those of %s.", zone_name(letter->zone));
    letter_small(&writer, "You are told once, and again only after the pool was good in between. You get this because "
                          "you are ticked in the Notification Manager of %s: %s",
                 letter->organization, manager_url);
    enum status status = letter_close(&writer, call, &mail.letter);
    return status ? status : outbox_put_mail(call, &mail, outbox_id);
}
