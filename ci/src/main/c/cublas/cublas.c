/* The functions of cuBLAS that need more than a line in cublas.calls. */
#include "softcuda.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 7, NOT_SUPPORTED = 15, ALLOC_FAILED = 3 };
enum { NO_SCALAR = 0, HOST_SCALAR = 1, DEVICE_SCALAR = 2 };
enum { MOST_HANDLES = 1024, CUDART_VERSION = 12060 };

/* Handles whose scalars lie in device memory: only then must their pointers not be followed here. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t device_handles[MOST_HANDLES];
static int count_of_handles;

static int find(uint64_t handle) {
    for (int i = 0; i < count_of_handles; i++) {
        if (device_handles[i] == handle) {
            return i;
        }
    }
    return -1;
}

static int has_device_scalars(uint64_t handle) {
    pthread_mutex_lock(&mutex);
    int found = find(handle) >= 0;
    pthread_mutex_unlock(&mutex);
    return found;
}

static int set_device_scalars(uint64_t handle, int device) {
    int status = SUCCESS;
    pthread_mutex_lock(&mutex);
    int at = find(handle);
    if (!device && at >= 0) {
        device_handles[at] = device_handles[--count_of_handles];
    } else if (device && at < 0 && count_of_handles == MOST_HANDLES) {
        status = ALLOC_FAILED;
    } else if (device && at < 0) {
        device_handles[count_of_handles++] = handle;
    }
    pthread_mutex_unlock(&mutex);
    return status;
}

void library_scalar(uint64_t handle, const void *from, size_t bytes) {
    if (!from) {
        softcuda_i32(NO_SCALAR);
    } else if (has_device_scalars(handle)) {
        softcuda_i32(DEVICE_SCALAR);
        softcuda_pointer(from);
    } else {
        softcuda_i32(HOST_SCALAR);
        softcuda_bytes(from, bytes);
    }
}

/* Bytes of a scalar of a cudaDataType_t or of the type that goes with a cublasComputeType_t; the numbers of the two do not meet. */
size_t library_scalar_bytes(int type) {
    switch (type) {
    case 2: case 14: case 64: case 65:
        return 2;
    case 1: case 70: case 71:
        return 8;
    case 3: case 8:
        return 1;
    default:
        return 4;
    }
}

SOFTCUDA_API int cublasSetPointerMode_v2(uint64_t handle, int32_t mode) {
    softcuda_begin("cublasSetPointerMode_v2");
    softcuda_i64(handle);
    softcuda_i32(mode);
    int status = softcuda_send(NOT_SUPPORTED);
    return status ? status : set_device_scalars(handle, mode);
}

SOFTCUDA_API int cublasDestroy_v2(uint64_t handle) {
    softcuda_begin("cublasDestroy_v2");
    softcuda_i64(handle);
    int status = softcuda_send(NOT_SUPPORTED);
    return status ? status : set_device_scalars(handle, 0);
}

SOFTCUDA_API size_t cublasGetCudartVersion(void) {
    return CUDART_VERSION;
}

static const struct {
    int status;
    const char *name, *text;
} statuses[] = {
    {0, "CUBLAS_STATUS_SUCCESS", "success"},
    {1, "CUBLAS_STATUS_NOT_INITIALIZED", "the library was not initialized"},
    {3, "CUBLAS_STATUS_ALLOC_FAILED", "the resource allocation failed"},
    {7, "CUBLAS_STATUS_INVALID_VALUE", "an unsupported value or parameter was passed to the function"},
    {8, "CUBLAS_STATUS_ARCH_MISMATCH", "the function requires an architectural feature absent from the device"},
    {11, "CUBLAS_STATUS_MAPPING_ERROR", "an access to GPU memory space failed"},
    {13, "CUBLAS_STATUS_EXECUTION_FAILED", "the GPU program failed to execute"},
    {14, "CUBLAS_STATUS_INTERNAL_ERROR", "an internal operation failed"},
    {15, "CUBLAS_STATUS_NOT_SUPPORTED", "the requested functionality is not supported"},
    {16, "CUBLAS_STATUS_LICENSE_ERROR", "an error was detected when checking the license"},
};

SOFTCUDA_API const char *cublasGetStatusName(int32_t status) {
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == status) {
            return statuses[i].name;
        }
    }
    return "unknown status";
}

SOFTCUDA_API const char *cublasGetStatusString(int32_t status) {
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == status) {
            return statuses[i].text;
        }
    }
    return "unknown status";
}

/* A matrix of elements of some bytes, ld elements from column to column; a vector with a step is one of a single row. */
struct matrix {
    int64_t rows, columns, bytes;
    const void *address;
    int64_t ld;
};

static void put(const struct matrix *matrix) {
    softcuda_i64(matrix->rows);
    softcuda_i64(matrix->columns);
    softcuda_i64(matrix->bytes);
    softcuda_pointer(matrix->address);
    softcuda_i64(matrix->ld);
}

