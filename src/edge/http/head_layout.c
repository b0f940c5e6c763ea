#include "edge/http/head_layout.h"

enum { LINE_END = 2, MOST_SPACES = 32 * 1024 };

static void
head_layout_expect(struct head_layout *layout, struct head_text text, size_t behind)
{
    if ((uintptr_t)text.at != layout->next)
        layout->broken = true;
    layout->next = (uintptr_t)text.at + text.size + behind;
}

void
head_layout_begin(struct head_layout *layout, struct head_text method, struct head_text target,
                  struct head_text version)
{
    layout->begin = layout->next = (uintptr_t)method.at;
    layout->broken = false;
    head_layout_expect(layout, method, 1);
    head_layout_expect(layout, target, 1);
    head_layout_expect(layout, version, LINE_END);
}

void
head_layout_add(struct head_layout *layout, struct head_text name, struct head_text value)
{
    head_layout_expect(layout, name, 1);
    if ((uintptr_t)value.at < layout->next || (uintptr_t)value.at - layout->next > MOST_SPACES)
        layout->broken = true;
    layout->next = (uintptr_t)value.at + value.size + LINE_END;
}

bool
head_layout_end(const struct head_layout *layout, size_t size)
{
    return !layout->broken && layout->next + LINE_END == layout->begin + size;
}
