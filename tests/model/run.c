#include "run.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "service/core/clock.h"
#include "service/core/ledger_cache.h"
#include "service/measurement/journal_index.h"
#include "service/organization/organizations.h"
#include "support/check.h"
#include "support/verbs.h"

int64_t
run_number(uint32_t draw, int64_t below)
{
    return draw % below;
}

static const char *const serials[MOST_SERIALS] = {
    "000000000001", "282C02410001", "282C02410002", "282C02410003", "282C02410004", "282C02410005",
    "282C02410006", "282C0241000A", "282C0241000B", "282C0241000F", "282C02410010", "FFFFFFFFFFFF",
};

const char *
run_serial(uint32_t draw)
{
    return serials[draw % MOST_SERIALS];
}

const char *
run_serial_of(const char *serial)
{
    size_t at = 0;

    while (strcmp(serials[at], serial) != 0)
        at++;
    return serials[at];
}

static void
append(struct run *run, const char *format, va_list arguments)
{
    char *line = run->lines[(run->line_count - 1) % RUN_LINES];
    size_t length = strlen(line);

    vsnprintf(line + length, RUN_LINE_SIZE - length, format, arguments);
}

void
run_note(struct run *run, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(run, format, arguments);
    va_end(arguments);
}

void
run_differ(struct run *run, const char *format, ...)
{
    va_list arguments;

    if (run->differs)
        return;
    run->differs = true;
    va_start(arguments, format);
    vsnprintf(run->difference, sizeof run->difference, format, arguments);
    va_end(arguments);
}

void
run_same(struct run *run, const char *what, int64_t got, int64_t want)
{
    if (got != want)
        run_differ(run, "%s is %" PRId64 ", not %" PRId64, what, got, want);
}

void
run_same_text(struct run *run, const char *what, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        run_differ(run, "%s is \"%s\", not \"%s\"", what, got, want);
}

/* The program has acted at `now`. */
static void
raise_mark(struct run *run)
{
    if (run->now >= run->world.mark + CLOCK_MARK_SECONDS)
        run->world.mark = run->now;
}

/* After a refusal, and after a dry run, nothing is different; but a wrong code counts, and so does
 * a serial of others. */
static void
put_back(struct run *run, const struct expected *want)
{
    bool wrong_code = !run->behind && !strcmp(want->code, "code_not_accepted");
    bool foreign = !run->behind
                   && (run->import_counts || !strcmp(want->code, "sensor_not_available"));

    run->world = run->kept;
    for (size_t i = 0; i < run->world.organization_count && wrong_code; i++)
        run->world.organizations[i].wrong_codes += run->touched[i];
    if (wrong_code || foreign)
        raise_mark(run);
}

bool
run_answered(struct run *run, enum status got, struct expected want)
{
    struct fault *fault = &run->fixture->call.db.fault;
    const char *code = got ? fault->code : "", *field = got ? fault->field : "";

    if (run->behind)
        want = (struct expected){ STATUS_BUSY, "clock_behind", "" };
    run_note(run, " -> %d %s", (int)got, code);
    if (got != want.status || strcmp(code, want.code) != 0 || strcmp(field, want.field) != 0)
        run_differ(run, "the answer is %d \"%s\" field \"%s\", not %d \"%s\" field \"%s\" (%s)",
                   (int)got, code, field, (int)want.status, want.code, want.field,
                   got ? fault->reason : "");
    if (want.status || run->dry)
        put_back(run, &want);
    else
        raise_mark(run);
    run->import_counts = false;
    *fault = (struct fault){ 0 };
    return !got && !want.status;
}

/* An instant at which something begins or ends, later than now; 0 for none. */
static utc_seconds
border(struct run *run, uint32_t draw)
{
    struct model_organization *organization =
        &run->world.organizations[run_number(draw, (int64_t)run->world.organization_count)];
    const struct model_sensor *sensor;

    if (organization->sensor_count == 0)
        return 0;
    sensor = &organization->sensors[run_number(draw / 3, (int64_t)organization->sensor_count)];
    for (size_t i = 0; i < sensor->license_count; i++)
        if (sensor->licenses[i].expires_at > run->clock + 1)
            return sensor->licenses[i].expires_at;
    return 0;
}

/* How the clock moves before a step. It goes back only so far that the store's mark, which
 * may be half a minute old, tells. */
