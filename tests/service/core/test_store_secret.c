#include "service/core/store_secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/check.h"
#include "support/verbs.h"

static const char facts[] = "SELECT count(*) FROM store_fact WHERE name = 'secret_fingerprint'";

struct files {
    char folder[64], one[128], two[128];
};

static void
open_files(struct files *files)
{
    snprintf(files->folder, sizeof files->folder, "/tmp/tenure-secret-XXXXXX");
    check(mkdtemp(files->folder) != NULL);
    snprintf(files->one, sizeof files->one, "%s/one", files->folder);
    snprintf(files->two, sizeof files->two, "%s/two", files->folder);
}

static void
remove_files(const struct files *files)
{
    unlink(files->one);
    unlink(files->two);
    rmdir(files->folder);
}

static void
claims_and_compares(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct secret_key first, again, other;
    struct files files;

    open_files(&files);
    check_int(store_secret_load(call, files.one, &first), STATUS_OK);
    check_int(fixture_count(fixture, facts), 1);
    check_int(store_secret_load(call, files.one, &again), STATUS_OK);
    check(!memcmp(&first, &again, sizeof first));
    call->now = NOON - HOUR; /* a clock that is behind does not prevent a start */
    check_int(store_secret_load(call, files.one, &again), STATUS_OK);

    check_failed(fixture, store_secret_load(call, files.two, &other), STATUS_CONFLICT,
                 "secret_missing", "");
    check(access(files.two, F_OK) != 0);
    check_int(secret_key_load(&other, files.two, &call->db.fault), STATUS_OK);
    check_failed(fixture, store_secret_load(call, files.two, &other), STATUS_CONFLICT,
                 "secret_wrong", "");
    check_int(store_secret_load(call, files.one, &again), STATUS_OK);
    remove_files(&files);
}

TEST(a_store_accepts_only_its_first_secret)
{
    with_each_store(claims_and_compares);
}

static void
claims_nothing_without_a_file(struct fixture *fixture)
{
    struct secret_key key;

    check_failed(fixture, store_secret_load(&fixture->call, "/proc/no/secret", &key), STATUS_BROKEN,
                 "", "");
    check_int(fixture_count(fixture, facts), 0);
}

TEST(a_store_whose_secret_cannot_be_made_has_none)
{
    with_each_store(claims_nothing_without_a_file);
}

static void
fails_whole(struct fixture *fixture)
{
    struct secret_key key;
    struct files files;

    open_files(&files);
    fixture_fail_at(fixture, 0);
    check_int(store_secret_load(&fixture->call, files.one, &key), STATUS_OK);
    int calls = fixture_calls();
    for (int n = 1; n <= calls; n++) {
        check_row(fixture->driver_name);
        fixture_script(fixture, "DELETE FROM store_fact");
        fixture_fail_at(fixture, n);
        enum status status = store_secret_load(&fixture->call, files.one, &key);
        fixture_fail_at(fixture, 0);
        check(status == STATUS_OK || status == STATUS_BUSY); /* the first read is not retried */
        check_int(fixture_count(fixture, facts), status ? 0 : 1);
        check_int(store_secret_load(&fixture->call, files.one, &key), STATUS_OK);
    }
    remove_files(&files);
}

TEST(a_fingerprint_is_stored_whole_whichever_call_fails)
{
    with_each_store(fails_whole);
}

struct race {
    const char *paths[2];
    enum status statuses[2];
};

static void
start(struct call *call, int thread, void *with)
{
    struct race *race = with;
    struct secret_key key;

    race->statuses[thread] = store_secret_load(call, race->paths[thread], &key);
}

static void
first_starts_at_once(struct fixture *fixture)
{
    struct files files;
    struct secret_key key;

    open_files(&files);
    struct race race = { .paths = { files.one, files.one } };
    run_in_two_threads(fixture, start, &race);
    check_int(race.statuses[0], STATUS_OK);
    check_int(race.statuses[1], STATUS_OK);
    check_int(store_secret_load(&fixture->call, files.one, &key), STATUS_OK);

    fixture_script(fixture, "DELETE FROM store_fact");
    unlink(files.one);
    race.paths[1] = files.two;
    run_in_two_threads(fixture, start, &race);
    int winner = race.statuses[0] == STATUS_OK ? 0 : 1;
    check_int(race.statuses[winner], STATUS_OK);
    check_int(race.statuses[1 - winner], STATUS_CONFLICT);
    check(access(race.paths[1 - winner], F_OK) != 0); /* and created nothing */
    check_int(fixture_count(fixture, facts), 1);
    check_int(store_secret_load(&fixture->call, race.paths[winner], &key), STATUS_OK);
    remove_files(&files);
}

TEST(of_two_concurrent_first_starts_one_decides)
{
    with_each_store(first_starts_at_once);
}
