/* Functions of the driver API that hand out several values, or ask several times. */
#include "softcuda.h"

#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, NOT_SUPPORTED = 801 };
enum { ATTRIBUTE_MULTIPROCESSORS = 16, FUNCTION_MAX_THREADS = 0, WARP = 32 };

int cuCtxGetDevice(int32_t *device);
int cuDeviceGetAttribute(int32_t *value, int32_t attribute, int32_t device);
int cuFuncGetAttribute(int32_t *value, int32_t attribute, uint64_t function);
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int32_t *blocks, uint64_t function, int32_t threads, uint64_t shared);

/*
 * Lists of one or two columns: how many there are where no place for them is given, else as many as there is room for. A place beyond the
 * last is filled with null.
 */
static int list(const char *name, uint64_t handle, uint64_t *first, uint64_t *second, int columns, size_t *count) {
    uint64_t *to[] = {first, second};
    if (!count) {
        return INVALID_VALUE;
    }
    softcuda_begin(name);
    softcuda_i64(handle);
    int status = softcuda_send(NOT_SUPPORTED);
    if (status) {
        return status;
    }
    size_t room = *count, there = 0;
    for (int column = 0; column < columns; column++) {
        size_t bytes;
        const unsigned char *from = softcuda_get_bytes(&bytes);
        there = bytes / sizeof **to;
        for (size_t i = 0; to[column] && i < room; i++) {
            to[column][i] = 0;
            if (i < there) {
                memcpy(&to[column][i], from + i * sizeof **to, sizeof **to);
            }
        }
    }
    *count = first && room < there ? room : there;
    return SUCCESS;
}

SOFTCUDA_API int cuGraphGetNodes(uint64_t graph, uint64_t *nodes, size_t *count) {
    return list("cuGraphGetNodes", graph, nodes, NULL, 1, count);
}

SOFTCUDA_API int cuGraphGetRootNodes(uint64_t graph, uint64_t *nodes, size_t *count) {
    return list("cuGraphGetRootNodes", graph, nodes, NULL, 1, count);
}

SOFTCUDA_API int cuGraphGetEdges(uint64_t graph, uint64_t *from, uint64_t *to, size_t *count) {
    return !from != !to ? INVALID_VALUE : list("cuGraphGetEdges", graph, from, to, 2, count);
}

SOFTCUDA_API int cuGraphNodeGetDependencies(uint64_t node, uint64_t *nodes, size_t *count) {
    return list("cuGraphNodeGetDependencies", node, nodes, NULL, 1, count);
}

SOFTCUDA_API int cuGraphNodeGetDependentNodes(uint64_t node, uint64_t *nodes, size_t *count) {
    return list("cuGraphNodeGetDependentNodes", node, nodes, NULL, 1, count);
}

static int change_edges(const char *name, uint64_t graph, const uint64_t *from, const uint64_t *to, size_t count) {
    if (count && (!from || !to)) {
        return INVALID_VALUE;
    }
    softcuda_begin(name);
    softcuda_i64(graph);
    softcuda_bytes(from ? (const void *) from : "", count * sizeof *from);
    softcuda_bytes(to ? (const void *) to : "", count * sizeof *to);
    return softcuda_send(NOT_SUPPORTED);
}

SOFTCUDA_API int cuGraphAddDependencies(uint64_t graph, const uint64_t *from, const uint64_t *to, size_t count) {
    return change_edges("cuGraphAddDependencies", graph, from, to, count);
}

SOFTCUDA_API int cuGraphRemoveDependencies(uint64_t graph, const uint64_t *from, const uint64_t *to, size_t count) {
    return change_edges("cuGraphRemoveDependencies", graph, from, to, count);
}

SOFTCUDA_API int cuThreadExchangeStreamCaptureMode(int32_t *mode) {
    if (!mode) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuThreadExchangeStreamCaptureMode");
    softcuda_i32(*mode);
    int status = softcuda_send(NOT_SUPPORTED);
    *mode = status ? *mode : softcuda_get_i32();
    return status;
}