static void
move_clock(struct run *run, uint32_t clock)
{
    uint32_t how = clock % 100, far = clock / 100;
    utc_seconds mark = run->world.mark, at;

    run->clock = run->acted;
    at = border(run, far);
    if (how < 50)
        run->clock += run_number(far, 4) == 0;
    else if (how < 70)
        run->clock += run_number(far, 6 * 3600);
    else if (how < 77)
        run->clock += run_number(far, 5 * UTC_DAY);
    else if (how < 96 && at)
        run->clock = at - 1 + run_number(far, 3);
    else if (how < 97)
        run->clock += run_number(far, 100 * UTC_DAY);
    else if (how >= 98 && run->acted == mark)
        run->clock = mark - run_number(far, 2 * CLOCK_SLACK_SECONDS);
    else if (how >= 98)
        run->clock = mark - CLOCK_SLACK_SECONDS - 1;
    run->behind = run->clock < mark - CLOCK_SLACK_SECONDS;
    run->now = run->clock < mark ? mark : run->clock;
    if (!run->behind)
        run->acted = run->now;
}

static const char *const zones[] = {
    "UTC",
    "Europe/Warsaw",
    "America/New_York",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Pacific/Chatham",
    "Africa/Cairo",
    "America/Havana",
};

void
run_begin(struct run *run, struct fixture *fixture, const struct step *first)
{
    memset(run, 0, sizeof *run);
    run->fixture = fixture;
    run->journal_index = fixture->call.journal_index = journal_index_open();
    run->ledger_cache = fixture->call.ledger_cache = ledger_cache_open();
    for (int i = 0; i < RUN_NODES; i++)
        run->nodes[i] = ingest_open();
    run->acted = run->now = fixture->call.now = NOON
                                                + run_number(first->draw[0], 3 * 366 * UTC_DAY);
    run->world.organization_count = MOST_ORGANIZATIONS;
    for (int i = 0; i < MOST_ORGANIZATIONS; i++) {
        const char *name = zones[run_number(first->draw[1 + i], sizeof zones / sizeof zones[0])];
        struct model_organization *organization = &run->world.organizations[i];
        organization->id = make_organization_in(fixture, "Cold chain", name);
        check_int(zone_get(&organization->zone, name, &fixture->call.db.fault), STATUS_OK);
        organization->pool_order = POOL_OLDEST_FIRST;
    }
    run->world.mark = run->now;
}

void
run_end(struct run *run)
{
    for (int i = 0; i < RUN_NODES; i++)
        ingest_close(run->nodes[i]);
    ledger_cache_close(run->ledger_cache);
    journal_index_close(run->journal_index);
}

static void
compare_touched(struct run *run)
{
    run->fixture->call.dry_run = false;
    run->fixture->call.now = run->acted;
    for (int i = 0; i < MOST_ORGANIZATIONS; i++)
        if (run->touched[i])
            compare_organization(run, i);
}

void
run_step(struct run *run, const struct step *step)
{
    struct call *call = &run->fixture->call;
    char when[UTC_TEXT_SIZE];

    if (!world_has_room(&run->world))
        return;
    move_clock(run, step->clock);
    run->dry = run->world.dry = step->dry % 12 == 0;
    memset(run->touched, 0, sizeof run->touched);
    run->kept = run->world;
    run->taken++;
    run->lines[run->line_count++ % RUN_LINES][0] = '\0';
    utc_format(when, run->clock);
    run_note(run, "%4zu %s%s%s ", run->taken, when, run->behind ? " (behind)" : "",
             run->dry ? " dry" : "");

    call->now = run->clock;
    call->dry_run = run->dry;
    steps_take(run, step);
    compare_touched(run);
    if (run->taken % 100 == 0)
        run_compare_all(run);
    arena_clear(call->db.arena);
}

void
run_compare_all(struct run *run)
{
    int failures = check_failures();

    memset(run->touched, true, sizeof run->touched);
    compare_touched(run);
    run_same(run, "messages in the journal",
             fixture_count(run->fixture, "SELECT count(*) FROM journal"), run->world.messages);
    run_same(
        run, "sensors with a wrong end of coverage",
        fixture_count(
            run->fixture,
            "SELECT count(*) FROM sensor WHERE coverage_ends_at <> coalesce((SELECT max(expires_at)"
            " FROM license WHERE license.organization_id = sensor.organization_id"
            " AND license.sensor_id = sensor.id), 0)"),
        0);
    check_ledger(run->fixture);
    run_same(run, "check_ledger()", check_failures() - failures, 0);
}
