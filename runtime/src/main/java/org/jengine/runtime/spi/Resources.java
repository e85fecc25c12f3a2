package org.jengine.runtime.spi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jengine.runtime.Stream;

/** What an opened device has made and must free: in reverse order when it is closed, each leftover reported as a leak. */
public final class Resources {
    private final String device;
    private final boolean debug;
    private final System.Logger log;
    private final Deque<Resource> open = new ArrayDeque<>();
    private boolean closing;
    private volatile boolean closed;

    /** Something owned; with the place it was made at in debug mode, and no name if it is no leak when it is left. */
    private record Resource(AutoCloseable object, String name, Throwable origin) {
    }

    /**
     * @param device its id, for messages
     * @param debug  whether leak reports tell where the object was made
     * @param log    takes the reports
     */
    public Resources(String device, boolean debug, System.Logger log) {
        this.device = device;
        this.debug = debug;
        this.log = log;
    }

    /** @throws IllegalStateException if the device is closed */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("device " + device + " is closed");
        }
    }

    /**
     * Takes an object that its user should close; {@code name} says what it is, as in {@code arena weights}. While the device is being
     * closed by another thread the object is closed at once.
     *
     * @throws IllegalStateException if the device is closed
     */
    public <T extends AutoCloseable> T own(T object, String name) {
        push(new Resource(object, name, debug ? new Throwable("made here") : null));
        return object;
    }

    /** As {@link #own}, for an object that nobody else closes. */
    public <T extends AutoCloseable> T keep(T object) {
        push(new Resource(object, null, null));
        return object;
    }

    private void push(Resource resource) {
        synchronized (open) {
            if (!closing) {
                open.push(resource);
                return;
            }
        }
        IllegalStateException late = new IllegalStateException("device " + device + " is closed");
        RuntimeException failure = close(resource.object, null);
        if (failure != null) {
            late.addSuppressed(failure);
        }
        throw late;
    }

    /** Lets go of an object that was closed. */
    public void forget(AutoCloseable object) {
        synchronized (open) {
            open.removeIf(r -> r.object == object);
        }
    }

    /** What is left of a kind, the newest first. */
    public <T> List<T> all(Class<T> kind) {
        return left().stream().map(Resource::object).filter(kind::isInstance).map(kind::cast).toList();
    }

    private List<Resource> left() {
        synchronized (open) {
            return List.copyOf(open);
        }
    }

    /**
     * Closes what is left, streams first since what is queued may use anything else, and then the device's own foundations. Only the
     * first call does anything. What fails does not keep the rest from being closed.
     *
     * @throws RuntimeException the first failure, with the others suppressed
     */
    public void close(Runnable foundations) {
        synchronized (open) {
            if (closing) {
                return;
            }
            closing = true;
        }
        RuntimeException first = null;
        for (boolean streams : new boolean[] {true, false}) {
            for (Resource r : left()) {
                if (r.object instanceof Stream == streams) {
                    if (r.name != null) {
                        log.log(System.Logger.Level.WARNING,
                                "leak: " + r.name + " was still open when device " + device + " was closed", r.origin);
                    }
                    first = close(r.object, first);
                }
            }
        }
        closed = true;
        first = close(foundations::run, first);
        if (first != null) {
            throw first;
        }
    }

    private static RuntimeException close(AutoCloseable object, RuntimeException first) {
        try {
            object.close();
        } catch (Exception e) {
            RuntimeException now = e instanceof RuntimeException x ? x : new IllegalStateException(e);
            if (first == null) {
                return now;
            }
            first.addSuppressed(now);
        }
        return first;
    }
}
