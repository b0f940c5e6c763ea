#include "store/text_forms.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/email.h"
#include "base/log.h"
#include "base/text.h"
#include "base/unicode.h"
#include "statements.h"
#include "store/store_internal.h"

enum {
    ROWS = 1000,
    STEPS_A_LINE = 50,
    NAME_MOST_BYTES = 200,
    ARENA_BYTES = 16 * 1024 * 1024,
    TRIES = 10
};

/* In the order of the work, and stored as text_form.stage. */
enum stage { STAGE_ORGANIZATIONS, STAGE_USERS, STAGE_INVITATIONS, STAGE_SENSORS, STAGE_DONE };

struct forms_context {
    struct db db;
    struct text_form_lock_out place;
    char rules[UNICODE_FOLD_VERSION_SIZE];
    int64_t changed; /* rows of all steps */
};

struct name_forms {
    char name[NAME_MOST_BYTES * UNICODE_GROWTH + 1];
    char folded[UNICODE_FOLDED_SIZE];
};

/* False: the row has these forms, or the name would become too long. Such a name stays. */
static bool
form_name(struct name_forms *out, const struct text_form_users_out *row)
{
    size_t length = strlen(row->name);

    if (length > NAME_MOST_BYTES || !utf8_valid(row->name, length)
        || unicode_nfc(out->name, row->name, length) > NAME_MOST_BYTES)
        return false;
    unicode_fold(out->folded, row->name, length);
    return strcmp(out->name, row->name) || strcmp(out->folded, row->name_folded);
}

/* False: the row has this form, or no valid address. Such an address stays. */
static bool
form_email(char out[EMAIL_SIZE], const struct text_form_users_out *row)
{
    return email_normalize(out, row->email) && strcmp(out, row->email);
}

/* An account keeps its address where another account has the new form. */
static enum status
form_user(struct forms_context *context, const struct text_form_users_out *row)
{
    struct text_form_user_set_in change = {
        row->second, row->email, row->name, row->name_folded, { .is = false }
    };
    struct text_form_user_of_email_out other;
    struct name_forms forms;
    char email[EMAIL_SIZE];
    bool new_email = form_email(email, row), taken = false;

    if (new_email) {
        enum status status = text_form_user_of_email(
            &context->db, &(struct text_form_user_of_email_in){ email }, &other, &taken);
        if (status)
            return status;
    }
    if (taken) {
        change.same_email_as = (struct optional_int64){ .is = true, .value = other.id };
        log_line(LOG_WARNING, "store.same_email", "user=%" PRId64 " other=%" PRId64, row->second,
                 other.id);
    } else if (new_email) {
        change.email = email;
    }
    bool new_name = form_name(&forms, row);
    if (new_name) {
        change.name = forms.name;
        change.name_folded = forms.folded;
    }
    if (!new_name && change.email == row->email && change.same_email_as.is == row->same_email_as.is
        && change.same_email_as.value == row->same_email_as.value)
        return STATUS_OK;
    context->changed++;
    return text_form_user_set(&context->db, &change, NULL);
}

static enum status
form_invitation(struct forms_context *context, const struct text_form_users_out *row)
{
    char email[EMAIL_SIZE];
    int64_t changed;

    if (!form_email(email, row))
        return STATUS_OK;
    enum status status = text_form_invitation_set(
        &context->db, &(struct text_form_invitation_set_in){ row->first, row->second, email },
        &changed);
    if (status || changed == 0)
        return status;
    context->changed++;
    return text_form_invitation_mail_set(
        &context->db, &(struct text_form_invitation_mail_set_in){ row->first, row->email, email },
        NULL);
}

/* Each stage has a `form` for one row, or a `set_names` for many. */
static const struct {
    enum status (*rows)(struct db *db, const struct text_form_users_in *in,
                        struct text_form_users_out **out, size_t *count);
    enum status (*form)(struct forms_context *context, const struct text_form_users_out *row);
    enum status (*set_names)(struct db *db, const struct text_form_sensors_set_in *changes,
                             size_t count, int64_t *changed);
} stages[] = {
    [STAGE_ORGANIZATIONS] = { text_form_organizations, NULL, text_form_organizations_set },
    [STAGE_USERS] = { text_form_users, form_user, NULL },
    [STAGE_INVITATIONS] = { text_form_invitations, form_invitation, NULL },
    [STAGE_SENSORS] = { text_form_sensors, NULL, text_form_sensors_set },
};

