/* Linking. The images that are handed out live as long as their links. */
#include "softcuda.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_SUPPORTED = 801 };

struct image {
    struct image *next;
    uint64_t link;
    char text[];
};

static struct image *images;
static pthread_mutex_t images_mutex = PTHREAD_MUTEX_INITIALIZER;

/*
 * Logs of a whole link are asked for here, and would have to be written when it is complete. JCuda frees their places before this call
 * returns to the program, so none is ever written: what is wrong is told on stderr.
 */
SOFTCUDA_API int cuLinkCreate_v2(unsigned count, const int *options, void **values, uint64_t *link) {
    if (!link || (count && (!options || !values))) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuLinkCreate_v2");
    int status = softcuda_send(NOT_SUPPORTED);
    *link = status ? *link : softcuda_get_i64();
    return status;
}

static int added(unsigned count, const int *options, void **values) {
    int status = softcuda_send(NOT_SUPPORTED);
    softcuda_hand_out_logs(options, values, count);
    return status;
}

SOFTCUDA_API int cuLinkAddData_v2(uint64_t link, int type, const void *data, size_t bytes, const char *name, unsigned count,
        const int *options, void **values) {
    (void) name;
    if (count && (!options || !values)) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuLinkAddData_v2");
    softcuda_i64(link);
    softcuda_i32(type);
    softcuda_bytes(data, bytes);
    return added(count, options, values);
}

SOFTCUDA_API int cuLinkAddFile_v2(uint64_t link, int type, const char *path, unsigned count, const int *options, void **values) {
    if (count && (!options || !values)) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuLinkAddFile_v2");
    softcuda_i64(link);
    softcuda_i32(type);
    softcuda_string(path);
    return added(count, options, values);
}

SOFTCUDA_API int cuLinkComplete(uint64_t link, void **image, size_t *bytes) {
    if (!image) {
        return INVALID_VALUE;
    }
    softcuda_begin("cuLinkComplete");
    softcuda_i64(link);
    int status = softcuda_send(NOT_SUPPORTED);
    if (status) {
        return status;
    }
    size_t length;
    const void *text = softcuda_get_bytes(&length);
    struct image *made = malloc(sizeof *made + length);
    if (!made) {
        return OUT_OF_MEMORY;
    }
    made->link = link;
    memcpy(made->text, text, length);
    pthread_mutex_lock(&images_mutex);
    made->next = images;
    images = made;
    pthread_mutex_unlock(&images_mutex);
    *image = made->text;
    if (bytes) {
        *bytes = length;
    }
    return SUCCESS;
}

SOFTCUDA_API int cuLinkDestroy(uint64_t link) {
    softcuda_begin("cuLinkDestroy");
    softcuda_i64(link);
    int status = softcuda_send(NOT_SUPPORTED);
    pthread_mutex_lock(&images_mutex);
    for (struct image **place = &images; !status && *place;) {
        struct image *one = *place;
        if (one->link == link) {
            *place = one->next;
            free(one);
        } else {
            place = &one->next;
        }
    }
    pthread_mutex_unlock(&images_mutex);
    return status;
}
