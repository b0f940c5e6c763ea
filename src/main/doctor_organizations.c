#include "main/doctor_organizations.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/id.h"
#include "service/core/job.h"
#include "service/organization/organizations.h"

enum { WARNING_SIZE = 640 };

static void
warn_of_the_rest(doctor_warn *warn, void *doctor, const char *what, int64_t rest)
{
    char words[WARNING_SIZE];

    if (rest <= 0)
        return;
    snprintf(words, sizeof words, "and %" PRId64 " more organizations", rest);
    warn(doctor, what, words);
}

static void
check_time_zones(struct call *call, doctor_warn *warn, void *doctor)
{
    char words[WARNING_SIZE], id[ID_TEXT_SIZE];
    struct missing_zone *rows;
    int64_t total;
    size_t count;

    if (organization_list_missing_zones(call, DOCTOR_ORGANIZATIONS, &rows, &count, &total))
        return;
    for (size_t i = 0; i < count; i++) {
        id_format(id, rows[i].id);
        snprintf(words, sizeof words,
                 "%s (%s) has the time zone \"%.64s\", which this machine lacks; its days are "
                 "counted in UTC: install the zone, or choose another one in its settings",
                 rows[i].name, id, rows[i].time_zone);
        warn(doctor, "time zone", words);
    }
    warn_of_the_rest(warn, doctor, "time zone", total - (int64_t)count);
}

static void
check_jobs(struct call *call, doctor_warn *warn, void *doctor)
{
    char words[WARNING_SIZE], id[ID_TEXT_SIZE], since[UTC_TEXT_SIZE], retry_at[UTC_TEXT_SIZE];
    struct job_left_out *rows;
    int64_t total;
    size_t count;

    if (job_list_left_out(call, DOCTOR_ORGANIZATIONS, &rows, &count, &total))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct job_left_out *row = &rows[i];
        utc_format(since, row->since);
        utc_format(retry_at, row->retry_at);
        id_format(id, row->organization_id);
        snprintf(words, sizeof words, "%s: %s%s%s%s since %s: %s; repair it; the next try is at %s",
                 row->job, row->organization_id ? row->name : "all",
                 row->organization_id ? " (" : "", row->organization_id ? id : "",
                 row->organization_id ? ") is left out" : " rest", since, row->reason, retry_at);
        warn(doctor, "jobs", words);
    }
    warn_of_the_rest(warn, doctor, "jobs", total - (int64_t)count);
}

void
doctor_check_organizations(struct call *call, doctor_warn *warn, void *doctor)
{
    check_time_zones(call, warn, doctor);
    check_jobs(call, warn, doctor);
}
