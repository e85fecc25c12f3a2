/* The functions of cuDNN that need more than a line in cudnn.calls. */
#include "softcuda.h"

#include <stdio.h>
#include <string.h>

enum { NOT_SUPPORTED = 3000, NO_SCALAR = 0, HOST_SCALAR = 1, NULL_POINTER = 2002 };
/* 9.24.0; the device's side answers cudnnGetProperty with the same. */
enum { VERSION = 92400, CUDART_VERSION = 12060, MOST_CAPABLE_DEVICE = 1200 };
/* cudnnBackendAttributeType_t, as far as its elements are not of 4 bytes. */
enum { HANDLE = 0, BOOLEAN = 2, INT64 = 3, DOUBLE = 5, VOID_POINTER = 6, DESCRIPTOR = 15, CHAR = 24, FRACTION = 26 };

/* cuDNN's scalars always lie in the program's memory; they are floats, since the device provides no tensors of doubles. */
void library_scalar(uint64_t handle, const void *from, size_t bytes) {
    (void) handle;
    softcuda_i32(from ? HOST_SCALAR : NO_SCALAR);
    if (from) {
        softcuda_bytes(from, bytes);
    }
}

size_t library_scalar_bytes(int type) {
    (void) type;
    return sizeof(float);
}

static size_t element_bytes(int type) {
    switch (type) {
    case HANDLE: case INT64: case DOUBLE: case VOID_POINTER: case DESCRIPTOR:
        return 8;
    case BOOLEAN: case CHAR:
        return 1;
    case FRACTION:
        return 16;
    default:
        return 4;
    }
}

SOFTCUDA_API int cudnnBackendSetAttribute(uint64_t descriptor, int32_t name, int32_t type, int64_t count, const void *elements) {
    softcuda_begin("cudnnBackendSetAttribute");
    softcuda_i64(descriptor);
    softcuda_i32(name);
    softcuda_i32(type);
    softcuda_i64((uint64_t) count);
    softcuda_bytes(elements, count > 0 ? (size_t) count * element_bytes(type) : 0);
    return softcuda_send(NOT_SUPPORTED);
}

/* Descriptors that the caller created go there by their handles, and are filled there. */
SOFTCUDA_API int cudnnBackendGetAttribute(uint64_t descriptor, int32_t name, int32_t type, int64_t room, int64_t *count, void *elements) {
    softcuda_begin("cudnnBackendGetAttribute");
    softcuda_i64(descriptor);
    softcuda_i32(name);
    softcuda_i32(type);
    softcuda_i64((uint64_t) room);
    softcuda_pointer(count);
    softcuda_bytes(elements, type == DESCRIPTOR && room > 0 ? (size_t) room * sizeof(uint64_t) : 0);
    int status = softcuda_send(NOT_SUPPORTED);
    if (status == 0) {
        int64_t given = (int64_t) softcuda_get_i64();
        size_t bytes;
        const void *found = softcuda_get_bytes(&bytes);
        if (count) {
            *count = given;
        }
        if (elements && bytes) {
            memcpy(elements, found, bytes);
        }
    }
    return status;
}

SOFTCUDA_API void cudnnGetLastErrorString(char *message, size_t room) {
    softcuda_begin("cudnnGetLastErrorString");
    if (softcuda_send(NOT_SUPPORTED) == 0 && message && room) {
        size_t bytes;
        const char *text = softcuda_get_bytes(&bytes);
        snprintf(message, room, "%s", bytes ? text : "");
    }
}

SOFTCUDA_API size_t cudnnGetVersion(void) {
    return VERSION;
}

SOFTCUDA_API size_t cudnnGetMaxDeviceVersion(void) {
    return MOST_CAPABLE_DEVICE;
}

SOFTCUDA_API size_t cudnnGetCudartVersion(void) {
    return CUDART_VERSION;
}

SOFTCUDA_API int cudnnOpsVersionCheck(void) {
    return 0;
}

SOFTCUDA_API int cudnnCnnVersionCheck(void) {
    return 0;
}

SOFTCUDA_API int cudnnAdvVersionCheck(void) {
    return 0;
}

SOFTCUDA_API int cudnnGraphVersionCheck(void) {
    return 0;
}

/* Errors of persistent batch norms, which the device never has. */
SOFTCUDA_API int cudnnQueryRuntimeError(uint64_t handle, int32_t *status, int32_t mode, void *tag) {
    (void) handle;
    (void) mode;
    (void) tag;
    if (!status) {
        return NULL_POINTER;
    }
    *status = 0;
    return 0;
}

static const struct {
    int status;
    const char *name;
} statuses[] = {
    {0, "CUDNN_STATUS_SUCCESS"},
    {1001, "CUDNN_STATUS_NOT_INITIALIZED"},
    {1002, "CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH"},
    {1003, "CUDNN_STATUS_SERIALIZATION_VERSION_MISMATCH"},
    {1004, "CUDNN_STATUS_DEPRECATED"},
    {1005, "CUDNN_STATUS_LICENSE_ERROR"},
    {1006, "CUDNN_STATUS_RUNTIME_IN_PROGRESS"},
    {1007, "CUDNN_STATUS_RUNTIME_FP_OVERFLOW"},
    {1008, "CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED"},
    {2000, "CUDNN_STATUS_BAD_PARAM"},
    {2002, "CUDNN_STATUS_BAD_PARAM_NULL_POINTER"},
    {2003, "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER"},
    {2004, "CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED"},
    {2005, "CUDNN_STATUS_BAD_PARAM_OUT_OF_BOUND"},
    {2006, "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT"},
    {2007, "CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH"},
    {2008, "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH"},
    {2009, "CUDNN_STATUS_BAD_PARAM_DUPLICATED_ENTRIES"},
    {2010, "CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE"},
    {2011, "CUDNN_STATUS_BAD_PARAM_CUDA_GRAPH_MISMATCH"},
    {3000, "CUDNN_STATUS_NOT_SUPPORTED"},
    {3001, "CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN"},
    {3002, "CUDNN_STATUS_NOT_SUPPORTED_SHAPE"},
    {3003, "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE"},
    {3004, "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT"},
    {3007, "CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH"},
    {4000, "CUDNN_STATUS_INTERNAL_ERROR"},
    {5000, "CUDNN_STATUS_EXECUTION_FAILED"},
    {5001, "CUDNN_STATUS_EXECUTION_FAILED_CUDA_DRIVER"},
};

SOFTCUDA_API const char *cudnnGetErrorString(int32_t status) {
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == status) {
            return statuses[i].name;
        }
    }
    return "CUDNN_UNKNOWN_STATUS";
}
