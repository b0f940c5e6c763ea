#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/check.h"
#include "support/moment.h"

TEST(zone_day_starts_at_its_first_instant)
{
    static const struct {
        const char *zone, *day, *want;
    } rows[] = {
        { "UTC", "2026-11-24", "2026-11-24T00:00:00Z" },
        { "Etc/GMT+5", "2026-11-24", "2026-11-24T05:00:00Z" },
        { "Asia/Kolkata", "2026-06-15", "2026-06-14T18:30:00Z" },
        { "Asia/Kathmandu", "2026-06-15", "2026-06-14T18:15:00Z" },
        { "Pacific/Kiritimati", "2026-06-15", "2026-06-14T10:00:00Z" },
        { "Pacific/Pago_Pago", "2026-06-15", "2026-06-15T11:00:00Z" },
        /* the day of the change, and the day after */
        { "Europe/Warsaw", "2027-03-28", "2027-03-27T23:00:00Z" },
        { "Europe/Warsaw", "2027-03-29", "2027-03-28T22:00:00Z" },
        { "Europe/Warsaw", "2026-10-25", "2026-10-24T22:00:00Z" },
        { "Europe/Warsaw", "2026-10-26", "2026-10-25T23:00:00Z" },
        /* midnight is skipped: the day starts at 01:00 */
        { "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z" },
        { "America/Havana", "2026-03-08", "2026-03-08T05:00:00Z" },
        { "Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z" },
        /* midnight comes twice: the earlier */
        { "America/Havana", "2026-11-01", "2026-11-01T04:00:00Z" },
        /* clocks went back over midnight, at 00:01 */
        { "America/St_Johns", "2005-10-30", "2005-10-30T02:30:00Z" },
        /* the whole day is skipped */
        { "Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z" },
        { "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z" },
        { "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z" },
        { "Pacific/Apia", "2012-01-01", "2011-12-31T10:00:00Z" },
        { "Pacific/Kwajalein", "1993-08-20", "1993-08-20T12:00:00Z" },
        { "Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00Z" },
        { "Pacific/Kwajalein", "1993-08-22", "1993-08-21T12:00:00Z" },
        /* by the footer's rule, for ever */
        { "Europe/Warsaw", "2200-07-01", "2200-06-30T22:00:00Z" },
        { "Europe/Warsaw", "9999-12-31", "9999-12-30T23:00:00Z" },
        { "Australia/Sydney", "2300-01-01", "2299-12-31T13:00:00Z" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].zone);
        check_text(shown(zone_day_start(zone_of(rows[i].zone), on(rows[i].day))), rows[i].want);
    }
}

TEST(zone_knows_the_local_day)
{
    static const struct {
        const char *zone, *when, *want;
    } rows[] = {
        { "UTC", "1970-01-01T00:00:00Z", "1970-01-01" },
        { "UTC", "1969-12-31T23:59:59Z", "1969-12-31" },
        { "Europe/Warsaw", "2026-11-24T22:59:59Z", "2026-11-24" },
        { "Europe/Warsaw", "2026-11-24T23:00:00Z", "2026-11-25" },
        { "America/New_York", "2027-01-01T04:59:59Z", "2026-12-31" },
        { "America/New_York", "2027-01-01T05:00:00Z", "2027-01-01" },
        { "America/New_York", "1970-01-01T04:59:59Z", "1969-12-31" },
        { "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29" },
        { "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31" },
        { "America/St_Johns", "2005-10-30T02:30:30Z", "2005-10-30" },
        { "America/St_Johns", "2005-10-30T02:31:00Z", "2005-10-29" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].when);
        check_text(shown_day(zone_local_day(zone_of(rows[i].zone), at(rows[i].when))),
                   rows[i].want);
    }
}

