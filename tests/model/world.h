/*
 * world.h - the model: what the license rules say, small, slow and obviously right.
 *
 * Everything stands in arrays and is looked for from the first to the last. Only the
 * arithmetic of terms is the program's (domain/term.h). A verb changes the world and
 * says what the program should answer; after a refusal or a dry run the caller puts the
 * world back as it was.
 *
 * The world holds what the store holds: a renewal that is due is in it once somebody
 * applied it, as in the program.
 */
#ifndef TESTS_MODEL_WORLD_H
#define TESTS_MODEL_WORLD_H

#include "base/zone.h"
#include "domain/code.h"
#include "domain/pool.h"
#include "domain/serial.h"
#include "domain/term.h"

enum {
    MOST_ORGANIZATIONS = 3,
    MOST_SERIALS = 12, /* of a run; any organization may add any of them */
    MOST_SENSORS = 32, /* of an organization, removed ones too */
    MOST_LICENSES = 160,
    MOST_SAVED = 200,
    MOST_SAMPLES = 4, /* of a message */
    MOST_REFUSALS = 200,
    MOST_CODES = 160,
    MOST_REVIVED = MOST_SENSORS,
};

struct model_license {
    int64_t id; /* 0: not learned from the program yet */
    int code;
    utc_seconds starts_at, expires_at;
    bool revoked;
};

/* A message with refused samples: its times; its other content follows from their places. */
struct model_refusal {
    utc_seconds times[MOST_SAMPLES];
    size_t count;
    utc_seconds came_at;
};

struct model_sensor {
    int64_t id; /* as above */
    char serial[SERIAL_TEXT_SIZE];
    char name[16];
    bool auto_renewal;
    bool removed;
    utc_seconds removed_at;
    struct model_license licenses[MOST_LICENSES]; /* first to start first */
    size_t license_count;
    utc_seconds saved[MOST_SAVED]; /* the instants at which saved samples were judged */
    size_t saved_count;
    int64_t refused_count;
    utc_seconds refused_first_at, refused_last_at;
    struct model_refusal refusals[MOST_REFUSALS]; /* the last messages with refusals */
    size_t refusal_count;
    utc_seconds ahead[MOST_SAVED]; /* the times of the samples saved ahead of the clock */
    size_t ahead_count;
};

struct model_organization {
    int64_t id;
    const struct zone *zone;
    enum pool_order pool_order;
    struct model_sensor sensors[MOST_SENSORS];
    size_t sensor_count;
    size_t wrong_codes; /* since the last accepted one */
};

struct model_revived {
    char serial[SERIAL_TEXT_SIZE];
    utc_seconds expires_at;
};

/* An activation code; a key once somebody has redeemed it. */
struct model_code {
    int64_t id;
    char text[CODE_TEXT_SIZE];
    int64_t quantity;
    struct term term;
    day_number redeem_by; /* INT64_MAX: any day */
    int bound_to;         /* an organization's place, -1 for any */
    int redeemed_by;      /* -1: nobody yet */
    utc_seconds redeemed_at;
    int64_t redemption; /* which was first */
    bool revoked;
    int64_t withdrawn;
    /* What the redeemer was answered. */
    int64_t licenses_left;
    struct model_revived revived[MOST_REVIVED];
    size_t revived_count;
};

struct world {
    struct model_organization organizations[MOST_ORGANIZATIONS];
    size_t organization_count;
    struct model_code codes[MOST_CODES];
    size_t code_count;
    int64_t redemptions;
    int64_t messages; /* saved */
    utc_seconds mark; /* rule 10 */
    bool dry;         /* the step is a dry run */
};

/* What the program should answer. */
struct expected {
    enum status status;
    const char *code;
    const char *field;
};
#define EXPECT_OK                                                                                  \
    (struct expected)                                                                              \
    {                                                                                              \
        STATUS_OK, "", ""                                                                          \
    }

