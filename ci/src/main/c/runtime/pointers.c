/* What JCuda's objects hold. */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

static jclass pointer_class;
static jfieldID native_pointer, byte_offset, buffer_field, pointers_field;
static jmethodID is_direct, array_of;

int find_fields(JNIEnv *env) {
    jclass object = (*env)->FindClass(env, "jcuda/NativePointerObject");
    jclass pointer = object ? (*env)->FindClass(env, "jcuda/Pointer") : NULL;
    jclass buffer = pointer ? (*env)->FindClass(env, "java/nio/Buffer") : NULL;
    if (!buffer) {
        return -1;
    }
    pointer_class = (*env)->NewGlobalRef(env, pointer);
    native_pointer = (*env)->GetFieldID(env, object, "nativePointer", "J");
    byte_offset = (*env)->GetFieldID(env, pointer, "byteOffset", "J");
    buffer_field = (*env)->GetFieldID(env, pointer, "buffer", "Ljava/nio/Buffer;");
    pointers_field = (*env)->GetFieldID(env, pointer, "pointers", "[Ljcuda/NativePointerObject;");
    is_direct = (*env)->GetMethodID(env, buffer, "isDirect", "()Z");
    array_of = (*env)->GetMethodID(env, buffer, "array", "()Ljava/lang/Object;");
    return (*env)->ExceptionCheck(env) ? -1 : 0;
}

void raise(JNIEnv *env, const char *type, const char *message) {
    jclass class = (*env)->FindClass(env, type);
    if (class) {
        (*env)->ThrowNew(env, class, message);
    }
}

static int missing(JNIEnv *env, const void *object) {
    if (!object) {
        raise(env, "java/lang/NullPointerException", "an argument of a CUDA call is null");
    }
    return !object;
}

uint64_t value_of(JNIEnv *env, jobject object) {
    return object ? (uint64_t) (*env)->GetLongField(env, object, native_pointer) : 0;
}

uint64_t address_of(JNIEnv *env, jobject pointer) {
    return pointer ? value_of(env, pointer) + (uint64_t) (*env)->GetLongField(env, pointer, byte_offset) : 0;
}

void set_value(JNIEnv *env, jobject object, uint64_t value) {
    if (!missing(env, object)) {
        (*env)->SetLongField(env, object, native_pointer, (jlong) value);
    }
}

void set_address(JNIEnv *env, jobject pointer, uint64_t value) {
    if (!missing(env, pointer)) {
        (*env)->SetLongField(env, pointer, native_pointer, (jlong) value);
        (*env)->SetLongField(env, pointer, byte_offset, 0);
    }
}

/* The program has these bytes too: as a buffer. */
void set_buffer(JNIEnv *env, jobject pointer, uint64_t address, jlong bytes) {
    set_address(env, pointer, address);
    jobject buffer = pointer ? (*env)->NewDirectByteBuffer(env, (void *) (uintptr_t) address, bytes) : NULL;
    if (buffer) {
        (*env)->SetObjectField(env, pointer, buffer_field, buffer);
        (*env)->SetObjectField(env, pointer, pointers_field, NULL);
    }
}

void set_int(JNIEnv *env, jintArray array, int value) {
    if (!missing(env, array)) {
        (*env)->SetIntArrayRegion(env, array, 0, 1, &value);
    }
}

void set_long(JNIEnv *env, jlongArray array, uint64_t value) {
    if (!missing(env, array)) {
        (*env)->SetLongArrayRegion(env, array, 0, 1, (const jlong *) &value);
    }
}

/* How many bytes an array has; while it is held, nothing that may wait is called. */
static size_t bytes_of(JNIEnv *env, jarray array) {
    static const struct {
        const char *type;
        size_t bytes;
    } kinds[] = {{"[B", 1}, {"[C", 2}, {"[S", 2}, {"[I", 4}, {"[F", 4}, {"[J", 8}, {"[D", 8}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((*env)->IsInstanceOf(env, array, (*env)->FindClass(env, kinds[i].type))) {
            return kinds[i].bytes * (size_t) (*env)->GetArrayLength(env, array);
        }
    }
    return 0;
}

