/* What users of the ring see. A `class` of its own: no C++ here, but C++ may include it. */
#ifndef RING_BUFFER_H
#define RING_BUFFER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RING_API __attribute__((visibility("default")))

/** A ring's address; its insides are nobody's business. */
typedef struct ring *ring_handle;

/** How full a ring is. */
struct ring_level {
    size_t used;
    size_t free;
} __attribute__((packed));

/** A new ring, or NULL. */
RING_API struct ring *ring_new(size_t wanted);
int ring_push(struct ring *ring, unsigned char byte);

/** Whether nothing more fits. */
static inline int ring_is_full(const struct ring_level *level)
{
    return level->free == 0;
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RING_BUFFER_H */
