/* The functions of the driver API that need more than a line: texts, module images, launches, lists. */
#include "softcuda.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_SUPPORTED = 801 };
enum { JIT_INFO_LOG = 3, JIT_INFO_LOG_BYTES = 4, JIT_ERROR_LOG = 5, JIT_ERROR_LOG_BYTES = 6 };

/* CUDA_KERNEL_NODE_PARAMS_v2. */
struct kernel_node {
    uint64_t function;
    uint32_t grid[3], block[3], shared;
    void **parameters;
    void **extra;
    uint64_t kernel, context;
};

/* Where the parameters of a function lie, asked for once: handles are never given out twice. */
struct kernel {
    struct kernel *next;
    uint64_t function;
    uint32_t count, bytes;
    struct {
        uint32_t offset, bytes;
    } parameters[];
};

enum { KERNELS = 1024 };

static struct kernel *kernels[KERNELS];
static pthread_mutex_t kernels_mutex = PTHREAD_MUTEX_INITIALIZER;

static int text_of_device(const char *name, char *text, int room, int device) {
    size_t count;
    if (!text || room <= 0) {
        return INVALID_VALUE;
    }
    softcuda_begin(name);
    softcuda_i32(device);
    int status = softcuda_send(NOT_SUPPORTED);
    if (status == SUCCESS) {
        const char *found = softcuda_get_bytes(&count);
        snprintf(text, (size_t) room, "%.*s", (int) count, found);
    }
    return status;
}

SOFTCUDA_API int cuDeviceGetName(char *name, int room, int device) {
    return text_of_device("cuDeviceGetName", name, room, device);
}

SOFTCUDA_API int cuDeviceGetPCIBusId(char *id, int room, int device) {
    return text_of_device("cuDeviceGetPCIBusId", id, room, device);
}

/* Copies a log to where the options say, and tells how much was written there. */
static void hand_out_log(const int *options, void **values, unsigned count, int buffer, int bytes) {
    size_t length;
    const char *log = softcuda_get_bytes(&length);
    char *to = NULL;
    for (unsigned i = 0; i < count; i++) {
        to = options[i] == buffer ? values[i] : to;
    }
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == bytes) {
            size_t room = (uint32_t) (uintptr_t) values[i];
            size_t part = length < room ? length : room;
            if (to && room) {
                memcpy(to, log, part);
                to[part == room ? room - 1 : part] = 0;
            }
            values[i] = (void *) (uintptr_t) (to ? part : 0);
        }
    }
}

void softcuda_hand_out_logs(const int *options, void **values, unsigned count) {
    hand_out_log(options, values, count, JIT_INFO_LOG, JIT_INFO_LOG_BYTES);
    hand_out_log(options, values, count, JIT_ERROR_LOG, JIT_ERROR_LOG_BYTES);
}

static int load(const char *name, uint64_t *module, const void *image, unsigned count, const int *options, void **values) {
    static const unsigned char binaries[][4] = {{0x7f, 'E', 'L', 'F'}, {0x50, 0xed, 0x55, 0xba}, {0xb1, 0x43, 0x62, 0x46}};
    if (!module || !image || (count && (!options || !values))) {
        return INVALID_VALUE;
    }
    size_t length = 0;
    for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++) {
        length = memcmp(image, binaries[i], 4) ? length : 4;
    }
    softcuda_begin(name);
    softcuda_bytes(image, length ? length : strlen(image));
    softcuda_bytes(options ? (const void *) options : "", count * sizeof *options);
    softcuda_bytes(values ? (const void *) values : "", count * sizeof *values);
    int status = softcuda_send(NOT_SUPPORTED);
    uint64_t made = softcuda_get_i64();
    softcuda_hand_out_logs(options, values, count);
    if (status == SUCCESS) {
        *module = made;
    }
    return status;
}

SOFTCUDA_API int cuModuleLoadData(uint64_t *module, const void *image) {
    return load("cuModuleLoadData", module, image, 0, NULL, NULL);
}

