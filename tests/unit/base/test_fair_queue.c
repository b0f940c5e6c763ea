#include "base/fair_queue.h"

#include <string.h>

#include "support/check.h"

enum { ANN = 7, BOB = 8, CARL = 9 };

struct letter {
    struct fair_item item; /* the first member */
    char name;
};

static void
check_order(const struct fair_item *item, const char *want)
{
    char got[32] = "";

    for (size_t count = 0; item && count + 1 < sizeof got; item = item->next)
        got[count++] = ((const struct letter *)item)->name;
    check_text(got, want);
}

static void
put(struct fair_queue *queue, struct letter *letter, int64_t source, char name)
{
    *letter = (struct letter){ { .source = source }, name };
    fair_queue_put(queue, &letter->item);
}

TEST(queue_keeps_the_order_of_what_was_put_back)
{
    struct letter letters[4];
    struct fair_queue queue;

    fair_queue_init(&queue);
    fair_queue_put_first(&queue, NULL);
    check_order(fair_queue_take(&queue, 2), "");
    for (int i = 0; i < 3; i++)
        put(&queue, &letters[i], 0, (char)('a' + i));
    struct fair_item *taken = fair_queue_take(&queue, 2);
    check_order(taken, "ab");
    check_int(queue.count, 1);
    fair_queue_put_first(&queue, taken->next);
    check_int(queue.count, 2);
    put(&queue, &letters[3], 0, 'd');
    taken = fair_queue_take(&queue, SIZE_MAX);
    check_order(taken, "bcd");
    check_int(queue.count, 0);
    fair_queue_put_first(&queue, taken);
    put(&queue, &letters[0], 0, 'a');
    check_order(fair_queue_take(&queue, 16), "bcda");
}

TEST(queue_serves_each_source_in_its_turn)
{
    struct letter letters[9];
    struct fair_queue queue;

    fair_queue_init(&queue);
    for (int i = 0; i < 4; i++)
        put(&queue, &letters[i], ANN, (char)('a' + i));
    put(&queue, &letters[4], BOB, 'B');
    put(&queue, &letters[5], BOB, 'C');
    put(&queue, &letters[6], CARL, 'x');
    put(&queue, &letters[7], 0, '0'); /* of nobody: it waits for one of each */
    check_order(fair_queue_take(&queue, 3), "aBx");
    put(&queue, &letters[8], CARL, 'y');
    check_order(fair_queue_take(&queue, SIZE_MAX), "0ybCcd");
}

TEST(queue_forgets_what_a_source_had_before)
{
    struct letter letters[4];
    struct fair_queue queue;

    fair_queue_init(&queue);
    for (int i = 0; i < 3; i++)
        put(&queue, &letters[i], ANN, (char)('a' + i));
    check_order(fair_queue_take(&queue, SIZE_MAX), "abc");
    put(&queue, &letters[0], ANN, 'd');
    put(&queue, &letters[3], BOB, 'B');
    check_order(fair_queue_take(&queue, SIZE_MAX), "dB");
}

TEST(queue_leaves_half_of_its_room_to_others)
{
    struct letter letters[5];
    struct fair_queue queue;

    fair_queue_init(&queue);
    put(&queue, &letters[0], ANN, 'a');
    check(fair_queue_has_room(&queue, ANN, 4));
    put(&queue, &letters[1], ANN, 'b');
    check(!fair_queue_has_room(&queue, ANN, 4));
    check(fair_queue_has_room(&queue, BOB, 4));
    put(&queue, &letters[2], BOB, 'B');
    check(fair_queue_has_room(&queue, 0, 4));
    put(&queue, &letters[3], 0, '0');
    check(!fair_queue_has_room(&queue, 0, 4));
    check(!fair_queue_has_room(&queue, CARL, 4));
    (void)fair_queue_take(&queue, 1);
    check(fair_queue_has_room(&queue, ANN, 4));
}
