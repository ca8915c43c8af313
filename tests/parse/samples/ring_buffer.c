/*
 * A byte ring for one reader and one writer, and the small command
 * loop that the test bench drives it with.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ring_buffer.h"

#define RING_VERSION 3

/* The larger of two values; both are evaluated twice. */
#define MAX(a, b) \
    ((a) > (b)    \
         ? (a)    \
         : (b))

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

struct ring;
static int drain(struct ring *ring, size_t limit);

/** What went wrong, most harmless first. */
enum ring_error {
    RING_OK,
    RING_FULL,
    RING_EMPTY,
};

enum { DEFAULT_ORDER = 12, LARGEST_ORDER = 24 };

/* Bytes between `tail` and `head` wait to be read. */
struct ring {
    uint8_t *bytes;
    size_t head, tail;
    struct ring_stats {
        unsigned long stored;
        unsigned long refused;
    } stats;
};

union word {
    uint32_t whole;
    uint8_t parts[4];
};

/** Called for every command line; a result other than 0 ends the loop. */
typedef int (*command_fn)(struct ring *ring, const char *argument);

typedef struct {
    const char *name;
    command_fn run;
} Command;

typedef struct cursor {
    size_t at;
} cursor_t, *cursor_ptr;

typedef enum {
    MODE_TEXT,
    MODE_BINARY
} Mode;

typedef struct ring ring;
typedef unsigned long ticks_t;

/* Next power of two that holds `wanted`. */
static inline size_t round_up(size_t wanted)
{
    size_t size = 1;
    while (size < wanted)
        size <<= 1;
    return size;
}

struct ring *ring_new(size_t wanted) {
    struct ring *fresh = calloc(1, sizeof *fresh);
    if (fresh != NULL)
        fresh->bytes = malloc(MAX(round_up(wanted), 16));
    return fresh;
}

// GNU style: the type has a line to itself.
static __attribute__((noinline)) int
drain (struct ring *ring,
       size_t limit)
{
    (void) limit;
    return ring->head == ring->tail ? RING_EMPTY : RING_OK;
}

#ifdef RING_TRACE
/* Says what happens. */
void ring_trace(const char *what)
{
    puts(what);
}
#else
void ring_trace(const char *what) { (void)what; }
#endif

/* From the days before prototypes. */
int checksum(bytes, length)
    const uint8_t *bytes;
    int length;
{
    int sum = 0;
    while (length-- > 0)
        sum += *bytes++;
    return sum;
}

static int run_push(struct ring *ring, const char *argument) { return ring->bytes == NULL || !argument; }

static const Command commands[] = {
    {.name = "push", .run = run_push},
    [1] = {.name = "drain", .run = NULL},
};

/* The command's function, or NULL. */
int (*find_command(const char *name))(struct ring *, const char *)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run;
    }
    return NULL;
}

const char **ring_names(void) { static const char *names[] = {"push", 0}; return names; }

BENCH_CASE(fills_and_drains) {
    struct ring *ring = ring_new(64);
    drain(ring, 8);
}

void ring_free(struct ring *ring) __attribute__((nonnull));

__attribute__((visibility("default")))
void ring_free(struct ring *ring)
{
    free(ring->bytes);
    free(ring);
}