static enum status
form_names(struct forms_context *context, const struct text_form_users_out *rows, size_t count)
{
    struct text_form_sensors_set_in changes[ROWS];
    struct arena *arena = context->db.arena;
    size_t change_count = 0;
    struct name_forms forms;

    for (size_t i = 0; i < count; i++) {
        if (!form_name(&forms, &rows[i]))
            continue;
        struct text_form_sensors_set_in *change = &changes[change_count++];
        *change = (struct text_form_sensors_set_in){
            rows[i].first,
            rows[i].second,
            arena_text(arena, forms.name, strlen(forms.name)),
            arena_text(arena, forms.folded, strlen(forms.folded)),
        };
        assert(change->name && change->name_folded); /* ARENA_BYTES are enough for ROWS */
    }
    context->changed += (int64_t)change_count;
    return stages[context->place.stage].set_names(&context->db, changes, change_count, NULL);
}

static void
forms_begin_stage(struct forms_context *context, int64_t stage)
{
    context->place.stage = stage;
    context->place.after_first = INT64_MIN;
    context->place.after_second = INT64_MIN;
}

/* The next rows of the stage. Fewer than ROWS end the stage. */
static enum status
form_rows(struct forms_context *context)
{
    struct text_form_lock_out *place = &context->place;
    struct text_form_users_in in = { place->after_first, place->after_second, ROWS };
    struct text_form_users_out *rows;
    size_t count;
    enum status status = stages[place->stage].rows(&context->db, &in, &rows, &count);

    if (status)
        return status;
    if (stages[place->stage].set_names)
        status = form_names(context, rows, count);
    for (size_t i = 0; !status && i < count && stages[place->stage].form; i++)
        status = stages[place->stage].form(context, &rows[i]);
    if (count < ROWS) {
        forms_begin_stage(context, place->stage + 1);
    } else {
        place->after_first = rows[count - 1].first;
        place->after_second = rows[count - 1].second;
    }
    return status;
}

/* Runs in a transaction. */
static enum status
forms_step(struct forms_context *context, bool *done)
{
    struct text_form_lock_in start = { INT64_MIN };
    struct text_form_lock_out *place = &context->place;
    enum status status = text_form_lock(&context->db, &start, place);

    if (status)
        return status;
    if (strcmp(place->rules, context->rules))
        forms_begin_stage(context, STAGE_ORGANIZATIONS);
    if (place->stage < STAGE_DONE)
        status = form_rows(context);
    if (status)
        return status;
    *done = place->stage == STAGE_DONE;
    return text_form_set(&context->db,
                         &(struct text_form_set_in){ context->rules, place->stage,
                                                     place->after_first, place->after_second },
                         NULL);
}

static enum status
forms_step_once(struct forms_context *context, bool *done)
{
    int64_t changed = context->changed;
    enum status status = store_begin(context->db.store, &context->db.fault);

    if (status)
        return status;
    status = forms_step(context, done);
    if (status)
        store_rollback(context->db.store);
    else
        status = store_commit(context->db.store, &context->db.fault);
    if (status) {
        context->changed = changed;
        *done = false;
    }
    arena_clear(context->db.arena);
    return status;
}

enum status
text_forms_stale(struct store *store, bool *out, struct fault *fault)
{
    char rules[UNICODE_FOLD_VERSION_SIZE];
    struct text_form_get_out place;
    struct arena arena;
    struct db db = { store, &arena, { 0 } };
    bool found;

    unicode_fold_version(rules);
    arena_init(&arena, ARENA_BYTES);
    enum status status = text_form_get(&db, &place, &found);
    *out = status || !found || place.stage != STAGE_DONE || strcmp(place.rules, rules);
    arena_clear(&arena);
    if (status)
        *fault = db.fault;
    return status;
}

enum status
text_forms_update(struct store *store, struct fault *fault)
{
    struct arena arena;
    struct forms_context context = { .db = { store, &arena, { 0 } } };
    bool stale = true, done = false;
    int tries = 0, steps = 0;
    enum status status = text_forms_stale(store, &stale, &context.db.fault);

    unicode_fold_version(context.rules);
    arena_init(&arena, ARENA_BYTES);
    while (stale && !done && (!status || (status == STATUS_BUSY && ++tries < TRIES))) {
        status = forms_step_once(&context, &done);
        if (++steps % STEPS_A_LINE == 0)
            log_line(LOG_INFO, "store.texts_forming", "rows=%" PRId64, context.changed);
    }
    if (status)
        *fault = context.db.fault;
    else if (context.changed > 0)
        log_line(LOG_INFO, "store.texts_formed", "rows=%" PRId64, context.changed);
    return status;
}
