#include "service/core/call.h"

const struct actor actor_system = { .kind = ACTOR_SYSTEM, .name = "system" };
