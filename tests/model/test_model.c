/*
 * test_model.c - random steps of all verbs with a moving clock, compared with a model.
 *
 * The seed is printed; SEED=n repeats it, STEPS=n takes more or fewer. A run is some
 * hundred steps in a fresh store. One that differs is shrunk: steps are left out as long
 * as something still differs; what remains is printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "support/check.h"
#include "support/random.h"

enum {
    RUN_STEPS = 500,
    SQLITE_STEPS = 10000,
    POSTGRES_STEPS = 1500,
    MOST_REPLAYS = 200,
};

static struct step steps[RUN_STEPS];
static size_t step_count;
static const char *driver; /* run on this one alone */
static struct run run;

static void
draw_steps(struct random *random)
{
    step_count = RUN_STEPS;
    for (size_t i = 0; i < RUN_STEPS; i++)
        random_fill(random, &steps[i], sizeof steps[i]);
}

static void
take_steps(struct fixture *fixture)
{
    if (strcmp(driver, fixture->driver_name) != 0)
        return;
    run_begin(&run, fixture, &steps[0]);
    for (size_t i = 0; i < step_count && !run.differs; i++)
        run_step(&run, &steps[i]);
    if (!run.differs)
        run_compare_all(&run);
    run_end(&run);
}

static bool
differs(void)
{
    run.differs = false;
    with_each_store(take_steps);
    return run.differs;
}

/* Leaves out ever smaller parts, as long as something differs. The first step says which
 * organizations there are, and stays. */
static void
shrink(void)
{
    static struct step kept[RUN_STEPS];
    int replays = 0;

    if (run.taken < step_count)
        step_count = run.taken; /* nothing after the difference matters */
    for (size_t part = step_count / 2; part > 0; part /= 2)
        for (size_t from = 1; from + part <= step_count && replays < MOST_REPLAYS;) {
            size_t count = step_count;
            memcpy(kept, steps, sizeof kept);
            memmove(&steps[from], &steps[from + part], (count - from - part) * sizeof steps[0]);
            step_count -= part;
            replays++;
            if (differs())
                continue;
            memcpy(steps, kept, sizeof kept);
            step_count = count;
            from += part;
        }
}

static void
print_lines(void)
{
    size_t first = run.line_count > RUN_LINES ? run.line_count - RUN_LINES : 0;

    for (size_t i = first; i < run.line_count; i++)
        fprintf(stderr, "  %s\n", run.lines[i % RUN_LINES]);
    fprintf(stderr, "  %s\n", run.difference);
}

static void
compare_with_model(const char *name, size_t most)
{
    struct random random = random_seeded();
    const char *given = getenv("STEPS");

    if (given)
        most = (size_t)strtoull(given, NULL, 10);
    driver = name;
    for (size_t taken = 0; taken < most; taken += step_count) {
        draw_steps(&random);
        if (!differs())
            continue;
        fprintf(stderr, "%s differs from the model after %zu steps:\n", name, taken + run.taken);
        print_lines();
        shrink();
        if (differs()) { /* it does not where only chance made it so */
            fprintf(stderr, "the same in %zu steps:\n", step_count);
            print_lines();
        }
        bool program_and_model_are_the_same = false;
        check(program_and_model_are_the_same);
        return;
    }
}

TEST(model_and_program_are_the_same_on_sqlite)
{
    compare_with_model("sqlite", SQLITE_STEPS);
}

TEST(model_and_program_are_the_same_on_postgresql)
{
    compare_with_model("postgresql", POSTGRES_STEPS);
}
