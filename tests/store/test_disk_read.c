/* A disk that fails is told as one and not as damage; the store goes on by itself afterwards. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broken_disk.h"
#include "support/check.h"

enum { PATH_SIZE = 1024, PAGE_BYTES = 8192 };

static const char too_many[] = "a file of the store cannot be opened because too many files are "
                               "open: raise the limit of open files";
static const char damaged[] = "the store's file is damaged: restore a backup";

static const struct {
    const char *file, *action;
    enum status status;
} of_reads[] = {
    { ".db", "5", STATUS_BUSY },  { ".db", "6", STATUS_BUSY },  { ".db", "116", STATUS_BUSY },
    { "-wal", "5", STATUS_BUSY }, { "-wal", "6", STATUS_BUSY }, { "-wal", "116", STATUS_BUSY },
    { ".db", "cut", STATUS_OK },  { "-wal", "cut", STATUS_OK }, /* read on where it was cut */
};

static void
check_opening(const struct fixture *fixture, enum status status)
{
    struct store_options options = { .url = fixture->url };
    struct store *store;
    struct fault fault = { 0 };

    check_int(store_open(&store, &options, &fault), status);
    store_close(store);
    options.mode = STORE_READ_ONLY;
    check_int(store_open(&store, &options, &fault), status);
    store_close(store);
}

/* The schema, which opening reads, is in the file. */
static void
fails_to_read(struct fixture *fixture)
{
    struct fault fault = { 0 };

    fill(fixture);
    for (size_t i = 0; i < sizeof of_reads / sizeof of_reads[0]; i++) {
        struct store *store = open_new(fixture, STORE_READ_ONLY);

        check_row(of_reads[i].file);
        fixture_script(fixture, "UPDATE sample SET measure = measure + 1"); /* into the log */
        if (of_reads[i].file[0] == '.')
            checkpoint(fixture);
        break_disk("read", of_reads[i].file, of_reads[i].action, 1, ALWAYS);
        for (int again = 0; again < 2; again++) {
            fault = (struct fault){ 0 };
            check_int(read_all(store, &fault), of_reads[i].status);
            check_text(fault.reason, of_reads[i].status ? DISK_FAILS : "");
        }
        check_opening(fixture, of_reads[i].file[0] == '.' ? of_reads[i].status : STATUS_OK);
        heal();
        check_int(read_all(store, &fault), STATUS_OK);
        store_close(store);
    }
}

TEST(a_read_that_the_disk_refuses_is_no_damage)
{
    on_a_disk(fails_to_read);
}

/* From another process, for closing the file drops the locks that SQLite has on it in this one. */
static void
swap_pages(const char *path)
{
    pid_t child = fork();

    if (!child) {
        unsigned char page[PAGE_BYTES];
        int file = open(path, O_RDWR);
        for (off_t at = PAGE_BYTES; pread(file, page, sizeof page, at) == (ssize_t)sizeof page;
             at += PAGE_BYTES) {
            for (size_t i = 0; i < sizeof page; i++)
                page[i] ^= 0xa5;
            if (pwrite(file, page, sizeof page, at) != (ssize_t)sizeof page)
                _exit(1);
        }
        _exit(0);
    }
    int code = -1;
    check_int(waitpid(child, &code, 0), child);
    check_int(code, 0);
}

static void
is_damaged(struct fixture *fixture)
{
    struct fault fault = { 0 };

    fill(fixture);
    checkpoint(fixture);
    struct store *store = open_new(fixture, STORE_READ_ONLY);
    break_disk("read", ".db", "5", 1, ALWAYS);
    check_int(read_all(store, &fault), STATUS_BUSY);
    heal();
    check_int(read_all(store, &fault), STATUS_OK);
    store_close(store);

    store = open_new(fixture, STORE_READ_ONLY); /* has read no row */
    break_disk("read", ".db", "5", 1, ALWAYS);
    check_int(read_all(store, &fault), STATUS_BUSY);
    heal();
    swap_pages(path_of(fixture));
    for (int again = 0; again < 2; again++) {
        check_int(read_all(store, &fault), STATUS_BROKEN);
        check_text(fault.reason, damaged);
    }
    swap_pages(path_of(fixture)); /* as if a backup was put back */
    check_int(read_all(store, &fault), STATUS_OK);
    store_close(store);
}

TEST(damage_is_told_as_damage_also_after_the_disk_has_failed)
{
    on_a_disk(is_damaged);
}

