/* One process at a time serves from a store. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "support/check.h"
#include "support/store_fixture.h"

enum { TEXT_SIZE = 256, LIFE_SECONDS = 60 };

struct place {
    char folder[32];
    char url[TEXT_SIZE], lock[TEXT_SIZE];
};

static void
open_place(struct place *place)
{
    snprintf(place->folder, sizeof place->folder, "/tmp/claim-XXXXXX");
    check(mkdtemp(place->folder) != NULL);
    snprintf(place->url, sizeof place->url, "sqlite:%s/new/t.db", place->folder);
    snprintf(place->lock, sizeof place->lock, "%s/new/t.db.lock", place->folder);
}

static void
remove_in(const struct place *place, const char *name)
{
    char path[TEXT_SIZE];

    snprintf(path, sizeof path, "%s/%s", place->folder, name);
    remove(path);
}

static void
remove_place(const struct place *place)
{
    static const char *const names[] = { "new/t.db.lock", "new/t.db-wal", "new/t.db-shm",
                                         "new/t.db",      "new/other.db", "new/other.db.lock",
                                         "new",           "linked",       "" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove_in(place, names[i]);
}

static void
check_refused(const char *url, const char *says)
{
    struct store_claim *claim;
    struct fault fault = { 0 };

    check_int(store_claim(&claim, url, &fault), STATUS_CONFLICT);
    check(!claim);
    check_text(fault.code, "store_in_use");
    check_text(fault.field, "store");
    check(strstr(fault.reason, says) != NULL);
}

static void
check_granted(const char *url)
{
    struct store_claim *claim;
    struct fault fault = { 0 };

    check_int(store_claim(&claim, url, &fault), STATUS_OK);
    check_text(fault.reason, "");
    store_release(claim);
}

TEST(a_store_is_claimed_once_until_it_is_released)
{
    struct store_claim *claim;
    struct fault fault = { 0 };
    struct place place;
    struct stat made;

    open_place(&place);
    check_int(store_claim(&claim, place.url, &fault), STATUS_OK);
    check(claim != NULL);
    check(!stat(place.lock, &made) && (made.st_mode & 0777) == 0600);
    check_refused(place.url, "t.db: stop it first");
    check_refused(place.url, "another Tenure"); /* a refusal takes nothing away */
    store_release(claim);
    check(!stat(place.lock, &made));
    check_granted(place.url);
    remove_place(&place);
}

/* SQLite too resolves links, and so keeps the same files beside the same store. */
TEST(every_name_of_a_store_leads_to_the_same_claim)
{
    char there[TEXT_SIZE], here[TEXT_SIZE], url[TEXT_SIZE];
    struct store_claim *claim;
    struct fault fault = { 0 };
    struct place place;

    open_place(&place);
    check_int(store_claim(&claim, place.url, &fault), STATUS_OK);
    snprintf(there, sizeof there, "%s/new", place.folder);
    snprintf(here, sizeof here, "%s/linked", place.folder);
    check_int(symlink(there, here), 0);
    snprintf(url, sizeof url, "sqlite:%s/linked/t.db", place.folder);
    check_refused(url, "linked/t.db");
    snprintf(here, sizeof here, "%s/new/other.db", place.folder);
    check_int(symlink("t.db", here), 0);
    snprintf(url, sizeof url, "sqlite:%s/new/other.db", place.folder);
    check_refused(url, "other.db");
    snprintf(url, sizeof url, "sqlite:%s/new/../new/./t.db", place.folder);
    check_refused(url, "t.db");
    store_release(claim);
    remove_place(&place);
}

/* The lock file stands beside another name, or is gone: the store's file is the same. */
TEST(a_store_is_claimed_once_whatever_stands_beside_it)
{
    char there[TEXT_SIZE], here[TEXT_SIZE], url[TEXT_SIZE];
    struct store_claim *claim;
    struct fault fault = { 0 };
    struct place place;

    open_place(&place);
    check_int(store_claim(&claim, place.url, &fault), STATUS_OK);
    snprintf(there, sizeof there, "%s/new/t.db", place.folder);
    snprintf(here, sizeof here, "%s/new/other.db", place.folder);
    check_int(link(there, here), 0);
    snprintf(url, sizeof url, "sqlite:%s/new/other.db", place.folder);
    check_refused(url, "another Tenure serves the store");
    check_refused(url, "other.db: stop it first");
    check_int(remove(place.lock), 0);
    check_refused(place.url, "another Tenure serves the store");
    store_release(claim);
    check_granted(url);
    check_granted(place.url);
    remove_place(&place);
}