/* How large the value is depends on the attribute: the answer knows. */
SOFTCUDA_API int cuPointerGetAttribute(void *data, int attribute, uint64_t pointer) {
    if (!data) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuPointerGetAttribute");
    softcuda_i32(attribute);
    softcuda_i64(pointer);
    int status = softcuda_send(NOT_SUPPORTED);
    if (!status) {
        softcuda_copy_bytes(data, SIZE_MAX);
    }
    return status;
}

/* Unlike the call for one, it answers zeros for an address that it does not know. */
SOFTCUDA_API int cuPointerGetAttributes(unsigned count, const int *attributes, void **data, uint64_t pointer) {
    if (!count || !attributes || !data) {
        return INVALID_VALUE;
    }
    for (unsigned i = 0; i < count; i++) {
        softcuda_begin("softcudaPointerAttribute");
        softcuda_i32(attributes[i]);
        softcuda_i64(pointer);
        int status = softcuda_send(NOT_SUPPORTED);
        if (status) {
            return status;
        }
        softcuda_copy_bytes(data[i], SIZE_MAX);
    }
    return SUCCESS;
}

SOFTCUDA_API int cuMemRangeGetAttribute(void *data, size_t room, int attribute, uint64_t address, size_t bytes) {
    if (!data) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuMemRangeGetAttribute");
    softcuda_i64(room);
    softcuda_i32(attribute);
    softcuda_i64(address);
    softcuda_i64(bytes);
    int status = softcuda_send(NOT_SUPPORTED);
    if (!status) {
        softcuda_copy_bytes(data, room);
    }
    return status;
}

SOFTCUDA_API int cuMemRangeGetAttributes(void **data, const size_t *rooms, const int *attributes, size_t count, uint64_t address,
        size_t bytes) {
    int status = !data || !rooms || !attributes || !count ? INVALID_VALUE : SUCCESS;
    for (size_t i = 0; i < count && !status; i++) {
        status = cuMemRangeGetAttribute(data[i], rooms[i], attributes[i], address, bytes);
    }
    return status;
}

typedef size_t shared_of(int threads);

/* The block size with the most threads on a multiprocessor, the largest of those. */
SOFTCUDA_API int cuOccupancyMaxPotentialBlockSizeWithFlags(int32_t *least_grid, int32_t *best, uint64_t function, shared_of *shared_for,
        size_t shared, int limit, unsigned flags) {
    int32_t device, processors, most, most_threads = 0, blocks_then = 0;
    int status = !least_grid || !best || (flags & ~1u) ? INVALID_VALUE : cuCtxGetDevice(&device);
    status = status ? status : cuDeviceGetAttribute(&processors, ATTRIBUTE_MULTIPROCESSORS, device);
    status = status ? status : cuFuncGetAttribute(&most, FUNCTION_MAX_THREADS, function);
    if (status) {
        return status;
    }
    most = limit > 0 && limit < most ? limit : most;
    for (int threads = most; threads > 0; threads = (threads - 1) / WARP * WARP) {
        int32_t blocks;
        status = cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, threads, shared_for ? shared_for(threads) : shared);
        if (status) {
            return status;
        }
        if (blocks * threads > most_threads) {
            most_threads = blocks * threads;
            blocks_then = blocks;
            *best = threads;
        }
    }
    *least_grid = blocks_then * processors;
    return most_threads ? SUCCESS : INVALID_VALUE;
}

SOFTCUDA_API int cuOccupancyMaxPotentialBlockSize(int32_t *least_grid, int32_t *best, uint64_t function, shared_of *shared_for,
        size_t shared, int limit) {
    return cuOccupancyMaxPotentialBlockSizeWithFlags(least_grid, best, function, shared_for, shared, limit, 0);
}
