package org.jengine.softcuda.dnn;

/** What a cudnnHandle_t holds. */
final class Session {
    private final long id;
    private long stream;

    Session(long id) {
        this.id = id;
    }

    long id() {
        return id;
    }

    long stream() {
        return stream;
    }

    void stream(long to) {
        stream = to;
    }
}
