/*
 * The program's side of host memory: the host thread reads and writes it for the device as a GPU does by DMA, calls the program back, and
 * keeps watch over pinned pages while the device uses them.
 */
#define _GNU_SOURCE
#include "softcuda.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

enum { READ = 1, WRITE = 2, CALL = 3, PROTECT = 4, MAP = 5, UNMAP = 6 };
enum { NONE = 0, READ_ONLY = 1, FREE = 2 };
enum { MOST_RANGES = 4096, MOST_MAPS = 4096, MOST_TOUCHES = 64, OK = 0, FAILED = 1 };

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/*
 * Memory that the program and the device share; the second mapping is never protected. Of memory that the program registered there is no
 * other mapping: its pages are opened while the device copies there.
 */
struct map {
    uint64_t address;
    size_t bytes;
    unsigned char *twin;
};

/* A range that the device uses; bytes is 0 where the entry is free. */
struct range {
    uint64_t id, address, bytes;
    int allowed;
};

/*
 * The handler reads these while the host thread may change them, so entries are published by their byte count, written last. Faults come
 * only from protected pages, and those are protected after their range is published.
 */
static struct range ranges[MOST_RANGES];
static int used_ranges;
static struct map maps[MOST_MAPS];
static int used_maps;
static uint64_t page;
static struct sigaction before;
static int watching;
static __thread int host_thread;

static struct {
    struct softcuda_touch touches[MOST_TOUCHES];
    int ready[MOST_TOUCHES];
    int next;
} notes;

static int no_callbacks;

int softcuda_on_host_thread(void) {
    return host_thread;
}

void softcuda_stop_callbacks(void) {
    __atomic_store_n(&no_callbacks, 1, __ATOMIC_RELEASE);
}

int softcuda_take_touch(struct softcuda_touch *touch) {
    for (int i = 0; i < MOST_TOUCHES; i++) {
        if (__atomic_load_n(&notes.ready[i], __ATOMIC_ACQUIRE) == 2) {
            *touch = notes.touches[i];
            __atomic_store_n(&notes.ready[i], 0, __ATOMIC_RELEASE);
            return 1;
        }
    }
    return 0;
}