static int make_copy(JNIEnv *env, size_t bytes, struct place *place) {
    place->copy = malloc(bytes + 1);
    place->address = (uint64_t) (uintptr_t) place->copy;
    if (!place->copy) {
        raise(env, "java/lang/OutOfMemoryError", "no room for what a CUDA call is to copy");
    }
    return !place->copy;
}

static int beyond(JNIEnv *env, size_t there, jlong offset, size_t bytes) {
    int wrong = offset < 0 || (size_t) offset > there || bytes > there - (size_t) offset;
    if (wrong) {
        raise(env, "java/lang/ArrayIndexOutOfBoundsException", "a CUDA call goes beyond the array that its Pointer means");
    }
    return wrong;
}

/* The addresses of other pointers, one after the other. */
static int copy_pointers(JNIEnv *env, jobjectArray pointers, struct place *place) {
    jsize count = (*env)->GetArrayLength(env, pointers);
    size_t there = sizeof(uint64_t) * (size_t) count;
    if (beyond(env, there, place->offset, place->bytes) || make_copy(env, place->bytes, place)) {
        return -1;
    }
    uint64_t *all = calloc((size_t) count + 1, sizeof *all);
    for (jsize i = 0; all && i < count; i++) {
        jobject one = (*env)->GetObjectArrayElement(env, pointers, i);
        int whole = one && (*env)->IsInstanceOf(env, one, pointer_class);
        all[i] = whole ? address_of(env, one) : value_of(env, one);
        (*env)->DeleteLocalRef(env, one);
    }
    if (all) {
        memcpy(place->copy, (unsigned char *) all + place->offset, place->bytes);
    }
    free(all);
    return 0;
}

int find_place(JNIEnv *env, jobject pointer, size_t bytes, struct place *place) {
    memset(place, 0, sizeof *place);
    if (missing(env, pointer)) {
        return -1;
    }
    place->bytes = bytes;
    place->offset = (*env)->GetLongField(env, pointer, byte_offset);
    jobjectArray pointers = (*env)->GetObjectField(env, pointer, pointers_field);
    if (pointers) {
        return copy_pointers(env, pointers, place);
    }
    jobject buffer = (*env)->GetObjectField(env, pointer, buffer_field);
    if (!buffer) {
        place->address = address_of(env, pointer);
        return 0;
    }
    jboolean direct = (*env)->CallBooleanMethod(env, buffer, is_direct);
    if ((*env)->ExceptionCheck(env)) {
        return -1;
    }
    if (direct) {
        place->address = (uint64_t) (uintptr_t) (*env)->GetDirectBufferAddress(env, buffer) + (uint64_t) place->offset;
        return 0;
    }
    place->array = (*env)->CallObjectMethod(env, buffer, array_of);
    if ((*env)->ExceptionCheck(env) || beyond(env, bytes_of(env, place->array), place->offset, bytes) || make_copy(env, bytes, place)) {
        return -1;
    }
    unsigned char *held = (*env)->GetPrimitiveArrayCritical(env, place->array, NULL);
    if (held) {
        memcpy(place->copy, held + place->offset, bytes);
        (*env)->ReleasePrimitiveArrayCritical(env, place->array, held, JNI_ABORT);
    }
    return held ? 0 : -1;
}

void leave_place(JNIEnv *env, struct place *place, int written) {
    if (place->array && place->copy && written && !(*env)->ExceptionCheck(env)) {
        unsigned char *held = (*env)->GetPrimitiveArrayCritical(env, place->array, NULL);
        if (held) {
            memcpy(held + place->offset, place->copy, place->bytes);
            (*env)->ReleasePrimitiveArrayCritical(env, place->array, held, 0);
        }
    }
    free(place->copy);
    place->copy = NULL;
}