static void
is_cut_off(struct fixture *fixture)
{
    char log[PATH_SIZE];
    struct fault fault = { 0 };

    snprintf(log, sizeof log, "%s-wal", path_of(fixture));
    fill(fixture); /* into the log */
    struct store *store = open_new(fixture, STORE_READ_ONLY);
    check_int(truncate(log, 0), 0);
    check_int(read_all(store, &fault), STATUS_BROKEN);
    check_text(fault.reason, damaged);
    store_close(store);
}

TEST(a_log_that_was_cut_off_is_damage)
{
    on_a_disk(is_cut_off);
}

static const struct {
    const char *call, *file, *action;
    int count;
    const char *reason;
} of_opening[] = {
    { "open", ".db", "24", ALWAYS, too_many }, /* EMFILE */
    { "open", ".db", "23", ALWAYS, too_many }, /* ENFILE */
    { "open", "-wal", "24", ALWAYS, too_many },
    { "open", "-shm", "23", ALWAYS, too_many },
    { "open", ".db", "24", 1, "a file of the store cannot be opened" }, /* but for reading it can */
    { "open", "-shm", "24", 1, "a file of the store cannot be opened" },
    { "write", "-shm", "28", ALWAYS, DISK_FULL },
    { "write", "-shm", "122", ALWAYS, DISK_FULL },
    { "write", "-shm", "5", ALWAYS, DISK_FAILS },
};

/* Nothing is open but what is opened here. */
static void
fails_to_open(struct fixture *fixture)
{
    char url[PATH_SIZE], path[PATH_SIZE];
    struct store_options options = { .url = url };
    struct fault fault = { 0 };
    struct store *store;

    snprintf(url, sizeof url, "%s-2.db", fixture->url);
    check_int(store_open(&store, &options, &fault), STATUS_OK);
    store_close(store);
    for (size_t i = 0; i < sizeof of_opening / sizeof of_opening[0]; i++) {
        check_row(of_opening[i].file);
        break_disk(of_opening[i].call, of_opening[i].file, of_opening[i].action, 1,
                   of_opening[i].count);
        check_int(store_open(&store, &options, &fault), STATUS_BUSY);
        check_text(fault.reason, of_opening[i].reason);
        store_close(store);
        heal();
        check_int(store_open(&store, &options, &fault), STATUS_OK);
        store_close(store);
    }
    snprintf(path, sizeof path, "%s-2.db", path_of(fixture));
    unlink(path);
}

TEST(a_store_that_cannot_be_opened_for_now_says_why)
{
    on_a_disk(fails_to_open);
}

/* SQLite has rolled back by then: alone the second row would stay. */
static void
fails_in_the_middle(struct fixture *fixture)
{
    struct fault fault = { 0 };

    fill(fixture);
    checkpoint(fixture);
    struct store *store = open_new(fixture, STORE_READ_WRITE);
    check_int(store_begin(store, &fault), STATUS_OK);
    break_disk("read", ".db", "116", 1, ALWAYS);
    check_int(read_all(store, &fault), STATUS_BUSY);
    heal();
    check_int(sample_put(store, 2, &fault), STATUS_BUSY);
    check_int(store_commit(store, &fault), STATUS_BROKEN);
    check_int(sample_count(fixture), ROWS);
    check_int(put(store, 3, &fault), STATUS_OK);
    check_int(sample_count(fixture), ROWS + 1);
    store_close(store);
}

TEST(a_statement_behind_one_that_failed_does_not_stay)
{
    on_a_disk(fails_in_the_middle);
}

static void
check_put_off(struct store *store, const char *says)
{
    struct fault fault = { 0 };

    check_int(read_all(store, &fault), STATUS_BUSY);
    check(strstr(fault.reason, says) != NULL);
}

static void
is_replaced(struct fixture *fixture)
{
    const char *path = path_of(fixture);
    char aside[PATH_SIZE];
    struct fault fault = { 0 };

    fill(fixture);
    checkpoint(fixture);
    snprintf(aside, sizeof aside, "%s-aside", path);
    struct store *store = open_new(fixture, STORE_READ_ONLY);
    break_disk("read", ".db", "5", 1, ALWAYS);
    check_put_off(store, DISK_FAILS);
    heal();
    check_int(rename(path, aside), 0);
    check_put_off(store, "bring its disk back");
    check(access(path, F_OK) != 0); /* and none is made */
    check_int(close(open(path, O_RDWR | O_CREAT, 0600)), 0);
    check_put_off(store, "another file has replaced the store's file");
    check_int(rename(aside, path), 0);
    check_int(read_all(store, &fault), STATUS_OK);
    store_close(store);
}

TEST(a_store_whose_disk_is_gone_uses_no_other_file_in_its_place)
{
    on_a_disk(is_replaced);
}
