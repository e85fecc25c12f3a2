/* Memory: taking it, giving it back, copying, filling. */
#include "runtime.h"

enum { HOST_TO_HOST, HOST_TO_DEVICE, DEVICE_TO_HOST, DEVICE_TO_DEVICE };
enum { HOST = 1, DEVICE = 2, MANAGED = 3, ATTACH_HOST = 2, NO_DEVICE = -2, ELEMENT = 4 };
enum { TYPE_OF = 2, DEVICE_POINTER_OF = 3, HOST_POINTER_OF = 4, IS_MANAGED = 8, ORDINAL_OF = 9 };

NATIVE(jint, cudaMalloc, jobject pointer, jlong bytes) {
    uint64_t address = 0;
    int status = enter();
    status = status || !bytes ? status : cuMemAlloc_v2(&address, (size_t) bytes);
    set_address(env, pointer, address);
    return finish(status);
}

NATIVE(jint, cudaMallocPitch, jobject pointer, jlongArray pitch, jlong width, jlong height) {
    uint64_t address = 0;
    size_t row = 0;
    int status = enter() ?: cuMemAllocPitch_v2(&address, &row, (size_t) width, (size_t) height, ELEMENT);
    set_address(env, pointer, address);
    set_long(env, pitch, row);
    return finish(status);
}

/* Only memory that is the program's first is given to Java as a buffer, as JCuda does it. */
NATIVE(jint, cudaMallocManaged, jobject pointer, jlong bytes, jint flags) {
    uint64_t address = 0;
    int status = enter() ?: cuMemAllocManaged(&address, (size_t) bytes, (unsigned) flags);
    if (!status && flags == ATTACH_HOST) {
        set_buffer(env, pointer, address, bytes);
    } else {
        set_address(env, pointer, address);
    }
    return finish(status);
}

static int pinned(JNIEnv *env, jobject pointer, jlong bytes, jint flags) {
    uint64_t address = 0;
    int status = enter() ?: cuMemHostAlloc(&address, (size_t) bytes, (unsigned) flags);
    if (!status) {
        set_buffer(env, pointer, address, bytes);
    }
    return finish(status);
}

NATIVE(jint, cudaHostAlloc, jobject pointer, jlong bytes, jint flags) {
    return pinned(env, pointer, bytes, flags);
}

NATIVE(jint, cudaMallocHost, jobject pointer, jlong bytes) {
    return pinned(env, pointer, bytes, 0);
}

NATIVE(jint, cudaFree, jobject pointer) {
    return finish(enter() ?: cuMemFree_v2(address_of(env, pointer)));
}

NATIVE(jint, cudaFreeHost, jobject pointer) {
    uint64_t address = address_of(env, pointer);
    int status = enter();
    return finish(status || !address ? status : cuMemFreeHost(address));
}

NATIVE(jint, cudaHostRegister, jobject pointer, jlong bytes, jint flags) {
    struct place place;
    if (find_place(env, pointer, 0, &place)) {
        return INVALID_VALUE;
    }
    if (place.copy) {
        leave_place(env, &place, 0);
        raise(env, "java/lang/IllegalArgumentException", "Pointer must point to a direct buffer or native memory");
        return INVALID_VALUE;
    }
    return finish(enter() ?: cuMemHostRegister_v2(place.address, (size_t) bytes, (unsigned) flags));
}

NATIVE(jint, cudaHostUnregister, jobject pointer) {
    struct place place;
    if (find_place(env, pointer, 0, &place)) {
        return INVALID_VALUE;
    }
    int status = finish(enter() ?: cuMemHostUnregister(place.address));
    leave_place(env, &place, 0);
    return status;
}

NATIVE(jint, cudaHostGetDevicePointer, jobject device, jobject host, jint flags) {
    struct place place;
    uint64_t address = 0;
    if (find_place(env, host, 0, &place)) {
        return INVALID_VALUE;
    }
    int status = enter() ?: cuMemHostGetDevicePointer_v2(&address, place.address, (unsigned) flags);
    leave_place(env, &place, 0);
    set_address(env, device, address);
    return finish(status);
}

static void set_pointer_field(JNIEnv *env, jobject object, const char *name, uint64_t address) {
    jfieldID field = (*env)->GetFieldID(env, (*env)->GetObjectClass(env, object), name, "Ljcuda/Pointer;");
    if (field) {
        set_address(env, (*env)->GetObjectField(env, object, field), address);
    }
}

static void set_int_field(JNIEnv *env, jobject object, const char *name, int value) {
    jfieldID field = (*env)->GetFieldID(env, (*env)->GetObjectClass(env, object), name, "I");
    if (field) {
        (*env)->SetIntField(env, object, field, value);
    }
}

