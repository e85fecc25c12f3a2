package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A context: what one user of a device has there. Streams, modules and memory belong to it and end with it. */
final class Context {
    private final long handle;
    private final Device device;
    private final Stream legacy;
    private final Map<Integer, Stream> ofThread = new HashMap<>();
    private final Set<Stream> streams = new LinkedHashSet<>();
    private final Set<Context> peers = new LinkedHashSet<>();
    private final Map<Integer, Long> limits = new HashMap<>();
    private int flags;
    private int cacheConfig;
    private int sharedConfig;
    private int broken;
    private boolean alive = true;

    Context(long handle, Device device, int flags, int chain) {
        this.handle = handle;
        this.device = device;
        this.flags = flags;
        legacy = new Stream(1, this, chain, Stream.Kind.LEGACY, 0, "the null stream");
    }

    long handle() {
        return handle;
    }

    Device device() {
        return device;
    }

    /** The stream with the number 0: it waits for all that do not say otherwise, and they for it. */
    Stream legacy() {
        return legacy;
    }

    Map<Integer, Stream> ofThread() {
        return ofThread;
    }

    /** The streams that the program made, and those of its threads. */
    Set<Stream> streams() {
        return streams;
    }

    List<Stream> allStreams() {
        List<Stream> all = new ArrayList<>(streams);
        all.addAll(ofThread.values());
        all.add(legacy);
        return all;
    }

    Set<Context> peers() {
        return peers;
    }

    Map<Integer, Long> limits() {
        return limits;
    }

    int flags() {
        return flags;
    }

    void flags(int value) {
        flags = value;
    }

    int cacheConfig() {
        return cacheConfig;
    }

    void cacheConfig(int value) {
        cacheConfig = value;
    }

    int sharedConfig() {
        return sharedConfig;
    }

    void sharedConfig(int value) {
        sharedConfig = value;
    }

    /** The status that every call answers once a fault has ended the context; success before that. */
    int broken() {
        return broken;
    }

    void breakWith(int status) {
        if (broken == Status.SUCCESS) {
            broken = status;
        }
    }

    boolean alive() {
        return alive;
    }

    void die() {
        alive = false;
    }
}
