/*
 * JCuda's binding of the runtime API, by the software driver: libJCudaRuntime. The real one holds a copy of the CUDA runtime that talks to
 * the driver through tables of its own. Java looks a native function up by its name, and its error names the one that is not here.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <jni.h>
#include <stdint.h>
#include <stddef.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_DIRECTION = 21, NOT_SUPPORTED = 801 };

#define UNUSED __attribute__((unused))
#define NATIVE(type, name, ...) \
    JNIEXPORT type JNICALL Java_jcuda_runtime_JCuda_##name##Native(UNUSED JNIEnv *env, UNUSED jclass self, ##__VA_ARGS__)

/*
 * Makes a context current to the thread if none is that can be used: that of the device which cudaSetDevice named. Every function that
 * needs a context starts so.
 */
int enter(void);
/* What a function answers; an error is kept for cudaGetLastError. */
int finish(int status);
/* The primary context of a device, which lives from now on. */
int primary_context(int device, uint64_t *context);
JavaVM *machine(void);

/* Memory that a Java Pointer means. What lies in a Java array is copied: the garbage collector may move that while the driver works. */
struct place {
    uint64_t address;
    unsigned char *copy;
    jarray array;
    jlong offset;
    size_t bytes;
};

/* Finds it; not 0 after an exception was raised. Bytes that lie in an array are read into the copy. */
int find_place(JNIEnv *env, jobject pointer, size_t bytes, struct place *place);
/* Is over with it; what the driver wrote to a copy goes to the array. */
void leave_place(JNIEnv *env, struct place *place, int written);
/* The handle or device address that an object holds; 0 for null. */
uint64_t value_of(JNIEnv *env, jobject object);
uint64_t address_of(JNIEnv *env, jobject pointer);
/* Fills an object in; raises NullPointerException where there is none. */
void set_value(JNIEnv *env, jobject object, uint64_t value);
void set_address(JNIEnv *env, jobject pointer, uint64_t value);
void set_buffer(JNIEnv *env, jobject pointer, uint64_t address, jlong bytes);
void set_int(JNIEnv *env, jintArray array, int value);
void set_long(JNIEnv *env, jlongArray array, uint64_t value);
int find_fields(JNIEnv *env);
void raise(JNIEnv *env, const char *type, const char *message);

