#include "service/code/revocation_letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "service/notice/notices_send.h"
#include "service/organization/organizations.h"

static const char *
revocation_letter_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* "24 November 2026 at 14:05". */
static void
write_instant(char *out, size_t size, utc_seconds at, const struct zone *zone)
{
    day_number day = zone_local_day(zone, at);
    int64_t second = at + zone_offset(zone, at) - day * UTC_DAY;
    char words[DATE_WORDS_SIZE];

    date_write_out(words, day);
    snprintf(out, size, "%s at %02d:%02d", words, (int)(second / 3600), (int)(second / 60 % 60));
}

static void
revocation_letter_write_facts(struct letter_writer *writer, const struct revocation_letter *what,
                              const char *organization, utc_seconds now)
{
    const struct revoked_key *key = what->key;
    char at[64];

    write_instant(at, sizeof at, what->effective_at, what->zone);
    letter_paragraph(writer,
                     "The operator has taken back the licenses of the key %s of %s. The reason: %s",
                     key->key, organization, what->reason);
    if (key->ended > 0)
        letter_paragraph(writer,
                         "%" PRId64
                         " running license%s %s on %s (%s). What a sensor without another license "
                         "measures after that is not saved.",
                         key->ended, revocation_letter_plural(key->ended),
                         what->effective_at <= now ? "ended"
                         : key->ended == 1         ? "ends"
                                                   : "end",
                         at, zone_name(what->zone));
    if (key->withdrawn_waiting > 0)
        letter_paragraph(writer, "%" PRId64 " license%s that waited for sensors %s gone.",
                         key->withdrawn_waiting, revocation_letter_plural(key->withdrawn_waiting),
                         key->withdrawn_waiting == 1 ? "is" : "are");
    if (key->withdrawn_from_pool > 0)
        letter_paragraph(writer, "%" PRId64 " license%s left the pool.", key->withdrawn_from_pool,
                         revocation_letter_plural(key->withdrawn_from_pool));
}

enum status
revocation_tell(struct call *call, const struct revocation_letter *what)
{
    struct notice_to_all all = {
        .organization_id = what->organization_id,
        .kind = "code_revoked",
        .purpose = "code_revoked",
        .zone = what->zone,
    };
    char subject[ORGANIZATION_NAME_MOST_BYTES + 32], url[PAGE_URL_SIZE];
    struct organization organization;
    struct letter_writer writer;
    enum status status = organization_get(call, what->organization_id, &organization);

    if (status)
        return status;
    snprintf(subject, sizeof subject, "%s: licenses taken back", organization.name);
    organization_page_url(url, call, what->organization_id, "licenses");
    letter_open(&writer, subject);
    revocation_letter_write_facts(&writer, what, organization.name, call->now);
    letter_button(&writer, "Open the License Manager", url);
    notices_say_why(&writer, call, what->organization_id, organization.name);
    status = letter_close(&writer, call, &all.letter);
    return status ? status : notices_send_all(call, &all);
}