/* Looking. */
size_t world_waiting(const struct model_sensor *sensor, utc_seconds now);
utc_seconds world_covered_until(const struct model_sensor *sensor,
                                utc_seconds now);             /* 0: not covered */
utc_seconds world_ends_at(const struct model_sensor *sensor); /* 0: no license */
int64_t world_key_left(const struct world *world, int code);
int64_t world_key_assigned(const struct world *world, int code);
int64_t world_licenses_left(const struct world *world, int organization);
/* NULL: nobody has a sensor of this serial in use. */
struct model_sensor *world_owner(struct world *world, const char *serial, int *organization);
/* Among the organization's sensors in use. */
struct model_sensor *world_sensor(struct world *world, int organization, const char *serial);
/* The one of this serial that was removed last; of two in one second the lower id. NULL. */
struct model_sensor *world_removed_sensor(struct world *world, int organization,
                                          const char *serial);
bool world_used(const struct model_sensor *sensor, const struct model_license *license);
/* No array can overflow by one more step. */
bool world_has_room(const struct world *world);

/* Rule 5. `from` 1 leaves out sensors that have no license; NULL: nobody's coverage ends. */
struct model_sensor *world_first_in_line(struct world *world, int organization, utc_seconds from,
                                         utc_seconds now);
/* Which sensors, by their place, will be renewed if nothing but time passes until then. */
void world_renewed_next(const struct world *world, int organization, utc_seconds until,
                        bool renewed[MOST_SENSORS]);
void world_apply_due(struct world *world, int organization, utc_seconds now);
void world_revive(struct world *world, int organization, utc_seconds now, struct model_revived *out,
                  size_t *count);

/* The parts that verbs share: world.c. */
int world_pick(const struct world *world, int organization,
               utc_seconds now); /* -1: the pool is empty */
struct model_license *world_put(struct world *world, int organization, struct model_sensor *sensor,
                                int code, utc_seconds starts_at);
void world_take_out(struct model_sensor *sensor, size_t place);
/* Lays licenses from `first` on one behind the other, from an instant on. */
void world_lay(struct world *world, int organization, struct model_sensor *sensor, size_t first,
               utc_seconds from);

/* The verbs; each begins with what is due. `code`: a key's place, -1: by the pool's order. */
struct expected world_redeem(struct world *world, int organization, int code, utc_seconds now);
struct expected world_add(struct world *world, int organization, const char *serial,
                          const char *name, int code, int auto_renewal, utc_seconds now);
struct expected world_assign(struct world *world, int organization, const char *serial, int code,
                             utc_seconds now);
struct expected world_assign_many(struct world *world, int organization, const char *const *serials,
                                  size_t count, int each, int code, utc_seconds now);
struct expected world_switch(struct world *world, int organization, const char *serial,
                             bool auto_renewal, utc_seconds now);
struct expected world_take_back(struct world *world, int organization, int64_t license_id,
                                utc_seconds now);
struct expected world_reorder(struct world *world, int organization, const char *serial,
                              const int64_t *ids, size_t count, utc_seconds now);
struct expected world_remove(struct world *world, int organization, const char *serial,
                             utc_seconds now);
struct expected world_replace(struct world *world, int organization, const char *serial,
                              const char *new_serial, utc_seconds now);

struct model_revocation {
    utc_seconds effective_at;
    int64_t withdrawn_from_pool, withdrawn_waiting, ended;
};
struct expected world_revoke(struct world *world, int code, utc_seconds effective_at,
                             utc_seconds now, struct model_revocation *out);

struct model_import_row {
    const char *serial;
    int code;            /* -1: by the pool's order */
    int auto_renewal;    /* -1: not said */
    const char *refused; /* set: the stable word; NULL */
};
struct expected world_import(struct world *world, int organization, struct model_import_row *rows,
                             size_t count, utc_seconds now);

/* Samples of one sensor. False: nobody has the serial. */
bool world_ingest(struct world *world, const char *serial, const utc_seconds *at, size_t count,
                  utc_seconds now, size_t *saved);

#endif