NATIVE(jint, cudaPointerGetAttributes, jobject attributes, jobject pointer) {
    static const int asked[] = {TYPE_OF, IS_MANAGED, ORDINAL_OF, DEVICE_POINTER_OF}, host_asked[] = {HOST_POINTER_OF};
    int32_t type = 0, managed = 0, ordinal = NO_DEVICE;
    uint64_t device = 0, host = 0;
    void *values[] = {&type, &managed, &ordinal, &device}, *host_values[] = {&host};
    struct place place;
    if (!attributes || find_place(env, pointer, 0, &place)) {
        return finish(INVALID_VALUE);
    }
    int status = enter() ?: cuPointerGetAttributes(sizeof asked / sizeof *asked, asked, values, place.address);
    if (!status && (type == HOST || managed)) {
        status = cuPointerGetAttributes(1, host_asked, host_values, place.address);
    }
    if (!status) {
        set_int_field(env, attributes, "type", managed ? MANAGED : type);
        set_int_field(env, attributes, "device", ordinal);
        set_pointer_field(env, attributes, "devicePointer", device);
        set_pointer_field(env, attributes, "hostPointer", type ? host : place.address);
    }
    leave_place(env, &place, 0);
    return finish(status);
}

NATIVE(jint, cudaMemGetInfo, jlongArray unused, jlongArray total) {
    size_t free_bytes = 0, all = 0;
    int status = enter() ?: cuMemGetInfo_v2(&free_bytes, &all);
    set_long(env, unused, free_bytes);
    set_long(env, total, all);
    return finish(status);
}

/* A copy of Java's array is gone when the call returns, but a graph would still use it. */
static int may_use(const struct place *from, const struct place *to, uint64_t stream) {
    int state = 0;
    int status = from->copy || to->copy ? cuStreamIsCapturing(stream, &state) : SUCCESS;
    return status ? status : state ? NOT_SUPPORTED : SUCCESS;
}

static int copy_now(jint kind, uint64_t to, uint64_t from, size_t bytes) {
    switch (kind) {
        case HOST_TO_DEVICE: return cuMemcpyHtoD_v2(to, from, bytes);
        case DEVICE_TO_HOST: return cuMemcpyDtoH_v2(to, from, bytes);
        case DEVICE_TO_DEVICE: return cuMemcpyDtoD_v2(to, from, bytes);
        default: return cuMemcpy(to, from, bytes);
    }
}

static int copy_in(jint kind, uint64_t to, uint64_t from, size_t bytes, uint64_t stream) {
    switch (kind) {
        case HOST_TO_DEVICE: return cuMemcpyHtoDAsync_v2(to, from, bytes, stream);
        case DEVICE_TO_HOST: return cuMemcpyDtoHAsync_v2(to, from, bytes, stream);
        case DEVICE_TO_DEVICE: return cuMemcpyDtoDAsync_v2(to, from, bytes, stream);
        default: return cuMemcpyAsync(to, from, bytes, stream);
    }
}

struct rows {
    size_t to_pitch, from_pitch, width, height;
};

/* CUDA_MEMCPY2D of the driver. */
struct rows_copy {
    uint64_t from_x, from_y, from_type, from_host, from_device, from_array, from_pitch;
    uint64_t to_x, to_y, to_type, to_host, to_device, to_array, to_pitch, width, height;
};

static int copy_rows(jint kind, uint64_t to, uint64_t from, const struct rows *rows, const uint64_t *stream) {
    int from_host = kind == HOST_TO_HOST || kind == HOST_TO_DEVICE, to_host = kind == HOST_TO_HOST || kind == DEVICE_TO_HOST;
    struct rows_copy copy = {0, 0, from_host ? HOST : DEVICE, from_host ? from : 0, from_host ? 0 : from, 0, rows->from_pitch,
            0, 0, to_host ? HOST : DEVICE, to_host ? to : 0, to_host ? 0 : to, 0, rows->to_pitch, rows->width, rows->height};
    return stream ? cuMemcpy2DAsync_v2(&copy, *stream) : cuMemcpy2DUnaligned_v2(&copy);
}

