/* What comes out is what went in, whatever the database. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/sample.h"

static const char large[100 * 1000] = { 1 }; /* longer than a page */
static const char octets[] = "\0\xff\0'\\x\x7f";

static const struct {
    const char *name;
    struct sample_insert_in row;
} kinds[] = {
    { "the largest", { 1, { true, INT64_MAX }, true, DBL_MAX, "z", { octets, sizeof octets } } },
    { "the smallest", { 2, { true, INT64_MIN }, false, -DBL_MAX, "", { "", 0 } } },
    { "nothing", { 3, { false, 0 }, false, 0.0, NULL, { NULL, 0 } } },
    { "zero, which is not nothing", { 4, { true, 0 }, false, DBL_MIN, "0", { "\0", 1 } } },
    { "UTF-8", { 5, { true, -1 }, true, 0.1, "Kühlraum 冷库 \xf0\x9f\x8c\xa1", { "ü", 2 } } },
    { "quotes and colons", { 6, { true, 1 }, true, 1.0 / 3, "a'b\"c:d -- e\\f\n%s", { "'", 1 } } },
    { "a large one", { INT64_MAX, { true, 7 }, true, 1e-300, "l", { large, sizeof large } } },
    { "a negative key", { INT64_MIN, { true, 7 }, true, 5e-324, "n", { "n", 1 } } },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void
check_kind(const struct sample_insert_in *in, const struct sample_by_id_out *out)
{
    check_int(out->number.is, in->number.is);
    check_int(out->number.value, in->number.value);
    check_int(out->plain, in->number.value);
    check_int(out->truth, in->truth);
    check(!memcmp(&out->measure, &in->measure, sizeof in->measure));
    check_int(!out->words, !in->words);
    if (in->words && out->words)
        check_text(out->words, in->words);
    check_int(!out->octets.at, !in->octets.at);
    check_int(out->octets.size, in->octets.size);
    if (in->octets.size && out->octets.size == in->octets.size)
        check(!memcmp(out->octets.at, in->octets.at, in->octets.size));
}

static void
every_kind_comes_back(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    int64_t changed;

    sample_table(fixture);
    for (int i = 0; i < KINDS; i++) {
        struct sample_by_id_out out;
        bool found = false;

        check_row(kinds[i].name);
        check_int(sample_insert(&call->db, &kinds[i].row, &changed), STATUS_OK);
        check_int(changed, 1);
        check_int(
            sample_by_id(&call->db, &(struct sample_by_id_in){ kinds[i].row.id }, &out, &found),
            STATUS_OK);
        check(found);
        if (found)
            check_kind(&kinds[i].row, &out);
    }
}

TEST(every_kind_comes_back_as_it_went_in)
{
    with_each_store(every_kind_comes_back);
}

static void
none_and_many(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct sample_by_id_out out;
    struct sample_ids_among_out *ids;
    struct sample_total_out total;
    struct sample_words_out words;
    size_t count;
    bool found = true;
    int64_t changed;

    sample_table(fixture);
    check_int(sample_by_id(&call->db, &(struct sample_by_id_in){ 77 }, &out, &found), STATUS_OK);
    check(!found);
    for (int64_t id = 1; id <= 9; id++)
        check_int(sample_put(call->db.store, id, &call->db.fault), STATUS_OK);
    check_int(sample_ids_among(&call->db,
                               &(struct sample_ids_among_in){ { 9, 2, 5, 5 }, { "w", "w" } }, &ids,
                               &count),
              STATUS_OK);
    check_int(count, 3);
    check(count == 3 && ids[0].id == 2 && ids[1].id == 5 && ids[2].id == 9);
    check_int(sample_ids_among(&call->db,
                               &(struct sample_ids_among_in){ { 9, 2, 5, 5 }, { "x", "" } }, &ids,
                               &count),
              STATUS_OK);
    check_int(count, 0);
    check_int(sample_total(&call->db, &total), STATUS_OK);
    check_int(total.count, 9);
    check_int(total.total, 45);
    check_int(sample_rename(&call->db, &(struct sample_rename_in){ 99, "x" }, &changed), STATUS_OK);
    check_int(changed, 0);
    check_int(sample_words(&call->db, &words), STATUS_OK);
    check_text(words.words, "a :b -- {int64} \"c\" \\d 'e'");
    check_int(sample_delete_all(&call->db, &changed), STATUS_OK);
    check_int(changed, 9);
}

TEST(no_row_many_rows_arrays_and_quotes)
{
    with_each_store(none_and_many);
}

static void
too_large(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct sample_by_id_out out;
    struct arena small;
    bool found;

    sample_table(fixture);
    check_int(sample_insert(&call->db, &kinds[6].row, NULL), STATUS_OK);
    arena_init(&small, 200);
    check_int(sample_by_id(&(struct db){ call->db.store, &small, { 0 } },
                           &(struct sample_by_id_in){ kinds[6].row.id }, &out, &found),
              STATUS_TOO_LARGE);
    arena_clear(&small);
    check_int(sample_count(fixture), 1);
}

TEST(an_answer_beyond_the_arena_is_too_large)
{
    with_each_store(too_large);
}

struct seen {
    int64_t rows;
    int64_t stop_at;
    int64_t sum;
    size_t bytes;
};

static enum status
see_row(void *with, const struct sample_each_out *row, struct fault *fault)
{
    struct seen *seen = with;

    if (++seen->rows == seen->stop_at)
        return fail(fault, STATUS_SLOW_DOWN, "enough", "", "that is enough");
    seen->sum += row->id;
    seen->bytes += row->octets.size + strlen(row->words);
    return STATUS_OK;
}

enum { ROWS = 2500 };

static enum status
put_batch(struct fixture *fixture, int64_t first, int64_t *changed)
{
    struct call *call = &fixture->call;
    struct sample_insert_all_in *rows = arena_new(call->db.arena, ROWS * sizeof *rows);

    for (int64_t n = 0; n < ROWS; n++) {
        struct sample_insert_in row = sample_row(first + n);
        rows[n] = (struct sample_insert_all_in){
            row.id, row.number, row.truth, row.measure, row.words, row.octets,
        };
    }
    return sample_insert_all(&call->db, rows, ROWS, changed);
}

static void
batch_and_each(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct seen seen = { 0 };
    int64_t changed = 0;

    sample_table(fixture);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(put_batch(fixture, 1001, &changed), STATUS_OK);
    check_int(changed, ROWS);
    check_int(sample_insert_all(&call->db, NULL, 0, &changed), STATUS_OK);
    check_int(changed, 0);
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_count(fixture), ROWS);

    size_t used = call->db.arena->used;
    check_int(sample_each(&call->db, &(struct sample_each_in){ 0 }, see_row, &seen), STATUS_OK);
    check_int(seen.rows, ROWS);
    check_int(seen.sum, (int64_t)ROWS * 1000 + (int64_t)ROWS * (ROWS + 1) / 2);
    check_int(seen.bytes, 2 * ROWS);
    check_int(call->db.arena->used, used);

    seen = (struct seen){ .stop_at = 3 };
    check_int(sample_each(&call->db, &(struct sample_each_in){ { true, 1000 + ROWS - 4 } }, see_row,
                          &seen),
              STATUS_SLOW_DOWN);
    check_text(call->db.fault.code, "enough");
    check_int(seen.rows, 3);
    check_int(sample_count(fixture), ROWS); /* the connection can be used again */
}

TEST(a_batch_is_written_and_read_row_by_row)
{
    with_each_store(batch_and_each);
}

static void
batch_fails_whole(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    int64_t changed = 0;

    sample_table(fixture);
    check_int(sample_put(call->db.store, 1500, &call->db.fault), STATUS_OK);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(put_batch(fixture, 1, &changed), STATUS_CONFLICT); /* 13 and 1500 */
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_BROKEN);
    check_int(sample_count(fixture), 1);

    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK); /* and all goes on */
    check_int(put_batch(fixture, 2000, &changed), STATUS_OK);
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_count(fixture), ROWS + 1);
}

TEST(a_batch_with_one_bad_row_leaves_nothing)
{
    with_each_store(batch_fails_whole);
}
