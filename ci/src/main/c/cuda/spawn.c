/* Starts the device's process and the thread that serves it. */
#define _GNU_SOURCE
#include "softcuda.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

enum { FIRST_FD = 20, PIPE_BYTES = 1 << 20, MOST_OPTIONS = 32 };

static int open_pipe(int ends[2]) {
    int made[2];
    if (pipe2(made, O_CLOEXEC)) {
        return -1;
    }
    /* Away from the numbers that the device's process gets them under. */
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(made[i], F_DUPFD_CLOEXEC, FIRST_FD);
        close(made[i]);
    }
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

/* The folder above the one that holds this library. */
static void find_home(char *home, size_t room) {
    const char *said = getenv("SOFTCUDA_HOME");
    Dl_info here;
    char full[PATH_MAX];
    if (said && *said) {
        snprintf(home, room, "%s", said);
    } else if (dladdr((void *) find_home, &here) && realpath(here.dli_fname, full)) {
        for (int i = 0; i < 2; i++) {
            char *slash = strrchr(full, '/');
            if (slash) {
                *slash = 0;
            }
        }
        snprintf(home, room, "%s", full);
    } else {
        snprintf(home, room, ".");
    }
}

/* The program's own java, unless another is asked for. */
static void find_java(char *java, size_t room) {
    const char *said = getenv("SOFTCUDA_JAVA");
    const char *jdk = getenv("JAVA_HOME");
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = 0;
    const char *slash = strrchr(self, '/');
    if (said && *said) {
        snprintf(java, room, "%s", said);
    } else if (slash && !strcmp(slash, "/java")) {
        snprintf(java, room, "%s", self);
    } else if (jdk && *jdk) {
        snprintf(java, room, "%s/bin/java", jdk);
    } else {
        snprintf(java, room, "java");
    }
}

/* The environment without what is meant for the program's JVM. */
static char **server_environment(void) {
    static const char *const ours[] = {"JAVA_TOOL_OPTIONS=", "_JAVA_OPTIONS=", "JDK_JAVA_OPTIONS=", "CLASSPATH=", "LD_PRELOAD="};
    size_t count = 0;
    while (environ[count]) {
        count++;
    }
    char **kept = calloc(count + 1, sizeof *kept);
    size_t at = 0;
    for (size_t i = 0; kept && i < count; i++) {
        int drop = 0;
        for (size_t k = 0; k < sizeof ours / sizeof *ours; k++) {
            drop |= !strncmp(environ[i], ours[k], strlen(ours[k]));
        }
        if (!drop) {
            kept[at++] = environ[i];
        }
    }
    return kept;
}

static void *serve_host(void *fds) {
    int *pair = fds;
    softcuda_host_serve(pair[0], pair[1]);
    free(pair);
    return NULL;
}

static int start_host_thread(int commands, int answers) {
    int *pair = malloc(2 * sizeof *pair);
    pthread_t thread;
    sigset_t all, before;
    if (!pair) {
        return -1;
    }
    pair[0] = commands;
    pair[1] = answers;
    /* The program's signals are for its own threads; faults are never blocked. */
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&thread, NULL, serve_host, pair);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) {
        pthread_detach(thread);
    }
    return failed;
}

static int spawn_server(int from[4], pid_t *process) {
    char home[PATH_MAX], java[PATH_MAX], classes[PATH_MAX + 16];
    char *arguments[MOST_OPTIONS + 8];
    const char *said = getenv("SOFTCUDA_JAVA_OPTIONS");
    char *options = strdup(said ? said : "");
    char **kept = server_environment();
    char *rest = options;
    int count = 0;
    find_home(home, sizeof home);
    find_java(java, sizeof java);
    snprintf(classes, sizeof classes, "%s/classes", home);
    arguments[count++] = java;
    arguments[count++] = "-XX:+UseSerialGC";
    arguments[count++] = "-XX:MaxRAMPercentage=60";
    arguments[count++] = "-Xss4m";
    for (char *word; options && count < MOST_OPTIONS && (word = strtok_r(rest, " ", &rest));) {
        arguments[count++] = word;
    }
    arguments[count++] = "-cp";
    arguments[count++] = classes;
    arguments[count++] = "org.jengine.softcuda.Server";
    arguments[count] = NULL;

    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, usual;
    posix_spawn_file_actions_init(&files);
    static const int to[4] = {0, 1, 3, 4};
    for (int i = 0; i < 4; i++) {
        posix_spawn_file_actions_adddup2(&files, from[i], to[i]);
    }
    posix_spawnattr_init(&how);
    sigemptyset(&none);
    sigfillset(&usual);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &usual);
    /* A group of its own: Ctrl-C is the program's affair, which may still call while it shuts down. */
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int failed = kept && options ? posix_spawnp(process, java, &files, &how, arguments, kept) : ENOMEM;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    free(kept);
    free(options);
    if (failed) {
        fprintf(stderr, "softcuda: cannot start the device's process %s: %s\n", java, strerror(failed));
    }
    return failed;
}

int softcuda_start(struct softcuda_server *server) {
    int calls[2], answers[2], commands[2], served[2];
    if (open_pipe(calls) || open_pipe(answers) || open_pipe(commands) || open_pipe(served)) {
        fprintf(stderr, "softcuda: cannot make pipes: %s\n", strerror(errno));
        return -1;
    }
    /* What the device has as 0, 1, 3 and 4: calls, answers, what the host thread served, what it shall do. */
    int theirs[4] = {calls[0], answers[1], served[0], commands[1]};
    int failed = spawn_server(theirs, &server->process);
    for (int i = 0; i < 4; i++) {
        close(theirs[i]);
    }
    server->calls = calls[1];
    server->answers = answers[0];
    return failed || start_host_thread(commands[0], served[1]) ? -1 : 0;
}
