/* Devices, their contexts, and errors. */
#include "runtime.h"

#include <pthread.h>

enum { INVALID_DEVICE = 101, ILLEGAL_ADDRESS = 700, LAUNCH_TIMEOUT = 702, ASSERT = 710, HARDWARE_STACK_ERROR = 714, LAUNCH_FAILURE = 719 };
enum { MOST_DEVICES = 64, CUDA_12_6 = 12060 };

static JavaVM *java;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t primary[MOST_DEVICES];
static _Thread_local uint64_t bound;
static _Thread_local int chosen;
static _Thread_local int last;

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, UNUSED void *reserved) {
    JNIEnv *env;
    java = vm;
    return (*vm)->GetEnv(vm, (void **) &env, JNI_VERSION_1_4) || find_fields(env) ? JNI_ERR : JNI_VERSION_1_4;
}

JavaVM *machine(void) {
    return java;
}

/* What one does not want to hear is not said in the first place. */
JNIEXPORT void JNICALL Java_jcuda_runtime_JCuda_setLogLevel(UNUSED JNIEnv *env, UNUSED jclass self, UNUSED jint level) {
}

int primary_context(int device, uint64_t *context) {
    unsigned flags;
    int active, status = cuInit(0) ?: cuDevicePrimaryCtxGetState(device, &flags, &active);
    if (status || device >= MOST_DEVICES) {
        return status ? status : INVALID_DEVICE;
    }
    pthread_mutex_lock(&mutex);
    if (!active || !primary[device]) {
        status = cuDevicePrimaryCtxRetain(&primary[device], device);
    }
    *context = primary[device];
    pthread_mutex_unlock(&mutex);
    return status;
}

/* A context that the program made current itself is used; a primary one that cudaDeviceReset has ended since is not. */
int enter(void) {
    uint64_t current = 0;
    int status = cuInit(0) ?: cuCtxGetCurrent(&current);
    if (!status && (!current || (current == bound && current != primary[chosen]))) {
        status = primary_context(chosen, &current) ?: cuCtxSetCurrent(current);
        bound = status ? 0 : current;
    }
    return status;
}

int finish(int status) {
    last = status ? status : last;
    return status;
}

/* After these nothing works until the device is reset. */
static int sticks(int status) {
    return status == ILLEGAL_ADDRESS || status == LAUNCH_TIMEOUT || status == ASSERT
            || (status >= HARDWARE_STACK_ERROR && status <= LAUNCH_FAILURE);
}

NATIVE(jint, cudaGetLastError) {
    int answer = last;
    last = sticks(last) ? last : SUCCESS;
    return answer;
}

NATIVE(jint, cudaPeekAtLastError) {
    return last;
}

/* The binding itself knows the names. */
NATIVE(jstring, cudaGetErrorName, jint status) {
    jclass errors = (*env)->FindClass(env, "jcuda/runtime/cudaError");
    jmethodID name = errors ? (*env)->GetStaticMethodID(env, errors, "stringFor", "(I)Ljava/lang/String;") : NULL;
    return name ? (*env)->CallStaticObjectMethod(env, errors, name, status) : NULL;
}

NATIVE(jstring, cudaGetErrorString, jint status) {
    const char *text;
    return (*env)->NewStringUTF(env, cuGetErrorString(status, &text) ? "unrecognized error code" : text);
}

NATIVE(jint, cudaGetDeviceCount, jintArray count) {
    int value = 0;
    int status = cuInit(0) ?: cuDeviceGetCount(&value);
    set_int(env, count, value);
    return finish(status);
}

NATIVE(jint, cudaSetDevice, jint device) {
    uint64_t context;
    int status = primary_context(device, &context) ?: cuCtxSetCurrent(context);
    if (!status) {
        chosen = device;
        bound = context;
    }
    return finish(status);
}

NATIVE(jint, cudaInitDevice, jint device, UNUSED jint device_flags, UNUSED jint flags) {
    uint64_t context;
    return finish(primary_context(device, &context));
}

NATIVE(jint, cudaGetDevice, jintArray device) {
    uint64_t current = 0;
    int value = chosen;
    int status = cuInit(0) ?: cuCtxGetCurrent(&current);
    status = status || !current ? status : cuCtxGetDevice(&value);
    set_int(env, device, value);
    return finish(status);
}

/* The first device is as good as any. */
NATIVE(jint, cudaChooseDevice, jintArray device, UNUSED jobject properties) {
    set_int(env, device, 0);
    return finish(cuInit(0));
}

NATIVE(jint, cudaSetDeviceFlags, jint flags) {
    return finish(cuInit(0) ?: cuDevicePrimaryCtxSetFlags_v2(chosen, (unsigned) flags));
}

NATIVE(jint, cudaGetDeviceFlags, jintArray flags) {
    unsigned value = 0;
    int active, status = cuInit(0) ?: cuDevicePrimaryCtxGetState(chosen, &value, &active);
    set_int(env, flags, (int) value);
    return finish(status);
}

