#include "edge/http/body_memory.h"

#include "support/check.h"

TEST(a_user_and_all_have_a_limit_of_memory_for_bodies)
{
    enum { PIECE = BODY_MEMORY_MOST_BYTES_OF_SOURCE / 2 };
    struct body_share shares[16] = { { 0 } }, more = { 0 };
    struct body_memory memory;
    size_t count = 0;

    body_memory_init(&memory);
    check(body_memory_take(&memory, &shares[0], 7, PIECE));
    check(body_memory_take(&memory, &shares[0], 7, PIECE - 1));
    check(!body_memory_take(&memory, &more, 7, 2));
    check(body_memory_take(&memory, &more, 7, 1));
    body_memory_give_back(&memory, &more);
    body_memory_give_back(&memory, &shares[0]);
    body_memory_give_back(&memory, &shares[0]); /* nothing */
    while (body_memory_take(&memory, &shares[count], (int64_t)count + 1, PIECE))
        count++;
    check_int((int)count, BODY_MEMORY_MOST_BYTES / PIECE);
    body_memory_give_back(&memory, &shares[3]);
    check(body_memory_take(&memory, &more, 99, PIECE));
    body_memory_clear(&memory);
}