static void note(const struct range *range, uint64_t address, int write) {
    for (int i = 0; i < MOST_TOUCHES; i++) {
        int nothing = 0;
        if (__atomic_compare_exchange_n(&notes.ready[i], &nothing, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            notes.touches[i] = (struct softcuda_touch) {range->id, address, write};
            __atomic_store_n(&notes.ready[i], 2, __ATOMIC_RELEASE);
            return;
        }
    }
}

static int was_write(const void *context) {
#if defined(__x86_64__)
    return (((const ucontext_t *) context)->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#else
    (void) context;
    return 1;
#endif
}

/* Notes a touch of a page under watch and lets it through; everything else is the program's own handler's, as the JVM's. */
static void on_fault(int number, siginfo_t *info, void *context) {
    uint64_t address = (uint64_t) (uintptr_t) info->si_addr;
    uint64_t start = address / page * page;
    int ours = 0;
    for (int i = 0; i < __atomic_load_n(&used_maps, __ATOMIC_ACQUIRE) && !ours; i++) {
        ours = address - maps[i].address < maps[i].bytes;
    }
    for (int i = 0; i < __atomic_load_n(&used_ranges, __ATOMIC_ACQUIRE) && !ours; i++) {
        ours = address - ranges[i].address < ranges[i].bytes;
    }
    if (ours && info->si_code == SEGV_ACCERR) {
        int saved = errno, write = was_write(context);
        for (int i = 0; i < __atomic_load_n(&used_ranges, __ATOMIC_ACQUIRE); i++) {
            const struct range *range = &ranges[i];
            if (address - range->address < range->bytes && range->allowed != FREE && (write || range->allowed == NONE)) {
                note(range, address, write);
            }
        }
        mprotect((void *) (uintptr_t) start, page, PROT_READ | PROT_WRITE);
        errno = saved;
    } else if (before.sa_flags & SA_SIGINFO) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN) {
        sigaction(number, &before, NULL);
    } else {
        before.sa_handler(number);
    }
}

static void watch(void) {
    struct sigaction ours;
    if (watching) {
        return;
    }
    watching = 1;
    page = (uint64_t) sysconf(_SC_PAGESIZE);
    sigaction(SIGSEGV, NULL, &before);
    memset(&ours, 0, sizeof ours);
    ours.sa_sigaction = on_fault;
    ours.sa_mask = before.sa_mask;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | (before.sa_flags & (SA_NODEFER | SA_RESTART));
    sigaction(SIGSEGV, &ours, NULL);
}

static struct map *find_map(uint64_t address, uint64_t bytes) {
    for (int i = 0; i < used_maps; i++) {
        uint64_t offset = address - maps[i].address;
        if (offset < maps[i].bytes && bytes <= maps[i].bytes - offset) {
            return &maps[i];
        }
    }
    return NULL;
}

/* Pages of the program's at an address of the device's choosing, so that both know them by one number. */
static int map_pages(uint64_t address, uint64_t bytes) {
    watch();
    size_t whole = (bytes + page - 1) / page * page;
    int slot = 0;
    while (slot < used_maps && maps[slot].bytes) {
        slot++;
    }
    int file = memfd_create("softcuda", MFD_CLOEXEC);
    void *at = MAP_FAILED, *twin = MAP_FAILED;
    if (slot < MOST_MAPS && file >= 0 && !ftruncate(file, (off_t) whole)) {
        at = mmap((void *) (uintptr_t) address, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, file, 0);
        twin = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    if (file >= 0) {
        close(file);
    }
    if (at != (void *) (uintptr_t) address || twin == MAP_FAILED) {
        if (at != MAP_FAILED) {
            munmap(at, whole);
        }
        if (twin != MAP_FAILED) {
            munmap(twin, whole);
        }
        return FAILED;
    }
    maps[slot] = (struct map) {address, whole, twin};
    __atomic_store_n(&used_maps, slot == used_maps ? slot + 1 : used_maps, __ATOMIC_RELEASE);
    return OK;
}

static int unmap_pages(uint64_t address) {
    struct map *map = find_map(address, 1);
    if (!map || map->address != address) {
        return FAILED;
    }
    munmap((void *) (uintptr_t) map->address, map->bytes);
    munmap(map->twin, map->bytes);
    map->bytes = 0;
    return OK;
}

/* Gives each page the strictest protection that any range on it asks for. */
static void protect_pages(uint64_t address, uint64_t bytes) {
    for (uint64_t at = address / page * page; at < address + bytes; at += page) {
        int allowed = FREE;
        for (int i = 0; i < used_ranges; i++) {
            if (ranges[i].bytes && ranges[i].address < at + page && at < ranges[i].address + ranges[i].bytes
                    && ranges[i].allowed < allowed) {
                allowed = ranges[i].allowed;
            }
        }
        mprotect((void *) (uintptr_t) at, page, allowed == FREE ? PROT_READ | PROT_WRITE : allowed == READ_ONLY ? PROT_READ : PROT_NONE);
    }
}

/*
 * Starts or ends the watch over a range. Of memory that the program registered whole pages are watched: what shares the first and the last
 * with it is not the device's affair.
 */
static int protect(uint64_t id, uint64_t address, uint64_t bytes, int allowed) {
    watch();
    if (!find_map(address, bytes)) {
        uint64_t start = (address + page - 1) / page * page, end = (address + bytes) / page * page;
        bytes = end > start ? end - start : 0;
        address = start;
    }
    if (!bytes) {
        return OK;
    }
    int slot = 0;
    if (allowed == FREE) {
        while (slot < used_ranges && ranges[slot].id != id) {
            slot++;
        }
        if (slot == used_ranges) {
            return FAILED;
        }
        /* A fault that comes meanwhile finds the range: nobody else knows what to do about it. */
        __atomic_store_n(&ranges[slot].allowed, FREE, __ATOMIC_RELEASE);
        protect_pages(address, bytes);
        ranges[slot].id = 0;
        __atomic_store_n(&ranges[slot].bytes, 0, __ATOMIC_RELEASE);
        return OK;
    } else {
        while (slot < used_ranges && ranges[slot].bytes) {
            slot++;
        }
        if (slot == MOST_RANGES) {
            return FAILED;
        }
        ranges[slot] = (struct range) {id, address, 0, allowed};
        __atomic_store_n(&ranges[slot].bytes, bytes, __ATOMIC_RELEASE);
        __atomic_store_n(&used_ranges, slot == used_ranges ? slot + 1 : used_ranges, __ATOMIC_RELEASE);
    }
    protect_pages(address, bytes);
    return OK;
}

static void open_pages(uint64_t address, uint64_t bytes) {
    uint64_t start = address / page * page;
    mprotect((void *) (uintptr_t) start, address + bytes - start, PROT_READ | PROT_WRITE);
}

static int is_watched(uint64_t address, uint64_t bytes) {
    for (int i = 0; i < used_ranges; i++) {
        if (ranges[i].bytes && ranges[i].address < address + bytes && address < ranges[i].address + ranges[i].bytes) {
            return 1;
        }
    }
    return 0;
}

static int transfer(uint64_t address, void *here, size_t bytes, int write) {
    for (size_t done = 0; done < bytes;) {
        struct iovec local = {(char *) here + done, bytes - done};
        struct iovec remote = {(void *) (uintptr_t) (address + done), bytes - done};
        ssize_t count = write ? process_vm_writev(getpid(), &local, 1, &remote, 1, 0)
                : process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
        if (count <= 0 && (errno == ENOSYS || errno == EPERM)) {
            /* A container that forbids the call: then as everybody else copies. */
            memcpy(write ? remote.iov_base : local.iov_base, write ? local.iov_base : remote.iov_base, local.iov_len);
            return OK;
        }
        if (count <= 0) {
            return FAILED;
        }
        done += (size_t) count;
    }
    return OK;
}

/* Copies between here and the program's memory; an address where nothing is, is an answer and not the program's end. */
static int copy(uint64_t address, void *here, size_t bytes, int write) {
    struct map *map = find_map(address, bytes);
    if (map) {
        unsigned char *there = map->twin + (address - map->address);
        memcpy(write ? there : here, write ? here : there, bytes);
        return OK;
    }
    int watched = is_watched(address, bytes);
    if (watched) {
        open_pages(address, bytes);
    }
    int failed = transfer(address, here, bytes, write);
    if (watched) {
        protect_pages(address, bytes);
    }
    return failed;
}

static int take(int fd, void *to, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t now = read(fd, (char *) to + done, count - done);
        if (now <= 0 && !(now < 0 && errno == EINTR)) {
            return -1;
        }
        done += now > 0 ? (size_t) now : 0;
    }
    return 0;
}

static int give(int fd, const void *from, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t now = write(fd, (const char *) from + done, count - done);
        if (now < 0 && errno != EINTR) {
            return -1;
        }
        done += now > 0 ? (size_t) now : 0;
    }
    return 0;
}

