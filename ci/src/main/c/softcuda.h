/*
 * How the C libraries in the program talk to the device's process. libcuda.so.1 holds this; libcublas and libcudnn are linked to it.
 *
 * A call is begun, given its arguments in an order that the answering Java code knows, sent, and its values are read in the order in which
 * they were written. All of it is bound to the calling thread, so no lock is held before and after softcuda_send:
 *
 *     softcuda_begin("cuMemAlloc_v2");
 *     softcuda_i64(bytes);
 *     int status = softcuda_send(CUDA_ERROR_NOT_SUPPORTED);
 *     if (status == 0) *pointer = softcuda_get_i64();
 *
 * Plain functions need no C: a line in a .calls file does, see calls.awk.
 */
#ifndef SOFTCUDA_H
#define SOFTCUDA_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SOFTCUDA_API __attribute__((visibility("default")))

/* Starts a call of that name; what was left of an earlier one of this thread is dropped. */
SOFTCUDA_API void softcuda_begin(const char *name);

SOFTCUDA_API void softcuda_i32(int32_t value);
SOFTCUDA_API void softcuda_i64(uint64_t value);
SOFTCUDA_API void softcuda_f32(float value);
SOFTCUDA_API void softcuda_f64(double value);
/* An address of the program's, as a number. */
SOFTCUDA_API void softcuda_pointer(const void *value);
/* A counted copy of host bytes; null stays null (Request.bytes() answers null). */
SOFTCUDA_API void softcuda_bytes(const void *from, size_t count);
/* A C string as counted bytes without its final zero; null stays null. */
SOFTCUDA_API void softcuda_string(const char *text);

/*
 * Sends the call and waits. Returns what the Java side answered; not_provided if nobody there provides the call, which is told once on
 * stderr; SOFTCUDA_LOST if there is no device process (it ended, or this process is a fork of the one that started it).
 */
SOFTCUDA_API int softcuda_send(int not_provided);
#define SOFTCUDA_LOST 999
/* Answered to a callback that calls, as the real driver answers. */
#define SOFTCUDA_NOT_PERMITTED 800

/* The values of the answer, in order; zero past its end, as after a status that is an error. */
SOFTCUDA_API int32_t softcuda_get_i32(void);
SOFTCUDA_API uint64_t softcuda_get_i64(void);
SOFTCUDA_API float softcuda_get_f32(void);
SOFTCUDA_API double softcuda_get_f64(void);
/* A counted run of bytes; valid until this thread's next call. */
SOFTCUDA_API const void *softcuda_get_bytes(size_t *count);
/* The same, copied to the caller's memory, as much as there is room for; returns the full count. */
SOFTCUDA_API size_t softcuda_copy_bytes(void *to, size_t room);

/* The rest is between libcuda's own files. */
struct softcuda_server {
    pid_t process;
    int calls, answers;
};

/* Starts the device's process and the host thread; 0 if that went well, else it was told on stderr. */
int softcuda_start(struct softcuda_server *server);

/* Serves the device's commands on the host memory until the pipe ends. */
void softcuda_host_serve(int commands, int answers);
int softcuda_on_host_thread(void);
/* Takes the information log and the error log of an answer to where JIT options say, and tells there how much was written. */
void softcuda_hand_out_logs(const int *options, void **values, unsigned count);
/* The program is ending: its functions are not called any more, a JVM that has gone would never return. */
void softcuda_stop_callbacks(void);
/* Takes one noted touch of a protected range. */
struct softcuda_touch {
    uint64_t range;
    uint64_t address;
    int write;
};
int softcuda_take_touch(struct softcuda_touch *touch);

#endif
