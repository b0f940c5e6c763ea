#include "support/check.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { MOST_SHOWN = 20 }; /* of one test: a broken law fails a million times */
enum { SLOWEST_SHOWN = 10 };
static const double slow_s = 0.1; /* a test that is faster is not worth a line */

static struct test *first;
static struct test **last = &first;
static const char *current_row;
static int failures;

void
test_register(struct test *test)
{
    *last = test;
    last = &test->next;
}

void
check_row(const char *row)
{
    current_row = row;
}

int
check_failures(void)
{
    return failures;
}

/* Counts a failure; true when it is to be shown, and its head is. */
static int
complain(const char *file, int line)
{
    if (failures++ >= MOST_SHOWN)
        return 0;
    print_error("%s:%d: ", file, line);
    if (current_row)
        print_error("[%s] ", current_row);
    return 1;
}

void
check_at(const char *file, int line, const char *what, int truth)
{
    if (!truth && complain(file, line))
        print_error("%s is false\n", what);
}

void
check_int_at(const char *file, int line, const char *what, int64_t got, int64_t want)
{
    if (got != want && complain(file, line))
        print_error("%s is %" PRId64 ", not %" PRId64 "\n", what, got, want);
}

void
check_real_at(const char *file, int line, const char *what, double got, double want)
{
    if (!(got == want) && complain(file, line))
        print_error("%s is %.17g, not %.17g\n", what, got, want);
}

void
check_text_at(const char *file, int line, const char *what, const char *got, const char *want)
{
    if (strcmp(got, want) != 0 && complain(file, line))
        print_error("%s is \"%s\", not \"%s\"\n", what, got, want);
}

static double
now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
run_one(void **state)
{
    struct test *test = *state;
    double began = now_s();

    failures = 0;
    check_row(NULL);
    fflush(stdout);
    test->run();
    fflush(stdout);
    test->seconds = now_s() - began;
    if (failures > 0)
        fail_msg("%d checks failed", failures);
}

static int
compare_seconds(const void *a, const void *b)
{
    const struct test *const *left = a, *const *right = b;

    return ((*left)->seconds < (*right)->seconds) - ((*left)->seconds > (*right)->seconds);
}

static void
print_slowest(size_t registered)
{
    struct test **sorted = calloc(registered + 1, sizeof *sorted);
    size_t count = 0;

    if (!sorted)
        return;
    for (struct test *test = first; test; test = test->next)
        sorted[count++] = test;
    qsort(sorted, count, sizeof *sorted, compare_seconds);
    for (size_t i = 0; i < count && i < SLOWEST_SHOWN && sorted[i]->seconds >= slow_s; i++)
        print_message("%s%8.1f s  %s\n", i ? "" : "slowest tests:\n", sorted[i]->seconds,
                      sorted[i]->name);
    free(sorted);
}

static bool
is_picked(const struct test *test, char **parts)
{
    if (!*parts)
        return true;
    for (; *parts; parts++)
        if (strstr(test->name, *parts) || strstr(test->file, *parts))
            return true;
    return false;
}

static int
list(void)
{
    for (struct test *test = first; test; test = test->next)
        printf("%s %s\n", test->file, test->name);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    size_t count = 0, registered = 0;

    if (argc == 2 && !strcmp(argv[1], "--list"))
        return list();
    for (struct test *test = first; test; test = test->next)
        registered++;
    struct CMUnitTest *picked = calloc(registered + 1, sizeof *picked);
    if (!picked)
        return EXIT_FAILURE;
    for (struct test *test = first; test; test = test->next)
        if (is_picked(test, argv + 1))
            picked[count++] = (struct CMUnitTest){
                .name = test->name,
                .test_func = run_one,
                .initial_state = test,
            };

    const char *slash = strrchr(argv[0], '/');
    int failed = _cmocka_run_group_tests(slash ? slash + 1 : argv[0], picked, count, NULL, NULL);
    print_slowest(registered);
    free(picked);
    return failed != 0 || count == 0; /* none picked: a name was misspelled */
}
