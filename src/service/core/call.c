#include "service/core/call.h"

#include <string.h>

#include "store/store.h"

const struct actor actor_system = { .kind = ACTOR_SYSTEM, .name = "system" };

enum status
call_too_large(struct call *call)
{
    return call_fail(call, STATUS_TOO_LARGE, "", "",
                     "this needs more memory than one request may use: request less at a time");
}

static void *
call_room(struct call *call, void *room)
{
    if (!room)
        (void)!call_too_large(call);
    return room;
}

void *
call_new(struct call *call, size_t size)
{
    return call_room(call, arena_new(call->db.arena, size));
}

char *
call_text(struct call *call, const char *text)
{
    return call_room(call, arena_text(call->db.arena, text, strlen(text)));
}

enum status
call_keep_text(struct call *call, const char *text, const char **out)
{
    *out = call_text(call, text);
    return *out ? STATUS_OK : STATUS_TOO_LARGE;
}

struct call
call_of_system(struct arena *arena)
{
    return (struct call){
        .db.arena = arena,
        .actor = &actor_system,
        .public_url = "",
        .now = utc_now(),
    };
}

enum status
call_check_time(struct call *call)
{
    if (!store_is_late(call->db.store))
        return STATUS_OK;
    return store_fail_late(call->db.store, &call->db.fault);
}
