#include "service/notice/pool_watch_letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/term.h"
#include "service/notice/notices_send.h"
#include "service/organization/organizations.h"

static void
pool_watch_letter_write_facts(struct letter_writer *writer, const struct pool_watch_letter *letter,
                              utc_seconds now)
{
    const struct pool_shortage *look = letter->look;
    char day[DATE_WORDS_SIZE];

    letter_paragraph(
        writer,
        "%" PRId64 " sensor%s of %s will want a new license within %d days; the pool holds %" PRId64
        ".",
        look->renewals, look->renewals == 1 ? "" : "s", letter->organization, POOL_SHORTAGE_DAYS,
        look->licenses_left);
    if (look->first_short > now) {
        date_write_out(day, term_last_day(look->first_short, letter->zone));
        letter_paragraph(writer, "The first sensor that finds it empty stops at the end of %s.",
                         day);
    } else {
        letter_paragraph(writer, "A sensor has stopped already, for lack of a license.");
    }
}

enum status
pool_watch_letter_write(struct call *call, const struct pool_watch_letter *what, struct letter *out)
{
    char subject[ORGANIZATION_NAME_MOST_BYTES + 32], url[PAGE_URL_SIZE];
    struct letter_writer writer;

    snprintf(subject, sizeof subject, "%s: licenses run out", what->organization);
    organization_page_url(url, call, what->organization_id, "forecast");
    letter_open(&writer, subject);
    pool_watch_letter_write_facts(&writer, what, call->now);
    letter_button(&writer, "See what to buy, and by when", url);
    letter_small(&writer,
                 "Days are those of %s. You are told once, and again only after the pool was good "
                 "in between.",
                 zone_name(what->zone));
    notices_say_why(&writer, call, what->organization_id, what->organization);
    return letter_close(&writer, call, out);
}
