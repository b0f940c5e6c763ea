#include <stdarg.h>
#include <stdio.h>

#include "main/finding.h"
#include "service/clock/clock_reset.h"

static void finding_set(struct finding *out, enum verdict verdict, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void
finding_set(struct finding *out, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    out->what = "clock";
    out->verdict = verdict;
    va_start(arguments, format);
    vsnprintf(out->words, sizeof out->words, format, arguments);
    va_end(arguments);
}

/* Says which of the two clocks is wrong. */
static void
finding_compare_clocks(struct finding *out, const struct clock_review *review)
{
    int64_t ahead = review->difference;

    finding_set(out, VERDICT_FAILED,
                "%lld s %s the database's clock: nothing is written until they agree; %s",
                (long long)(ahead > 0 ? ahead : -ahead), ahead > 0 ? "ahead of" : "behind",
                review->unsynchronized
                    ? "the kernel does not call this machine's clock synchronized: set it, and "
                      "start a time service such as systemd-timesyncd or chrony"
                    : "a time service keeps this machine's clock right: set the clock of the "
                      "database's machine");
}

/* Says whether the clock or the mark in the store is wrong. */
static void
finding_explain_mark(struct finding *out, const struct clock_review *review)
{
    char latest[UTC_TEXT_SIZE];

    utc_format(latest, review->stored.mark);
    if (review->trust == CLOCK_TRUSTED)
        finding_set(out, VERDICT_FAILED,
                    "this machine's clock is right, but a server with a wrong one has acted at %s, "
                    "%lld s from now: nothing is written until then; `tenure clock reset` sets "
                    "the store back to now",
                    latest, (long long)review->behind);
    else
        finding_set(out, VERDICT_FAILED,
                    "%lld s behind %s, the latest instant in the store; nothing is written until "
                    "then. The kernel does not call this machine's clock synchronized: compare it "
                    "with another one. If it is wrong, set it and start a time service; if it is "
                    "right, `tenure clock reset` sets the store back to now",
                    (long long)review->behind, latest);
}

void
finding_clock(struct finding *out, struct call *call, bool checks)
{
    struct clock_review review;

    if (clock_review(call, checks, &review))
        review = (struct clock_review){ .unsynchronized = utc_is_unsynchronized() };
    if (review.difference)
        finding_compare_clocks(out, &review);
    else if (review.behind)
        finding_explain_mark(out, &review);
    else if (review.unsynchronized)
        finding_set(out, VERDICT_WARNING,
                    "not synchronized: install a time service, for instance systemd-timesyncd or "
                    "chrony");
    else
        finding_set(out, VERDICT_OK, "synchronized by a time service");
}