SOFTCUDA_API int cuModuleLoadDataEx(uint64_t *module, const void *image, unsigned count, const int *options, void **values) {
    return load("cuModuleLoadDataEx", module, image, count, options, values);
}

SOFTCUDA_API int cuModuleLoadFatBinary(uint64_t *module, const void *image) {
    return load("cuModuleLoadFatBinary", module, image, 0, NULL, NULL);
}

static int find_kernel(uint64_t function, const struct kernel **found) {
    struct kernel **place = &kernels[function % KERNELS];
    pthread_mutex_lock(&kernels_mutex);
    struct kernel *kernel = *place;
    while (kernel && kernel->function != function) {
        kernel = kernel->next;
    }
    int status = SUCCESS;
    if (!kernel) {
        softcuda_begin("softcudaParameters");
        softcuda_i64(function);
        status = softcuda_send(NOT_SUPPORTED);
        uint32_t bytes = (uint32_t) softcuda_get_i32();
        uint32_t count = (uint32_t) softcuda_get_i32();
        kernel = status ? NULL : malloc(sizeof *kernel + count * sizeof *kernel->parameters);
        if (kernel) {
            kernel->function = function;
            kernel->bytes = bytes;
            kernel->count = count;
            for (uint32_t i = 0; i < count; i++) {
                kernel->parameters[i].offset = (uint32_t) softcuda_get_i32();
                kernel->parameters[i].bytes = (uint32_t) softcuda_get_i32();
            }
            kernel->next = *place;
            *place = kernel;
        } else if (!status) {
            status = OUT_OF_MEMORY;
        }
    }
    pthread_mutex_unlock(&kernels_mutex);
    *found = kernel;
    return status;
}

/* The arguments in one block as the kernel reads them; *arguments is to be freed. */
static int gather(uint64_t function, void **parameters, void **extra, unsigned char **arguments, size_t *bytes) {
    const struct kernel *kernel;
    int status = find_kernel(function, &kernel);
    *arguments = NULL;
    *bytes = 0;
    if (status) {
        return status;
    }
    const void *block = NULL;
    const size_t *said = NULL;
    for (int i = 0; extra && extra[i]; i += 2) {
        if ((uintptr_t) extra[i] == 1) {
            block = extra[i + 1];
        } else if ((uintptr_t) extra[i] == 2) {
            said = extra[i + 1];
        } else {
            return INVALID_VALUE;
        }
    }
    if ((kernel->count && !parameters && !block) || (block && (parameters || !said))) {
        return INVALID_VALUE;
    }
    *bytes = block ? *said : kernel->bytes;
    *arguments = calloc(1, *bytes + 1);
    if (!*arguments) {
        return OUT_OF_MEMORY;
    }
    if (block) {
        memcpy(*arguments, block, *bytes);
        return SUCCESS;
    }
    for (uint32_t i = 0; i < kernel->count; i++) {
        if (!parameters[i]) {
            free(*arguments);
            *arguments = NULL;
            return INVALID_VALUE;
        }
        memcpy(*arguments + kernel->parameters[i].offset, parameters[i], kernel->parameters[i].bytes);
    }
    return SUCCESS;
}

/* What a launch and a kernel node have in common: function, grid, block, shared memory, arguments. */
static void put_launch(const struct kernel_node *what, const unsigned char *arguments, size_t bytes) {
    softcuda_i64(what->function);
    for (int i = 0; i < 3; i++) {
        softcuda_i32((int32_t) what->grid[i]);
    }
    for (int i = 0; i < 3; i++) {
        softcuda_i32((int32_t) what->block[i]);
    }
    softcuda_i32((int32_t) what->shared);
    softcuda_bytes(arguments, bytes);
}

static int launch(const char *name, const struct kernel_node *what, uint64_t stream) {
    unsigned char *arguments;
    size_t bytes;
    int status = gather(what->function, what->parameters, what->extra, &arguments, &bytes);
    if (!status) {
        softcuda_begin(name);
        put_launch(what, arguments, bytes);
        softcuda_i64(stream);
        status = softcuda_send(NOT_SUPPORTED);
    }
    free(arguments);
    return status;
}