/* The driver's, as far as it is used here. */
int cuInit(unsigned flags);
int cuDriverGetVersion(int *version);
int cuGetErrorString(int status, const char **text);
int cuDeviceGetCount(int *count);
int cuDeviceGetName(char *name, int room, int device);
int cuDeviceGetUuid(void *uuid, int device);
int cuDeviceTotalMem_v2(size_t *bytes, int device);
int cuDeviceGetAttribute(int *value, int attribute, int device);
int cuDeviceGetP2PAttribute(int *value, int attribute, int from, int to);
int cuDeviceGetPCIBusId(char *id, int room, int device);
int cuDeviceGetByPCIBusId(int *device, const char *id);
int cuDeviceCanAccessPeer(int *can, int device, int peer);
int cuDevicePrimaryCtxRetain(uint64_t *context, int device);
int cuDevicePrimaryCtxReset_v2(int device);
int cuDevicePrimaryCtxSetFlags_v2(int device, unsigned flags);
int cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active);
int cuCtxGetCurrent(uint64_t *context);
int cuCtxSetCurrent(uint64_t context);
int cuCtxGetDevice(int *device);
int cuCtxSynchronize(void);
int cuCtxGetLimit(size_t *value, int limit);
int cuCtxSetLimit(int limit, size_t value);
int cuCtxGetCacheConfig(int *value);
int cuCtxSetCacheConfig(int value);
int cuCtxGetSharedMemConfig(int *value);
int cuCtxSetSharedMemConfig(int value);
int cuCtxGetStreamPriorityRange(int *least, int *greatest);
int cuCtxEnablePeerAccess(uint64_t context, unsigned flags);
int cuCtxDisablePeerAccess(uint64_t context);
int cuProfilerStart(void);
int cuProfilerStop(void);
int cuMemGetInfo_v2(size_t *unused, size_t *total);
int cuMemAlloc_v2(uint64_t *address, size_t bytes);
int cuMemAllocPitch_v2(uint64_t *address, size_t *pitch, size_t width, size_t height, unsigned element);
int cuMemAllocManaged(uint64_t *address, size_t bytes, unsigned flags);
int cuMemFree_v2(uint64_t address);
int cuMemHostAlloc(uint64_t *address, size_t bytes, unsigned flags);
int cuMemFreeHost(uint64_t address);
int cuMemHostRegister_v2(uint64_t address, size_t bytes, unsigned flags);
int cuMemHostUnregister(uint64_t address);
int cuMemHostGetDevicePointer_v2(uint64_t *device, uint64_t host, unsigned flags);
int cuPointerGetAttributes(unsigned count, const int *attributes, void **data, uint64_t pointer);
int cuMemAdvise(uint64_t address, size_t bytes, int advice, int device);
int cuMemPrefetchAsync(uint64_t address, size_t bytes, int device, uint64_t stream);
int cuMemcpy(uint64_t to, uint64_t from, size_t bytes);
int cuMemcpyAsync(uint64_t to, uint64_t from, size_t bytes, uint64_t stream);
int cuMemcpyHtoD_v2(uint64_t to, uint64_t from, size_t bytes);
int cuMemcpyHtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, uint64_t stream);
int cuMemcpyDtoH_v2(uint64_t to, uint64_t from, size_t bytes);
int cuMemcpyDtoHAsync_v2(uint64_t to, uint64_t from, size_t bytes, uint64_t stream);
int cuMemcpyDtoD_v2(uint64_t to, uint64_t from, size_t bytes);
int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, uint64_t stream);
int cuMemcpyPeer(uint64_t to, uint64_t at, uint64_t from, uint64_t there, size_t bytes);
int cuMemcpyPeerAsync(uint64_t to, uint64_t at, uint64_t from, uint64_t there, size_t bytes, uint64_t stream);
int cuMemcpy2DUnaligned_v2(const void *copy);
int cuMemcpy2DAsync_v2(const void *copy, uint64_t stream);
int cuMemsetD8_v2(uint64_t to, int value, size_t count);
int cuMemsetD8Async(uint64_t to, int value, size_t count, uint64_t stream);
int cuMemsetD2D8_v2(uint64_t to, size_t pitch, int value, size_t width, size_t height);
int cuMemsetD2D8Async(uint64_t to, size_t pitch, int value, size_t width, size_t height, uint64_t stream);
int cuStreamCreate(uint64_t *stream, unsigned flags);
int cuStreamCreateWithPriority(uint64_t *stream, unsigned flags, int priority);
int cuStreamDestroy_v2(uint64_t stream);
int cuStreamGetPriority(uint64_t stream, int *priority);
int cuStreamGetFlags(uint64_t stream, unsigned *flags);
int cuStreamGetId(uint64_t stream, uint64_t *id);
int cuStreamQuery(uint64_t stream);
int cuStreamSynchronize(uint64_t stream);
int cuStreamWaitEvent(uint64_t stream, uint64_t event, unsigned flags);
int cuStreamIsCapturing(uint64_t stream, int *state);
int cuStreamAttachMemAsync(uint64_t stream, uint64_t address, size_t bytes, unsigned flags);
int cuStreamAddCallback(uint64_t stream, void (*function)(uint64_t, int, void *), void *data, unsigned flags);
int cuLaunchHostFunc(uint64_t stream, void (*function)(void *), void *data);
int cuEventCreate(uint64_t *event, unsigned flags);
int cuEventRecord(uint64_t event, uint64_t stream);
int cuEventRecordWithFlags(uint64_t event, uint64_t stream, unsigned flags);
int cuEventQuery(uint64_t event);
int cuEventSynchronize(uint64_t event);
int cuEventDestroy_v2(uint64_t event);
int cuEventElapsedTime(float *milliseconds, uint64_t start, uint64_t end);

#endif