NATIVE(jint, cudaDeviceReset) {
    int status = cuInit(0) ?: cuDevicePrimaryCtxReset_v2(chosen);
    pthread_mutex_lock(&mutex);
    primary[chosen] = 0;
    pthread_mutex_unlock(&mutex);
    last = SUCCESS;
    return finish(status);
}

NATIVE(jint, cudaDeviceSynchronize) {
    return finish(enter() ?: cuCtxSynchronize());
}

NATIVE(jint, cudaDeviceGetAttribute, jintArray value, jint attribute, jint device) {
    int found = 0;
    int status = cuInit(0) ?: cuDeviceGetAttribute(&found, attribute, device);
    set_int(env, value, found);
    return finish(status);
}

NATIVE(jint, cudaDeviceGetP2PAttribute, jintArray value, jint attribute, jint from, jint to) {
    int found = 0;
    int status = cuInit(0) ?: cuDeviceGetP2PAttribute(&found, attribute, from, to);
    set_int(env, value, found);
    return finish(status);
}

NATIVE(jint, cudaDeviceGetPCIBusId, jobjectArray id, jint room, jint device) {
    char text[64] = "";
    int status = cuInit(0) ?: cuDeviceGetPCIBusId(text, room < (int) sizeof text ? room : (int) sizeof text, device);
    jstring made = (*env)->NewStringUTF(env, text);
    if (id && made) {
        (*env)->SetObjectArrayElement(env, id, 0, made);
    }
    return finish(status);
}

NATIVE(jint, cudaDeviceGetByPCIBusId, jintArray device, jstring id) {
    const char *text = id ? (*env)->GetStringUTFChars(env, id, NULL) : NULL;
    int found = 0;
    int status = !text ? INVALID_VALUE : cuInit(0) ?: cuDeviceGetByPCIBusId(&found, text);
    if (text) {
        (*env)->ReleaseStringUTFChars(env, id, text);
    }
    set_int(env, device, found);
    return finish(status);
}

NATIVE(jint, cudaDeviceCanAccessPeer, jintArray can, jint device, jint peer) {
    int value = 0;
    int status = cuInit(0) ?: cuDeviceCanAccessPeer(&value, device, peer);
    set_int(env, can, value);
    return finish(status);
}

NATIVE(jint, cudaDeviceEnablePeerAccess, jint peer, jint flags) {
    uint64_t context;
    return finish(enter() ?: primary_context(peer, &context) ?: cuCtxEnablePeerAccess(context, (unsigned) flags));
}

NATIVE(jint, cudaDeviceDisablePeerAccess, jint peer) {
    uint64_t context;
    return finish(enter() ?: primary_context(peer, &context) ?: cuCtxDisablePeerAccess(context));
}

NATIVE(jint, cudaDeviceGetLimit, jlongArray value, jint limit) {
    size_t found = 0;
    int status = enter() ?: cuCtxGetLimit(&found, limit);
    set_long(env, value, found);
    return finish(status);
}

NATIVE(jint, cudaDeviceSetLimit, jint limit, jlong value) {
    return finish(enter() ?: cuCtxSetLimit(limit, (size_t) value));
}

NATIVE(jint, cudaDeviceGetCacheConfig, jintArray value) {
    int found = 0;
    int status = enter() ?: cuCtxGetCacheConfig(&found);
    set_int(env, value, found);
    return finish(status);
}

NATIVE(jint, cudaDeviceSetCacheConfig, jint value) {
    return finish(enter() ?: cuCtxSetCacheConfig(value));
}

NATIVE(jint, cudaDeviceGetSharedMemConfig, jintArray value) {
    int found = 0;
    int status = enter() ?: cuCtxGetSharedMemConfig(&found);
    set_int(env, value, found);
    return finish(status);
}

NATIVE(jint, cudaDeviceSetSharedMemConfig, jint value) {
    return finish(enter() ?: cuCtxSetSharedMemConfig(value));
}

NATIVE(jint, cudaDeviceGetStreamPriorityRange, jintArray least, jintArray greatest) {
    int low = 0, high = 0;
    int status = enter() ?: cuCtxGetStreamPriorityRange(&low, &high);
    set_int(env, least, low);
    set_int(env, greatest, high);
    return finish(status);
}

NATIVE(jint, cudaDriverGetVersion, jintArray version) {
    int value = 0;
    int status = cuDriverGetVersion(&value);
    set_int(env, version, value);
    return finish(status);
}

NATIVE(jint, cudaRuntimeGetVersion, jintArray version) {
    set_int(env, version, CUDA_12_6);
    return SUCCESS;
}

NATIVE(jint, cudaProfilerStart) {
    return finish(enter() ?: cuProfilerStart());
}

NATIVE(jint, cudaProfilerStop) {
    return finish(enter() ?: cuProfilerStop());
}
