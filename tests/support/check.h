/*
 * check.h - the harness of the C tests, over cmocka.
 *
 * TEST(name) registers itself; check_*() goes on after a failure, so that one
 * run shows every bad row of a table. Link support/check.c for main(). Its
 * arguments pick the tests whose name or source file contains one of them;
 * --list prints the source file and the name of each test.
 */
#ifndef SUPPORT_CHECK_H
#define SUPPORT_CHECK_H

#include <stddef.h>
#include <stdint.h>

struct test {
    const char *name, *file;
    void (*run)(void);
    struct test *next;
    double seconds; /* that the run took */
};

void test_register(struct test *test);

#define TEST(name)                                                                                 \
    static void name(void);                                                                        \
    __attribute__((constructor)) static void register_##name(void)                                 \
    {                                                                                              \
        static struct test test = { #name, __FILE__, name, NULL, 0 };                              \
        test_register(&test);                                                                      \
    }                                                                                              \
    static void name(void)

/* Names the row that the checks after it speak of; NULL for none. The text
 * must live until the next check_row(). */
void check_row(const char *row);

#define check(truth)          check_at(__FILE__, __LINE__, #truth, (truth) != 0)
#define check_real(got, want) check_real_at(__FILE__, __LINE__, #got, got, want) /* exactly */
#define check_text(got, want) check_text_at(__FILE__, __LINE__, #got, got, want)

#define check_int(got, want) check_int_at(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))

void check_at(const char *file, int line, const char *what, int truth);
void check_int_at(const char *file, int line, const char *what, int64_t got, int64_t want);
void check_real_at(const char *file, int line, const char *what, double got, double want);
void check_text_at(const char *file, int line, const char *what, const char *got, const char *want);

/* Failed checks of the test that runs now, so that a loop can stop early. */
int check_failures(void);

#endif