/* Packs the columns one after the other, or spreads packed ones; memory that is no element is not touched. */
static void pack(const struct matrix *host, unsigned char *packed, int spread) {
    size_t run = (size_t) (host->rows * host->bytes);
    for (int64_t column = 0; column < host->columns; column++) {
        unsigned char *at = (unsigned char *) (uintptr_t) host->address + column * host->ld * host->bytes;
        if (spread) {
            memcpy(at, packed + (size_t) column * run, run);
        } else {
            memcpy(packed + (size_t) column * run, at, run);
        }
    }
}

static int sound(const struct matrix *matrix) {
    return matrix->rows >= 0 && matrix->columns >= 0 && matrix->bytes > 0 && matrix->ld > 0 && matrix->ld >= matrix->rows
            && (matrix->address || matrix->rows == 0 || matrix->columns == 0);
}

static int set(const char *name, struct matrix host, struct matrix device) {
    if (!sound(&host) || !sound(&device)) {
        return INVALID_VALUE;
    }
    size_t bytes = (size_t) (host.rows * host.columns * host.bytes);
    unsigned char *packed = malloc(bytes + 1);
    if (!packed) {
        return ALLOC_FAILED;
    }
    pack(&host, packed, 0);
    softcuda_begin(name);
    put(&device);
    softcuda_bytes(packed, bytes);
    free(packed);
    return softcuda_send(NOT_SUPPORTED);
}

static int get(const char *name, struct matrix device, struct matrix host) {
    if (!sound(&host) || !sound(&device)) {
        return INVALID_VALUE;
    }
    softcuda_begin(name);
    put(&device);
    int status = softcuda_send(NOT_SUPPORTED);
    size_t count;
    unsigned char *packed = status ? NULL : (unsigned char *) (uintptr_t) softcuda_get_bytes(&count);
    if (packed && count) {
        pack(&host, packed, 1);
    }
    return status;
}

static int later(const char *name, struct matrix device, struct matrix host, uint64_t stream) {
    if (!sound(&host) || !sound(&device)) {
        return INVALID_VALUE;
    }
    softcuda_begin(name);
    put(&device);
    softcuda_pointer(host.address);
    softcuda_i64(host.ld);
    softcuda_i64(stream);
    return softcuda_send(NOT_SUPPORTED);
}

#define MATRIX(address, ld) (struct matrix) {rows, columns, bytes, address, ld}
#define VECTOR(address, step) (struct matrix) {1, n, bytes, address, step}

#define TRANSFERS(suffix, integer) \
    SOFTCUDA_API int cublasSetVector##suffix(integer n, integer bytes, const void *x, integer incx, void *y, integer incy) { \
        return set("cublasSetVector" #suffix, VECTOR(x, incx), VECTOR(y, incy)); \
    } \
    SOFTCUDA_API int cublasGetVector##suffix(integer n, integer bytes, const void *x, integer incx, void *y, integer incy) { \
        return get("cublasGetVector" #suffix, VECTOR(x, incx), VECTOR(y, incy)); \
    } \
    SOFTCUDA_API int cublasSetVectorAsync##suffix(integer n, integer bytes, const void *x, integer incx, void *y, integer incy, \
            uint64_t stream) { \
        return later("cublasSetVectorAsync" #suffix, VECTOR(y, incy), VECTOR(x, incx), stream); \
    } \
    SOFTCUDA_API int cublasGetVectorAsync##suffix(integer n, integer bytes, const void *x, integer incx, void *y, integer incy, \
            uint64_t stream) { \
        return later("cublasGetVectorAsync" #suffix, VECTOR(x, incx), VECTOR(y, incy), stream); \
    } \
    SOFTCUDA_API int cublasSetMatrix##suffix(integer rows, integer columns, integer bytes, const void *a, integer lda, void *b, \
            integer ldb) { \
        return set("cublasSetMatrix" #suffix, MATRIX(a, lda), MATRIX(b, ldb)); \
    } \
    SOFTCUDA_API int cublasGetMatrix##suffix(integer rows, integer columns, integer bytes, const void *a, integer lda, void *b, \
            integer ldb) { \
        return get("cublasGetMatrix" #suffix, MATRIX(a, lda), MATRIX(b, ldb)); \
    } \
    SOFTCUDA_API int cublasSetMatrixAsync##suffix(integer rows, integer columns, integer bytes, const void *a, integer lda, void *b, \
            integer ldb, uint64_t stream) { \
        return later("cublasSetMatrixAsync" #suffix, MATRIX(b, ldb), MATRIX(a, lda), stream); \
    } \
    SOFTCUDA_API int cublasGetMatrixAsync##suffix(integer rows, integer columns, integer bytes, const void *a, integer lda, void *b, \
            integer ldb, uint64_t stream) { \
        return later("cublasGetMatrixAsync" #suffix, MATRIX(a, lda), MATRIX(b, ldb), stream); \
    }

TRANSFERS(, int32_t)
TRANSFERS(_64, int64_t)