SOFTCUDA_API int cuLaunchKernel(uint64_t function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
        unsigned shared, uint64_t stream, void **parameters, void **extra) {
    struct kernel_node what = {function, {gx, gy, gz}, {bx, by, bz}, shared, parameters, extra, 0, 0};
    return launch("cuLaunchKernel", &what, stream);
}

SOFTCUDA_API int cuLaunchCooperativeKernel(uint64_t function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
        unsigned bz, unsigned shared, uint64_t stream, void **parameters) {
    struct kernel_node what = {function, {gx, gy, gz}, {bx, by, bz}, shared, parameters, NULL, 0, 0};
    return launch("cuLaunchCooperativeKernel", &what, stream);
}

SOFTCUDA_API int cuGraphAddKernelNode_v2(uint64_t *node, uint64_t graph, const uint64_t *after, size_t count,
        const struct kernel_node *what) {
    unsigned char *arguments;
    size_t bytes;
    if (!node || !what || (count && !after)) {
        return INVALID_VALUE;
    }
    int status = gather(what->function, what->parameters, what->extra, &arguments, &bytes);
    if (!status) {
        softcuda_begin("cuGraphAddKernelNode_v2");
        softcuda_i64(graph);
        softcuda_bytes(after ? (const void *) after : "", count * sizeof *after);
        put_launch(what, arguments, bytes);
        status = softcuda_send(NOT_SUPPORTED);
        *node = status ? *node : softcuda_get_i64();
    }
    free(arguments);
    return status;
}

static int set_kernel_node(const char *name, const uint64_t *exec, uint64_t node, const struct kernel_node *what) {
    unsigned char *arguments;
    size_t bytes;
    if (!what) {
        return INVALID_VALUE;
    }
    int status = gather(what->function, what->parameters, what->extra, &arguments, &bytes);
    if (!status) {
        softcuda_begin(name);
        if (exec) {
            softcuda_i64(*exec);
        }
        softcuda_i64(node);
        put_launch(what, arguments, bytes);
        status = softcuda_send(NOT_SUPPORTED);
    }
    free(arguments);
    return status;
}

SOFTCUDA_API int cuGraphKernelNodeSetParams_v2(uint64_t node, const struct kernel_node *what) {
    return set_kernel_node("cuGraphKernelNodeSetParams_v2", NULL, node, what);
}

SOFTCUDA_API int cuGraphExecKernelNodeSetParams_v2(uint64_t exec, uint64_t node, const struct kernel_node *what) {
    return set_kernel_node("cuGraphExecKernelNodeSetParams_v2", &exec, node, what);
}

/* The arguments that are handed out stay valid until the program ends: nothing says when it is done with them. */
SOFTCUDA_API int cuGraphKernelNodeGetParams_v2(uint64_t node, struct kernel_node *what) {
    const struct kernel *kernel;
    size_t bytes;
    if (!what) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuGraphKernelNodeGetParams_v2");
    softcuda_i64(node);
    int status = softcuda_send(NOT_SUPPORTED);
    if (status) {
        return status;
    }
    memset(what, 0, sizeof *what);
    what->function = softcuda_get_i64();
    for (int i = 0; i < 3; i++) {
        what->grid[i] = (uint32_t) softcuda_get_i32();
    }
    for (int i = 0; i < 3; i++) {
        what->block[i] = (uint32_t) softcuda_get_i32();
    }
    what->shared = (uint32_t) softcuda_get_i32();
    const void *arguments = softcuda_get_bytes(&bytes);
    unsigned char *kept = malloc(bytes + 1);
    if (!kept) {
        return OUT_OF_MEMORY;
    }
    memcpy(kept, arguments, bytes);
    status = find_kernel(what->function, &kernel);
    if (status) {
        free(kept);
        return status;
    }
    what->parameters = calloc(kernel->count + 1, sizeof *what->parameters);
    for (uint32_t i = 0; what->parameters && i < kernel->count; i++) {
        what->parameters[i] = kept + kernel->parameters[i].offset;
    }
    return SUCCESS;
}