/* Copies in one piece or in rows, now or in a stream. */
static int copy(JNIEnv *env, jobject to, jobject from, size_t to_bytes, size_t from_bytes, const struct rows *rows, jint kind,
        const uint64_t *stream) {
    struct place source, target;
    if (kind < HOST_TO_HOST || kind > DEVICE_TO_DEVICE) {
        return finish(INVALID_DIRECTION);
    }
    if (find_place(env, from, from_bytes, &source)) {
        leave_place(env, &source, 0);
        return INVALID_VALUE;
    }
    int status = find_place(env, to, to_bytes, &target) ? INVALID_VALUE : enter();
    status = status || !stream ? status : may_use(&source, &target, *stream);
    if (!status && rows) {
        status = copy_rows(kind, target.address, source.address, rows, stream);
    } else if (!status) {
        status = stream ? copy_in(kind, target.address, source.address, to_bytes, *stream)
                : copy_now(kind, target.address, source.address, to_bytes);
    }
    leave_place(env, &source, 0);
    leave_place(env, &target, !status);
    return finish(status);
}

NATIVE(jint, cudaMemcpy, jobject to, jobject from, jlong bytes, jint kind) {
    return copy(env, to, from, (size_t) bytes, (size_t) bytes, NULL, kind, NULL);
}

NATIVE(jint, cudaMemcpyAsync, jobject to, jobject from, jlong bytes, jint kind, jobject stream) {
    uint64_t in = value_of(env, stream);
    return copy(env, to, from, (size_t) bytes, (size_t) bytes, NULL, kind, &in);
}

static size_t span(size_t pitch, const struct rows *rows) {
    return rows->height && rows->width ? pitch * (rows->height - 1) + rows->width : 0;
}

NATIVE(jint, cudaMemcpy2D, jobject to, jlong to_pitch, jobject from, jlong from_pitch, jlong width, jlong height, jint kind) {
    struct rows rows = {(size_t) to_pitch, (size_t) from_pitch, (size_t) width, (size_t) height};
    return copy(env, to, from, span(rows.to_pitch, &rows), span(rows.from_pitch, &rows), &rows, kind, NULL);
}

NATIVE(jint, cudaMemcpy2DAsync, jobject to, jlong to_pitch, jobject from, jlong from_pitch, jlong width, jlong height, jint kind,
        jobject stream) {
    struct rows rows = {(size_t) to_pitch, (size_t) from_pitch, (size_t) width, (size_t) height};
    uint64_t in = value_of(env, stream);
    return copy(env, to, from, span(rows.to_pitch, &rows), span(rows.from_pitch, &rows), &rows, kind, &in);
}

NATIVE(jint, cudaMemcpyPeer, jobject to, jint at, jobject from, jint there, jlong bytes) {
    uint64_t mine, its;
    return finish(enter() ?: primary_context(at, &mine) ?: primary_context(there, &its)
            ?: cuMemcpyPeer(address_of(env, to), mine, address_of(env, from), its, (size_t) bytes));
}

NATIVE(jint, cudaMemcpyPeerAsync, jobject to, jint at, jobject from, jint there, jlong bytes, jobject stream) {
    uint64_t mine, its;
    return finish(enter() ?: primary_context(at, &mine) ?: primary_context(there, &its)
            ?: cuMemcpyPeerAsync(address_of(env, to), mine, address_of(env, from), its, (size_t) bytes, value_of(env, stream)));
}

NATIVE(jint, cudaMemset, jobject to, jint value, jlong count) {
    return finish(enter() ?: cuMemsetD8_v2(address_of(env, to), value & 0xff, (size_t) count));
}

NATIVE(jint, cudaMemsetAsync, jobject to, jint value, jlong count, jobject stream) {
    return finish(enter() ?: cuMemsetD8Async(address_of(env, to), value & 0xff, (size_t) count, value_of(env, stream)));
}

NATIVE(jint, cudaMemset2D, jobject to, jlong pitch, jint value, jlong width, jlong height) {
    return finish(enter() ?: cuMemsetD2D8_v2(address_of(env, to), (size_t) pitch, value & 0xff, (size_t) width, (size_t) height));
}

NATIVE(jint, cudaMemset2DAsync, jobject to, jlong pitch, jint value, jlong width, jlong height, jobject stream) {
    return finish(enter() ?: cuMemsetD2D8Async(address_of(env, to), (size_t) pitch, value & 0xff, (size_t) width, (size_t) height,
            value_of(env, stream)));
}

NATIVE(jint, cudaMemPrefetchAsync, jobject pointer, jlong bytes, jint device, jobject stream) {
    return finish(enter() ?: cuMemPrefetchAsync(address_of(env, pointer), (size_t) bytes, device, value_of(env, stream)));
}

NATIVE(jint, cudaMemAdvise, jobject pointer, jlong bytes, jint advice, jint device) {
    return finish(enter() ?: cuMemAdvise(address_of(env, pointer), (size_t) bytes, advice, device));
}
