/* Sends calls to the device's process, and sees to it that it ends with the program. */
#define _GNU_SOURCE
#include "softcuda.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NOT_PROVIDED = INT_MIN, AGAIN, PATIENCE_SECONDS = 10, LAST_PATIENCE_MILLIS = 120000 };

struct buffer {
    unsigned char *bytes;
    size_t count, room, at;
};

struct talk {
    struct buffer call, answer;
    int32_t thread;
};

/* One call is under way at a time. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct softcuda_server server;
static pid_t owner;
static int lost;
static int32_t threads;

static pthread_key_t talk_key;
static pthread_once_t talk_once = PTHREAD_ONCE_INIT;

static void drop_talk(void *old) {
    struct talk *talk = old;
    free(talk->call.bytes);
    free(talk->answer.bytes);
    free(talk);
}

static void make_talk_key(void) {
    pthread_key_create(&talk_key, drop_talk);
}

static void need(struct buffer *buffer, size_t room) {
    if (room > buffer->room) {
        buffer->room = room < 4096 ? 4096 : 2 * room;
        buffer->bytes = realloc(buffer->bytes, buffer->room);
        if (!buffer->bytes) {
            fprintf(stderr, "softcuda: no memory for a call of %zu bytes\n", room);
            abort();
        }
    }
}

static struct talk *talk(void) {
    pthread_once(&talk_once, make_talk_key);
    struct talk *mine = pthread_getspecific(talk_key);
    if (!mine) {
        mine = calloc(1, sizeof *mine);
        if (!mine) {
            abort();
        }
        mine->thread = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);
        pthread_setspecific(talk_key, mine);
    }
    return mine;
}

static void put(const void *from, size_t count) {
    struct buffer *call = &talk()->call;
    need(call, call->count + count);
    if (count) {
        memcpy(call->bytes + call->count, from, count);
    }
    call->count += count;
}

void softcuda_begin(const char *name) {
    struct talk *mine = talk();
    uint32_t length = 0;
    uint16_t letters = (uint16_t) strlen(name);
    mine->call.count = 0;
    mine->answer.count = mine->answer.at = 0;
    put(&length, sizeof length);
    put(&mine->thread, sizeof mine->thread);
    put(&letters, sizeof letters);
    put(name, letters);
}

void softcuda_i32(int32_t value) {
    put(&value, sizeof value);
}

void softcuda_i64(uint64_t value) {
    put(&value, sizeof value);
}

void softcuda_f32(float value) {
    put(&value, sizeof value);
}

void softcuda_f64(double value) {
    put(&value, sizeof value);
}

void softcuda_pointer(const void *value) {
    softcuda_i64((uint64_t) (uintptr_t) value);
}

void softcuda_bytes(const void *from, size_t count) {
    softcuda_i64(from ? count : UINT64_MAX);
    if (from) {
        put(from, count);
    }
}

void softcuda_string(const char *text) {
    softcuda_bytes(text, text ? strlen(text) : 0);
}

static void get(void *to, size_t count) {
    struct buffer *answer = &talk()->answer;
    if (answer->at + count > answer->count) {
        memset(to, 0, count);
        answer->at = answer->count;
        return;
    }
    memcpy(to, answer->bytes + answer->at, count);
    answer->at += count;
}

int32_t softcuda_get_i32(void) {
    int32_t value;
    get(&value, sizeof value);
    return value;
}

uint64_t softcuda_get_i64(void) {
    uint64_t value;
    get(&value, sizeof value);
    return value;
}

float softcuda_get_f32(void) {
    float value;
    get(&value, sizeof value);
    return value;
}

double softcuda_get_f64(void) {
    double value;
    get(&value, sizeof value);
    return value;
}

const void *softcuda_get_bytes(size_t *count) {
    struct buffer *answer = &talk()->answer;
    uint64_t there = softcuda_get_i64();
    const void *found = answer->bytes + answer->at;
    *count = there <= answer->count - answer->at ? there : 0;
    answer->at += *count;
    return found;
}

size_t softcuda_copy_bytes(void *to, size_t room) {
    size_t count;
    const void *from = softcuda_get_bytes(&count);
    if (to && count) {
        memcpy(to, from, count < room ? count : room);
    }
    return count;
}

static int write_all(int fd, const unsigned char *from, size_t count) {
    while (count) {
        ssize_t done = write(fd, from, count);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return -1;
        }
        from += done;
        count -= (size_t) done;
    }
    return 0;
}

static int read_all(int fd, unsigned char *to, size_t count) {
    while (count) {
        ssize_t done = read(fd, to, count);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return -1;
        }
        to += done;
        count -= (size_t) done;
    }
    return 0;
}

/* Sends a message and takes its answer; the lock is held. */
static int exchange(struct buffer *call, struct buffer *answer, int *status) {
    uint32_t length = (uint32_t) (call->count - sizeof length);
    memcpy(call->bytes, &length, sizeof length);
    int32_t said;
    if (write_all(server.calls, call->bytes, call->count)
            || read_all(server.answers, (unsigned char *) &length, sizeof length)
            || read_all(server.answers, (unsigned char *) &said, sizeof said)) {
        return -1;
    }
    answer->at = 0;
    answer->count = length - sizeof said;
    need(answer, answer->count);
    *status = said;
    return read_all(server.answers, answer->bytes, answer->count);
}