TEST(zone_finds_an_instant_for_every_local_time)
{
    static const struct {
        const char *row, *zone, *day;
        int32_t hour, minute;
        const char *want;
    } rows[] = {
        { "plain", "Europe/Warsaw", "2026-11-24", 8, 0, "2026-11-24T07:00:00Z" },
        { "before a gap", "Europe/Warsaw", "2027-03-28", 1, 59, "2027-03-28T00:59:00Z" },
        { "in a gap", "Europe/Warsaw", "2027-03-28", 2, 30, "2027-03-28T01:00:00Z" },
        { "after a gap", "Europe/Warsaw", "2027-03-28", 3, 0, "2027-03-28T01:00:00Z" },
        { "in an overlap", "Europe/Warsaw", "2026-10-25", 2, 30, "2026-10-25T00:30:00Z" },
        { "after an overlap", "Europe/Warsaw", "2026-10-25", 3, 0, "2026-10-25T02:00:00Z" },
        { "half an hour back", "Australia/Lord_Howe", "2026-04-05", 1, 45, "2026-04-04T14:45:00Z" },
        { "half an hour on", "Australia/Lord_Howe", "2026-10-04", 2, 15, "2026-10-03T15:30:00Z" },
        { "two hours on", "Antarctica/Troll", "2026-03-29", 2, 0, "2026-03-29T01:00:00Z" },
        { "in a skipped day", "Pacific/Apia", "2011-12-30", 12, 0, "2011-12-30T10:00:00Z" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t second = rows[i].hour * 3600 + rows[i].minute * 60;

        check_row(rows[i].row);
        check_text(shown(zone_local_to_utc(zone_of(rows[i].zone), on(rows[i].day), second)),
                   rows[i].want);
    }
}

TEST(zone_offset_changes_at_the_second)
{
    static const struct {
        const char *zone, *when;
        int32_t want;
    } rows[] = {
        { "Europe/Warsaw", "2027-03-28T00:59:59Z", 3600 },
        { "Europe/Warsaw", "2027-03-28T01:00:00Z", 7200 },
        { "Australia/Lord_Howe", "2026-04-04T14:59:59Z", 39600 },
        { "Australia/Lord_Howe", "2026-04-04T15:00:00Z", 37800 },
        { "Antarctica/Troll", "2026-03-29T00:59:59Z", 0 },
        { "Antarctica/Troll", "2026-03-29T01:00:00Z", 7200 },
        { "Asia/Kolkata", "2026-01-01T00:00:00Z", 19800 },
        { "Europe/Dublin", "2026-07-01T00:00:00Z", 3600 },
        { "Europe/Dublin", "2026-01-01T00:00:00Z", 0 },
        { "Europe/Warsaw", "9999-07-01T00:00:00Z", 7200 },
        { "Europe/Warsaw", "1800-01-01T00:00:00Z", 5040 }, /* local mean time */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].when);
        check_int(zone_offset(zone_of(rows[i].zone), at(rows[i].when)), rows[i].want);
    }
}

TEST(zone_answers_at_the_ends_of_time)
{
    const struct zone *zone = zone_of("Europe/Warsaw");

    check_int(zone_local_day(zone, INT64_MAX), INT64_MAX / UTC_DAY);
    check_int(zone_local_day(zone, INT64_MIN), INT64_MIN / UTC_DAY - 1);
    check(zone_day_start(zone, INT64_MAX) > 0);
    check(zone_day_start(zone, INT64_MIN) < 0);
}

