#include "store/text_forms.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/email.h"
#include "base/log.h"
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

/* In the order of the work, and stored as text_form.stage. A new stage comes last: a store that was
 * done goes on with it. */
enum stage {
    STAGE_ORGANIZATIONS,
    STAGE_USERS,
    STAGE_INVITATIONS,
    STAGE_SENSORS,
    STAGE_CODES,
    STAGE_DONE
};

/* The forms in the store, compared with those of this process. */
enum forms_state { FORMS_NEWER, FORMS_DONE, FORMS_OF_OLD_LIBRARY, FORMS_LACKING };

struct forms_context {
    struct db db;
    enum forms_state state;
    struct text_form_lock_out place;
    char rules[UNICODE_FOLD_VERSION_SIZE];
    int64_t changed; /* texts of all steps */
};

struct name_forms {
    const char *name; /* the old name, or `room` */
    char room[NAME_MOST_BYTES * UNICODE_GROWTH + 1];
    char folded[UNICODE_FOLDED_SIZE];
};

/* False: the row has these forms. A name that would become too long stays. */
static bool
form_name(struct name_forms *out, const struct text_form_users_out *row)
{
    size_t length = strlen(row->name);

    out->name = row->name;
    if (length <= NAME_MOST_BYTES && unicode_nfc(out->room, row->name, length) <= NAME_MOST_BYTES)
        out->name = out->room;
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
    struct text_form_user_email_set_in change = {
        row->second, row->email, { .is = false }, row->email
    };
    struct text_form_user_of_email_out other;
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
    if (change.email == row->email && change.same_email_as.is == row->same_email_as.is
        && change.same_email_as.value == row->same_email_as.value)
        return STATUS_OK;
    context->changed++;
    return text_form_user_email_set(&context->db, &change, NULL);
}

static enum status
form_invitation(struct forms_context *context, const struct text_form_users_out *row)
{
    char email[EMAIL_SIZE];
    int64_t changed;

    if (!form_email(email, row))
        return STATUS_OK;
    enum status status = text_form_invitation_set(
        &context->db,
        &(struct text_form_invitation_set_in){ row->first, row->second, email, row->email },
        &changed);
    if (status || changed == 0)
        return status;
    context->changed++;
    return text_form_invitation_mail_set(
        &context->db, &(struct text_form_invitation_mail_set_in){ row->first, row->email, email },
        NULL);
}

/* A `form` changes one row, a `set_names` the names of many. */
static const struct {
    enum status (*rows)(struct db *db, const struct text_form_users_in *in,
                        struct text_form_users_out **out, size_t *count);
    enum status (*form)(struct forms_context *context, const struct text_form_users_out *row);
    enum status (*set_names)(struct db *db, const struct text_form_sensors_set_in *changes,
                             size_t count, int64_t *changed);
} stages[] = {
    [STAGE_ORGANIZATIONS] = { text_form_organizations, NULL, text_form_organizations_set },
    [STAGE_USERS] = { text_form_users, form_user, text_form_user_names_set },
    [STAGE_INVITATIONS] = { text_form_invitations, form_invitation, NULL },
    [STAGE_SENSORS] = { text_form_sensors, NULL, text_form_sensors_set },
    [STAGE_CODES] = { text_form_codes, NULL, text_form_codes_set },
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
            rows[i].name,
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

static enum forms_state
forms_state_of(const char *rules, int64_t stage)
{
    enum unicode_fold_age age = unicode_fold_age(rules);

    if (age == UNICODE_FOLD_NEWER)
        return FORMS_NEWER;
    if (age == UNICODE_FOLD_OLD_RULES || stage != STAGE_DONE)
        return FORMS_LACKING;
    return age == UNICODE_FOLD_OLD_LIBRARY ? FORMS_OF_OLD_LIBRARY : FORMS_DONE;
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
    context->state = forms_state_of(place->rules, place->stage);
    *done = context->state <= FORMS_DONE;
    if (*done)
        return STATUS_OK;
    if (unicode_fold_age(place->rules) != UNICODE_FOLD_SAME)
        forms_begin_stage(context, STAGE_ORGANIZATIONS);
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

static enum status
forms_look(struct db *db, enum forms_state *out)
{
    struct text_form_get_out place;
    bool found;
    enum status status = text_form_get(db, &place, &found);

    *out = status || !found ? FORMS_LACKING : forms_state_of(place.rules, place.stage);
    arena_clear(db->arena);
    return status;
}

enum status
text_forms_stale(struct store *store, bool *out, struct fault *fault)
{
    struct arena arena;
    struct db db = { store, &arena, { 0 } };
    enum forms_state state;

    arena_init(&arena, ARENA_BYTES);
    enum status status = forms_look(&db, &state);
    *out = state > FORMS_DONE;
    if (status)
        *fault = db.fault;
    return status;
}

/* Does nothing in a state before `least`. */
static enum status
forms_make(struct forms_context *context, enum forms_state least)
{
    bool done = false;
    int tries = 0, steps = 0;
    enum status status = forms_look(&context->db, &context->state);

    if (context->state < least)
        return status;
    while (!done && (!status || (status == STATUS_BUSY && ++tries < TRIES))) {
        status = forms_step_once(context, &done);
        if (++steps % STEPS_A_LINE == 0)
            log_line(LOG_INFO, "store.texts_forming", "rows=%" PRId64, context->changed);
    }
    if (!status && context->changed > 0)
        log_line(LOG_INFO, "store.texts_formed", "rows=%" PRId64, context->changed);
    return status;
}

static enum status
forms_run(struct store *store, enum forms_state least, struct fault *fault)
{
    struct arena arena;
    struct forms_context context = { .db = { store, &arena, { 0 } } };

    arena_init(&arena, ARENA_BYTES);
    unicode_fold_version(context.rules);
    enum status status = forms_make(&context, least);
    if (status)
        *fault = context.db.fault;
    else if (context.state == FORMS_NEWER && least == FORMS_OF_OLD_LIBRARY)
        log_line(LOG_WARNING, "store.texts_newer", "own=%s", context.rules);
    return status;
}

enum status
text_forms_update(struct store *store, struct fault *fault)
{
    return forms_run(store, FORMS_OF_OLD_LIBRARY, fault);
}

enum status
text_forms_complete(struct store *store, struct fault *fault)
{
    return forms_run(store, FORMS_LACKING, fault);
}