/* Gives the child's process id once it holds the claim. */
static pid_t
claim_in_child(const char *url)
{
    struct store_claim *claim;
    struct fault fault = { 0 };
    char word = '-';
    int ends[2];

    check_int(pipe(ends), 0);
    pid_t child = fork();
    if (!child) {
        alarm(LIFE_SECONDS);
        word = store_claim(&claim, url, &fault) ? 'n' : 'y';
        (void)!write(ends[1], &word, 1);
        for (;;)
            pause();
    }
    check_int(read(ends[0], &word, 1), 1);
    check_int(word, 'y');
    close(ends[0]);
    close(ends[1]);
    return child;
}

TEST(the_claim_of_another_process_names_it_and_ends_with_it_however_it_ends)
{
    struct place place;
    char words[TEXT_SIZE];

    open_place(&place);
    pid_t child = claim_in_child(place.url);
    snprintf(words, sizeof words, "another Tenure (process %ld) serves the store", (long)child);
    check_refused(place.url, words);
    check_int(kill(child, SIGKILL), 0);
    check_int(waitpid(child, NULL, 0), child);
    check_granted(place.url);
    remove_place(&place);
}

static void
check_not_locked(const struct place *place, const char *says)
{
    struct store_claim *claim;
    struct fault fault = { 0 };

    check_int(store_claim(&claim, place->url, &fault), STATUS_INVALID);
    check(!claim);
    check_text(fault.field, "store");
    check(strstr(fault.reason, says) != NULL);
    check(strstr(fault.reason, place->lock) != NULL);
}

TEST(a_lock_file_that_cannot_be_used_is_said_with_its_name)
{
    struct place place;

    open_place(&place);
    check_granted(place.url);
    remove(place.lock);
    check_int(symlink("elsewhere", place.lock), 0);
    check_not_locked(&place, "remove it");
    remove(place.lock);
    check_int(mkdir(place.lock, 0700), 0);
    check_not_locked(&place, "remove it");
    remove_place(&place);
}

/* As after the disk of a server has gone, and its folder is empty or holds an older store. */
static void
check_not_opened(const struct place *place, const struct store_claim *claim, const char *says)
{
    struct store_options options = { .url = place->url, .claim = claim };
    struct fault fault = { 0 };
    struct store *store;

    for (int mode = STORE_READ_WRITE; mode <= (int)STORE_READ_ONLY; mode++) {
        options.mode = (enum store_mode)mode;
        check_int(store_open(&store, &options, &fault), STATUS_BUSY);
        check(!store);
        check(strstr(fault.reason, says) != NULL);
    }
}

TEST(a_server_opens_no_other_store_than_the_one_that_it_claimed)
{
    char file[TEXT_SIZE], aside[TEXT_SIZE];
    struct store_options options = { 0 };
    struct store_claim *claim;
    struct fault fault = { 0 };
    struct place place;
    struct store *store;

    open_place(&place);
    check_int(store_claim(&claim, place.url, &fault), STATUS_OK);
    options = (struct store_options){ .url = place.url, .claim = claim };
    check_int(store_open(&store, &options, &fault), STATUS_OK);
    store_close(store);
    snprintf(file, sizeof file, "%s/new/t.db", place.folder);
    snprintf(aside, sizeof aside, "%s/linked", place.folder);
    check_int(rename(file, aside), 0);
    check_not_opened(&place, claim, "bring its disk back");
    check(access(file, F_OK) != 0); /* none was made */
    fclose(fopen(file, "w"));
    check_not_opened(&place, claim, "another file has replaced the store's file");
    check_int(rename(aside, file), 0);
    check_int(store_open(&store, &options, &fault), STATUS_OK);
    store_close(store);
    store_release(claim);
    remove_place(&place);
}

TEST(a_claim_of_no_store_is_refused_as_opening_it_is)
{
    struct store_claim *claim;
    struct fault fault = { 0 };

    check_int(store_claim(&claim, "mysql://u:secret@h/d", &fault), STATUS_INVALID);
    check_text(fault.field, "store");
    check(!strstr(fault.reason, "secret"));
    check_int(store_claim(&claim, "sqlite:/nowhere/at/all/t.db", &fault), STATUS_INVALID);
    check(strstr(fault.reason, "create it first") != NULL);
}

/* Both serve at once: several machines may share a PostgreSQL store. */
static void
not_claimed(struct fixture *fixture)
{
    struct store_claim *first, *second;
    struct fault fault = { 0 };

    if (!store_is_shared(fixture->call.db.store))
        return;
    check_int(store_claim(&first, fixture->url, &fault), STATUS_OK);
    check_int(store_claim(&second, fixture->url, &fault), STATUS_OK);
    check(!first && !second);
    store_release(first);
}

TEST(a_store_that_several_may_serve_from_is_not_claimed)
{
    with_each_store(not_claimed);
}