TEST(zone_names_come_from_the_zone_database_only)
{
    static const char *const good[] = {
        "UTC",
        "Etc/GMT+5",
        "Etc/GMT-14",
        "America/Argentina/Buenos_Aires",
        "America/Port-au-Prince",
        "EST5EDT",
        "GB",
    };
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "/",
        "../etc/passwd",
        "/etc/localtime",
        "Europe",
        "Europe/",
        "/Europe/Warsaw",
        "Europe//Warsaw",
        "Europe/../UTC",
        "Europe/Warsaw/",
        "Europe/Warsaw ",
        " UTC",
        "UTC\n",
        "europe/warsaw",
        "EUROPE/WARSAW",
        "Nowhere/City",
        "localtime",
        "posixrules",
        "right/UTC",
        "posix/UTC",
        "zone.tab",
        "tzdata.zi",
        "leapseconds",
        "UTC0",
        "CET-1CEST",
        "Łódź",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const struct zone *zone, *again;
        struct fault fault = { 0 };

        check_row(good[i]);
        check_int(zone_get(&zone, good[i], &fault), STATUS_OK);
        check_int(zone_get(&again, good[i], &fault), STATUS_OK);
        check(zone == again);
        check_text(zone_name(zone), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct zone *zone = NULL;
        struct fault fault = { 0 };

        check_row(bad[i]);
        check_int(zone_get(&zone, bad[i], &fault), STATUS_INVALID);
        check_text(fault.code, "time_zone_unknown");
        check_text(fault.field, "time_zone");
        check(zone == NULL);
    }
}

TEST(zone_that_is_not_there_becomes_utc)
{
    static const char *const names[] = { "Nowhere/City", "", "../UTC", "/UTC", "Europe" };
    bool missing = true;

    check_text(zone_name(zone_get_or_utc("Europe/Warsaw", &missing)), "Europe/Warsaw");
    check(!missing);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        check_row(names[i]);
        const struct zone *zone = zone_get_or_utc(names[i], &missing);
        check(missing);
        check_text(zone_name(zone), "UTC");
        check_int(zone_offset(zone, 0), 0);
        check_int(zone_local_day(zone, UTC_DAY - 1), 0);
        check_int(zone_day_start(zone, 20000), 20000 * UTC_DAY);
        check_int(zone_local_to_utc(zone, 1, 3600), UTC_DAY + 3600);
    }
    check_text(zone_name(zone_get_or_utc("Nowhere/City", NULL)), "UTC");
}

/* As package managers do: a new file takes the place of the old one. */
static void
copy_zone(const char *from, const char *folder)
{
    static char bytes[ZONE_FILE_MOST_BYTES];
    char path[128], made[128], changing[128];

    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", from);
    snprintf(made, sizeof made, "%s/New", folder);
    snprintf(changing, sizeof changing, "%s/Changing", folder);
    FILE *in = fopen(path, "rb"), *out = fopen(made, "wb");
    check(in && out);
    size_t size = fread(bytes, 1, sizeof bytes, in);
    check_int(fwrite(bytes, 1, size, out), size);
    check_int(fclose(in) | fclose(out), 0);
    check_int(rename(made, changing), 0);
}

/* Waits for the offset of January 1970; gives the last one seen. */
static int32_t
offset_becomes(int32_t want)
{
    const struct timespec pause = { .tv_nsec = 20000000 };
    const struct zone *zone = NULL;
    int32_t offset = 0;

    for (int i = 0; i < 3000 && offset != want; i++) {
        check_int(zone_get(&zone, "Changing", NULL), STATUS_OK);
        offset = zone_offset(zone, 0);
        nanosleep(&pause, NULL);
    }
    return offset;
}

TEST(zone_is_read_again_when_its_file_has_changed)
{
    char folder[] = "/tmp/zones-XXXXXX", file[64];
    const struct zone *first;

    if (!mkdtemp(folder)) {
        check_text(folder, "a temporary folder");
        return;
    }
    setenv("TZDIR", folder, true);
    copy_zone("Europe/Warsaw", folder);
    check_int(zone_get(&first, "Changing", NULL), STATUS_OK);
    check_int(zone_offset(first, 0), 3600);
    copy_zone("America/New_York", folder);
    check_int(offset_becomes(-18000), -18000);
    check_int(zone_offset(first, 0), 3600); /* others may still use it */
    copy_zone("tzdata.zi", folder);         /* no zone */
    copy_zone("Asia/Kolkata", folder);
    check_int(offset_becomes(19800), 19800);
    snprintf(file, sizeof file, "%s/Changing", folder);
    check_int(unlink(file), 0);
    check_int(offset_becomes(19800), 19800);
    check_int(rmdir(folder), 0);
    unsetenv("TZDIR");
}
