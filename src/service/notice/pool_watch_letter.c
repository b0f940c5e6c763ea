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
    const struct pool_shortage *shortage = letter->shortage;
    char day[DATE_WORDS_SIZE];

    letter_paragraph(
        writer,
        "%" PRId64 " sensor%s of %s will need a new license within %d days; the pool holds %" PRId64
        ".",
        shortage->renewals, letter_plural(shortage->renewals), letter->organization,
        POOL_SHORTAGE_DAYS, shortage->licenses_left);
    date_write_out(day, term_last_day(shortage->first_short, letter->zone));
    if (shortage->first_short > now)
        letter_paragraph(writer, "The first sensor without a license stops at the end of %s.", day);
    else
        letter_paragraph(writer, "A sensor has already stopped because the pool was empty.");
}

enum status
pool_watch_letter_write(struct call *call, const struct pool_watch_letter *letter,
                        struct letter *out)
{
    char subject[ORGANIZATION_NAME_MOST_BYTES + 32], url[PAGE_URL_SIZE];
    struct letter_writer writer;

    snprintf(subject, sizeof subject, "%s: licenses run out", letter->organization);
    letter_page_url(url, call, letter->organization_id, "forecast");
    letter_open(&writer, subject);
    pool_watch_letter_write_facts(&writer, letter, call->now);
    letter_button(&writer, "See what to buy, and by when", url);
    letter_small(&writer,
                 "Days are in the time zone %s. You get this e-mail once, and again only after the "
                 "pool has recovered.",
                 zone_name(letter->zone));
    notices_say_why(&writer, call, letter->organization_id, letter->organization);
    return letter_close(&writer, call, out);
}
