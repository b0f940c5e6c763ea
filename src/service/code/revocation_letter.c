#include "service/code/revocation_letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "service/notice/notices_send.h"
#include "service/organization/organizations.h"

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
revocation_letter_write_facts(struct letter_writer *writer, const struct revocation_letter *letter,
                              const char *organization, utc_seconds now)
{
    const struct revoked_key *key = letter->key;
    const char *end = letter->effective_at <= now ? "ended" : key->ended == 1 ? "ends" : "end";
    char at[64];

    write_instant(at, sizeof at, letter->effective_at, letter->zone);
    letter_paragraph(writer,
                     "The operator has revoked the licenses of the key %s of %s. Reason: %s",
                     key->key, organization, letter->reason);
    if (key->ended > 0)
        letter_paragraph(writer,
                         "%" PRId64
                         " running license%s %s on %s (%s). After that, the measurements "
                         "of a sensor without another license are not saved.",
                         key->ended, letter_plural(key->ended), end, at, zone_name(letter->zone));
    if (key->withdrawn_waiting > 0)
        letter_paragraph(writer, "%" PRId64 " license%s in the queues of sensors %s withdrawn.",
                         key->withdrawn_waiting, letter_plural(key->withdrawn_waiting),
                         key->withdrawn_waiting == 1 ? "was" : "were");
    if (key->withdrawn_from_pool > 0)
        letter_paragraph(writer, "%" PRId64 " license%s %s withdrawn from the pool.",
                         key->withdrawn_from_pool, letter_plural(key->withdrawn_from_pool),
                         key->withdrawn_from_pool == 1 ? "was" : "were");
}

enum status
revocation_letter_send(struct call *call, const struct revocation_letter *letter)
{
    int64_t id = letter->organization_id;
    struct notice_to_all all = { .organization_id = id,
                                 .kind = "code_revoked",
                                 .purpose = "code_revoked",
                                 .zone = letter->zone };
    char subject[ORGANIZATION_NAME_MOST_BYTES + 32], url[PAGE_URL_SIZE];
    struct organization organization;
    struct letter_writer writer;
    enum status status = organization_get(call, id, &organization);

    if (status)
        return status;
    snprintf(subject, sizeof subject, "%s: licenses revoked", organization.name);
    letter_page_url(url, call, id, "licenses");
    letter_open(&writer, subject);
    revocation_letter_write_facts(&writer, letter, organization.name, call->now);
    letter_button(&writer, "Open the License Manager", url);
    notices_say_why(&writer, call, id, organization.name);
    status = letter_close(&writer, call, &all.letter);
    return status ? status : notices_send_all(call, &all);
}