static uint64_t word(const unsigned char *from) {
    uint64_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

static void call_back(const unsigned char *arguments, size_t count) {
    uint64_t a[5] = {0};
    memcpy(a, arguments, count < sizeof a ? count : sizeof a);
    if (__atomic_load_n(&no_callbacks, __ATOMIC_ACQUIRE)) {
        return;
    }
    void (*function)(uint64_t, uint64_t, uint64_t, uint64_t) = (void (*)(uint64_t, uint64_t, uint64_t, uint64_t)) (uintptr_t) a[0];
    function(a[1], a[2], a[3], a[4]);
}

/* Every command is u32 length, u8 command, arguments; every answer u32 length, u8 whether it failed, bytes. */
void softcuda_host_serve(int commands, int answers) {
    unsigned char *in = NULL, *out = NULL;
    size_t in_room = 0, out_room = 0;
    uint32_t length;
    host_thread = 1;
    while (!take(commands, &length, sizeof length)) {
        if (length + 32 > in_room) {
            in_room = length + 32;
            free(in);
            in = calloc(1, in_room);
        }
        if (!in || take(commands, in, length)) {
            break;
        }
        const unsigned char *a = in + 1;
        uint32_t count = in[0] == READ ? (uint32_t) word(a + 8) : 0;
        if (count + 8 > out_room) {
            out_room = count + 8;
            free(out);
            out = malloc(out_room);
        }
        if (!out) {
            break;
        }
        int failed = OK;
        switch (in[0]) {
            case READ: failed = copy(word(a), out + 5, count, 0); break;
            case WRITE: failed = copy(word(a), in + 9, length - 9, 1); break;
            case CALL: call_back(a, length - 1); break;
            case PROTECT: failed = protect(word(a), word(a + 8), word(a + 16), a[24]); break;
            case MAP: failed = map_pages(word(a), word(a + 8)); break;
            case UNMAP: failed = unmap_pages(word(a)); break;
            default: failed = FAILED;
        }
        count = failed ? 1 : count + 1;
        memcpy(out, &count, sizeof count);
        out[4] = (unsigned char) failed;
        if (give(answers, out, count + 4)) {
            break;
        }
    }
    free(in);
    free(out);
    close(commands);
    close(answers);
}
