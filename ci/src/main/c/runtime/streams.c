/* Streams, events, and functions of the program's in streams. */
#include "runtime.h"

#include <stdlib.h>

/* What a stream is to call. In a graph it is called again and again. */
struct callback {
    jobject stream, function, data;
    int again;
};

NATIVE(jint, cudaStreamCreateWithPriority, jobject stream, jint flags, jint priority) {
    uint64_t made = 0;
    int status = enter() ?: cuStreamCreateWithPriority(&made, (unsigned) flags, priority);
    set_value(env, stream, made);
    return finish(status);
}

static int create(JNIEnv *env, jobject stream, unsigned flags) {
    uint64_t made = 0;
    int status = enter() ?: cuStreamCreate(&made, flags);
    set_value(env, stream, made);
    return finish(status);
}

NATIVE(jint, cudaStreamCreate, jobject stream) {
    return create(env, stream, 0);
}

NATIVE(jint, cudaStreamCreateWithFlags, jobject stream, jint flags) {
    return create(env, stream, (unsigned) flags);
}

NATIVE(jint, cudaStreamDestroy, jobject stream) {
    return finish(enter() ?: cuStreamDestroy_v2(value_of(env, stream)));
}

NATIVE(jint, cudaStreamGetPriority, jobject stream, jintArray priority) {
    int value = 0;
    int status = enter() ?: cuStreamGetPriority(value_of(env, stream), &value);
    set_int(env, priority, value);
    return finish(status);
}

NATIVE(jint, cudaStreamGetFlags, jobject stream, jintArray flags) {
    unsigned value = 0;
    int status = enter() ?: cuStreamGetFlags(value_of(env, stream), &value);
    set_int(env, flags, (int) value);
    return finish(status);
}

NATIVE(jint, cudaStreamGetId, jobject stream, jlongArray id) {
    uint64_t value = 0;
    int status = enter() ?: cuStreamGetId(value_of(env, stream), &value);
    set_long(env, id, value);
    return finish(status);
}

NATIVE(jint, cudaStreamQuery, jobject stream) {
    return finish(enter() ?: cuStreamQuery(value_of(env, stream)));
}

NATIVE(jint, cudaStreamSynchronize, jobject stream) {
    return finish(enter() ?: cuStreamSynchronize(value_of(env, stream)));
}

NATIVE(jint, cudaStreamWaitEvent, jobject stream, jobject event, jint flags) {
    return finish(enter() ?: cuStreamWaitEvent(value_of(env, stream), value_of(env, event), (unsigned) flags));
}

NATIVE(jint, cudaStreamAttachMemAsync, jobject stream, jobject pointer, jlong bytes, jint flags) {
    return finish(enter() ?: cuStreamAttachMemAsync(value_of(env, stream), address_of(env, pointer), (size_t) bytes, (unsigned) flags));
}

static void drop(JNIEnv *env, struct callback *callback) {
    (*env)->DeleteGlobalRef(env, callback->stream);
    (*env)->DeleteGlobalRef(env, callback->function);
    (*env)->DeleteGlobalRef(env, callback->data);
    free(callback);
}

/* Calls it on the driver's thread, which is Java's too from then on; an exception has nowhere to go but to be printed. */
static void call_back(struct callback *callback, int stream_callback, int status) {
    JNIEnv *env;
    JavaVM *java = machine();
    if ((*java)->AttachCurrentThreadAsDaemon(java, (void **) &env, NULL) || (*env)->PushLocalFrame(env, 16)) {
        return;
    }
    jclass class = (*env)->GetObjectClass(env, callback->function);
    jmethodID method = (*env)->GetMethodID(env, class, "call",
            stream_callback ? "(Ljcuda/runtime/cudaStream_t;ILjava/lang/Object;)V" : "(Ljava/lang/Object;)V");
    if (method && stream_callback) {
        (*env)->CallVoidMethod(env, callback->function, method, callback->stream, status, callback->data);
    } else if (method) {
        (*env)->CallVoidMethod(env, callback->function, method, callback->data);
    }
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env);
        (*env)->ExceptionClear(env);
    }
    (*env)->PopLocalFrame(env, NULL);
    if (!callback->again) {
        drop(env, callback);
    }
}

static void stream_callback(uint64_t stream, int status, void *data) {
    (void) stream;
    call_back(data, 1, status);
}

static void host_function(void *data) {
    call_back(data, 0, SUCCESS);
}

static struct callback *prepare(JNIEnv *env, jobject stream, jobject function, jobject data) {
    struct callback *made = function ? calloc(1, sizeof *made) : NULL;
    if (!made) {
        raise(env, function ? "java/lang/OutOfMemoryError" : "java/lang/NullPointerException", "there is nothing to be called");
        return NULL;
    }
    made->stream = (*env)->NewGlobalRef(env, stream);
    made->function = (*env)->NewGlobalRef(env, function);
    made->data = (*env)->NewGlobalRef(env, data);
    return made;
}

NATIVE(jint, cudaStreamAddCallback, jobject stream, jobject function, jobject data, jint flags) {
    struct callback *callback = prepare(env, stream, function, data);
    int status = !callback ? INVALID_VALUE
            : enter() ?: cuStreamAddCallback(value_of(env, stream), stream_callback, callback, (unsigned) flags);
    if (status && callback) {
        drop(env, callback);
    }
    return finish(status);
}

NATIVE(jint, cudaLaunchHostFunc, jobject stream, jobject function, jobject data) {
    struct callback *callback = prepare(env, stream, function, data);
    int status = !callback ? INVALID_VALUE : enter() ?: cuStreamIsCapturing(value_of(env, stream), &callback->again)
            ?: cuLaunchHostFunc(value_of(env, stream), host_function, callback);
    if (status && callback) {
        drop(env, callback);
    }
    return finish(status);
}

static int create_event(JNIEnv *env, jobject event, unsigned flags) {
    uint64_t made = 0;
    int status = enter() ?: cuEventCreate(&made, flags);
    set_value(env, event, made);
    return finish(status);
}

NATIVE(jint, cudaEventCreate, jobject event) {
    return create_event(env, event, 0);
}

NATIVE(jint, cudaEventCreateWithFlags, jobject event, jint flags) {
    return create_event(env, event, (unsigned) flags);
}

NATIVE(jint, cudaEventRecord, jobject event, jobject stream) {
    return finish(enter() ?: cuEventRecord(value_of(env, event), value_of(env, stream)));
}

NATIVE(jint, cudaEventRecordWithFlags, jobject event, jobject stream, jint flags) {
    return finish(enter() ?: cuEventRecordWithFlags(value_of(env, event), value_of(env, stream), (unsigned) flags));
}

NATIVE(jint, cudaEventQuery, jobject event) {
    return finish(enter() ?: cuEventQuery(value_of(env, event)));
}

NATIVE(jint, cudaEventSynchronize, jobject event) {
    return finish(enter() ?: cuEventSynchronize(value_of(env, event)));
}

NATIVE(jint, cudaEventDestroy, jobject event) {
    return finish(enter() ?: cuEventDestroy_v2(value_of(env, event)));
}

NATIVE(jint, cudaEventElapsedTime, jfloatArray milliseconds, jobject start, jobject end) {
    float value = 0;
    int status = enter() ?: cuEventElapsedTime(&value, value_of(env, start), value_of(env, end));
    if (!milliseconds) {
        raise(env, "java/lang/NullPointerException", "there is no place for the milliseconds");
    } else if (!status) {
        (*env)->SetFloatArrayRegion(env, milliseconds, 0, 1, &value);
    }
    return finish(status);
}