/* Tells what the program touched while the device used it; the lock is held. */
static void tell_touches(int32_t thread) {
    static struct buffer call, answer;
    struct softcuda_touch touch;
    while (softcuda_take_touch(&touch)) {
        struct {
            uint32_t length;
            int32_t thread;
            uint16_t letters;
            char name[13];
            int32_t write;
            uint64_t range, address;
        } __attribute__((packed)) message = {0, thread, 13, {0}, touch.write, touch.range, touch.address};
        int status;
        memcpy(message.name, "softcudaTouch", 13);
        need(&call, sizeof message);
        call.count = sizeof message;
        memcpy(call.bytes, &message, sizeof message);
        lost |= exchange(&call, &answer, &status) != 0;
    }
}

/* A fork of the program has no device; exec closes the pipes. */
static int usable(void) {
    if (!owner) {
        owner = getpid();
        lost = softcuda_start(&server) != 0;
    }
    return !lost && owner == getpid();
}

int softcuda_send(int not_provided) {
    struct talk *mine = talk();
    int status = SOFTCUDA_LOST;
    if (softcuda_on_host_thread()) {
        fprintf(stderr, "softcuda: a callback may not call the device\n");
        return SOFTCUDA_NOT_PERMITTED;
    }
    do {
        if (status == AGAIN) {
            nanosleep(&(struct timespec) {0, 1000000}, NULL);
        }
        status = SOFTCUDA_LOST;
        pthread_mutex_lock(&mutex);
        if (usable()) {
            tell_touches(mine->thread);
            if (!lost && exchange(&mine->call, &mine->answer, &status)) {
                lost = 1;
                fprintf(stderr, "softcuda: the device's process has ended\n");
            }
            status = lost ? SOFTCUDA_LOST : status;
        }
        pthread_mutex_unlock(&mutex);
    } while (status == AGAIN);
    return status == NOT_PROVIDED ? not_provided : status;
}

/* When the program ends, so does the device; its reports are complete before the program is gone. */
__attribute__((destructor)) static void end(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    if (owner != getpid() || server.process <= 0) {
        return;
    }
    softcuda_stop_callbacks();
    int locked = !pthread_mutex_timedlock(&mutex, &until);
    lost = 1;
    close(server.calls);
    for (int i = 0; waitpid(server.process, NULL, WNOHANG) == 0; i++) {
        if (i == LAST_PATIENCE_MILLIS) {
            fprintf(stderr, "softcuda: the device does not come to an end, and is stopped; its reports are lost\n");
            kill(server.process, SIGKILL);
        }
        nanosleep(&(struct timespec) {0, 1000000}, NULL);
    }
    if (locked) {
        pthread_mutex_unlock(&mutex);
    }
}
