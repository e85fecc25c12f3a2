/* cudaDeviceProp: the driver's attributes by the names that the runtime gives them. */
#include "runtime.h"

#include <string.h>

enum { NAME_BYTES = 256, UUID_BYTES = 16, MOST_PARTS = 3 };

/* A field of one int or long, or an array of ints, one for each attribute. */
static const struct {
    const char *name, *type;
    int attributes[MOST_PARTS];
} fields[] = {
    {"sharedMemPerBlock", "J", {8}}, {"regsPerBlock", "I", {12}}, {"warpSize", "I", {10}}, {"memPitch", "J", {11}},
    {"maxThreadsPerBlock", "I", {1}}, {"maxThreadsDim", "[I", {2, 3, 4}}, {"maxGridSize", "[I", {5, 6, 7}}, {"clockRate", "I", {13}},
    {"totalConstMem", "J", {9}}, {"major", "I", {75}}, {"minor", "I", {76}}, {"textureAlignment", "J", {14}},
    {"texturePitchAlignment", "J", {51}}, {"deviceOverlap", "I", {15}}, {"multiProcessorCount", "I", {16}},
    {"kernelExecTimeoutEnabled", "I", {17}}, {"integrated", "I", {18}}, {"canMapHostMemory", "I", {19}}, {"computeMode", "I", {20}},
    {"maxTexture1D", "I", {21}}, {"maxTexture1DMipmap", "I", {77}}, {"maxTexture1DLinear", "I", {69}}, {"maxTexture2D", "[I", {22, 23}},
    {"maxTexture2DMipmap", "[I", {73, 74}}, {"maxTexture2DLinear", "[I", {70, 71, 72}}, {"maxTexture2DGather", "[I", {45, 46}},
    {"maxTexture3D", "[I", {24, 25, 26}}, {"maxTexture3DAlt", "[I", {47, 48, 49}}, {"maxTextureCubemap", "I", {52}},
    {"maxTexture1DLayered", "[I", {42, 43}}, {"maxTexture2DLayered", "[I", {27, 28, 29}}, {"maxTextureCubemapLayered", "[I", {53, 54}},
    {"maxSurface1D", "I", {55}}, {"maxSurface2D", "[I", {56, 57}}, {"maxSurface3D", "[I", {58, 59, 60}},
    {"maxSurface1DLayered", "[I", {61, 62}}, {"maxSurface2DLayered", "[I", {63, 64, 65}}, {"maxSurfaceCubemap", "I", {66}},
    {"maxSurfaceCubemapLayered", "[I", {67, 68}}, {"surfaceAlignment", "J", {30}}, {"concurrentKernels", "I", {31}},
    {"ECCEnabled", "I", {32}}, {"pciBusID", "I", {33}}, {"pciDeviceID", "I", {34}}, {"pciDomainID", "I", {50}}, {"tccDriver", "I", {35}},
    {"asyncEngineCount", "I", {40}}, {"unifiedAddressing", "I", {41}}, {"memoryClockRate", "I", {36}}, {"memoryBusWidth", "I", {37}},
    {"l2CacheSize", "I", {38}}, {"persistingL2CacheMaxSize", "I", {108}}, {"maxThreadsPerMultiProcessor", "I", {39}},
    {"streamPrioritiesSupported", "I", {78}}, {"globalL1CacheSupported", "I", {79}}, {"localL1CacheSupported", "I", {80}},
    {"sharedMemPerMultiprocessor", "J", {81}}, {"regsPerMultiprocessor", "I", {82}}, {"managedMemory", "I", {83}},
    {"isMultiGpuBoard", "I", {84}}, {"multiGpuBoardGroupID", "I", {85}}, {"hostNativeAtomicSupported", "I", {86}},
    {"singleToDoublePrecisionPerfRatio", "I", {87}}, {"pageableMemoryAccess", "I", {88}}, {"concurrentManagedAccess", "I", {89}},
    {"computePreemptionSupported", "I", {90}}, {"canUseHostPointerForRegisteredMem", "I", {91}}, {"cooperativeLaunch", "I", {95}},
    {"cooperativeMultiDeviceLaunch", "I", {96}}, {"sharedMemPerBlockOptin", "J", {97}}, {"hostRegisterSupported", "I", {99}},
    {"pageableMemoryAccessUsesHostPageTables", "I", {100}}, {"directManagedMemAccessFromHost", "I", {101}},
    {"maxBlocksPerMultiProcessor", "I", {106}}, {"accessPolicyMaxWindowSize", "I", {109}}, {"reservedSharedMemPerBlock", "J", {111}},
    {"sparseCudaArraySupported", "I", {112}}, {"hostRegisterReadOnlySupported", "I", {113}},
    {"timelineSemaphoreInteropSupported", "I", {114}}, {"memoryPoolsSupported", "I", {115}}, {"gpuDirectRDMASupported", "I", {116}},
    {"gpuDirectRDMAFlushWritesOptions", "I", {117}}, {"gpuDirectRDMAWritesOrdering", "I", {118}},
    {"memoryPoolSupportedHandleTypes", "I", {119}}, {"clusterLaunch", "I", {120}}, {"deferredMappingCudaArraySupported", "I", {121}},
    {"ipcEventSupported", "I", {125}}, {"unifiedFunctionPointers", "I", {129}},
};

static void set_bytes(JNIEnv *env, jobject object, const char *field, const void *bytes, size_t count) {
    jfieldID id = (*env)->GetFieldID(env, (*env)->GetObjectClass(env, object), field, "[B");
    jbyteArray array = id ? (*env)->GetObjectField(env, object, id) : NULL;
    if (array && (size_t) (*env)->GetArrayLength(env, array) >= count) {
        (*env)->SetByteArrayRegion(env, array, 0, (jsize) count, bytes);
    }
}

static void set_field(JNIEnv *env, jobject object, size_t field, const jint *values) {
    jfieldID id = (*env)->GetFieldID(env, (*env)->GetObjectClass(env, object), fields[field].name, fields[field].type);
    if (!id) {
        return;
    }
    switch (*fields[field].type) {
        case 'I': (*env)->SetIntField(env, object, id, *values); break;
        case 'J': (*env)->SetLongField(env, object, id, *values); break;
        default: {
            jintArray array = (*env)->GetObjectField(env, object, id);
            jsize count = array ? (*env)->GetArrayLength(env, array) : 0;
            if (array) {
                (*env)->SetIntArrayRegion(env, array, 0, count < MOST_PARTS ? count : MOST_PARTS, values);
            }
        }
    }
}

NATIVE(jint, cudaGetDeviceProperties, jobject properties, jint device) {
    char name[NAME_BYTES] = "";
    unsigned char uuid[UUID_BYTES] = {0};
    size_t memory = 0;
    if (!properties) {
        raise(env, "java/lang/NullPointerException", "there is no place for the properties");
        return INVALID_VALUE;
    }
    int status = cuInit(0) ?: cuDeviceGetName(name, sizeof name, device) ?: cuDeviceGetUuid(uuid, device)
            ?: cuDeviceTotalMem_v2(&memory, device);
    for (size_t i = 0; !status && i < sizeof fields / sizeof *fields && !(*env)->ExceptionCheck(env); i++) {
        jint values[MOST_PARTS] = {0};
        for (int part = 0; !status && part < MOST_PARTS && fields[i].attributes[part]; part++) {
            status = cuDeviceGetAttribute(&values[part], fields[i].attributes[part], device);
        }
        set_field(env, properties, i, values);
    }
    jclass class = (*env)->GetObjectClass(env, properties);
    jfieldID bytes = status ? NULL : (*env)->GetFieldID(env, class, "totalGlobalMem", "J");
    jfieldID id = bytes ? (*env)->GetFieldID(env, class, "uuid", "Ljcuda/runtime/cudaUUID;") : NULL;
    if (id) {
        jobject holder = (*env)->GetObjectField(env, properties, id);
        (*env)->SetLongField(env, properties, bytes, (jlong) memory);
        set_bytes(env, properties, "name", name, strlen(name) + 1);
        if (holder) {
            set_bytes(env, holder, "bytes", uuid, sizeof uuid);
        }
    }
    return finish(status);
}
