package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.wire.CudaError;

/** What the program holds as handles. None is given out twice, so that the use of a destroyed one is known for what it is. */
final class Handles {
    /** Handles look like the addresses that a driver gives out, and are none of anybody's. */
    private static final long FIRST = 0x5c00_0000_0000L;
    private static final long STEP = 16;

    private final Map<Long, Object> live = new HashMap<>();
    private final Map<Long, String> dead = new HashMap<>();
    private final Reports reports;
    private long next = FIRST;

    Handles(Reports reports) {
        this.reports = reports;
    }

    /** A new number. */
    long number() {
        next += STEP;
        return next;
    }

    void put(long handle, Object thing) {
        live.put(handle, thing);
    }

    long add(Object thing) {
        long handle = number();
        live.put(handle, thing);
        return handle;
    }

    /**
     * What a handle stands for.
     *
     * @param call what the program called, for the report
     * @throws CudaError with the driver's status if it stands for nothing of that kind
     */
    <T> T get(String call, long handle, Class<T> kind) {
        Object found = live.get(handle);
        if (kind.isInstance(found)) {
            return kind.cast(found);
        }
        int status = handle == 0 ? Status.INVALID_VALUE : Status.INVALID_HANDLE;
        if (kind == Context.class) {
            status = dead.containsKey(handle) ? Status.CONTEXT_IS_DESTROYED : Status.INVALID_CONTEXT;
        }
        throw refuse(call, handle, kind.getSimpleName(), status);
    }

    /** Whether it stands for a live thing of that kind. */
    boolean is(long handle, Class<?> kind) {
        return kind.isInstance(live.get(handle));
    }

    /** The handle of a live thing; 0 if there is none. */
    long of(Object thing) {
        return live.entrySet().stream().filter(one -> one.getValue() == thing).mapToLong(Map.Entry::getKey).findFirst().orElse(0);
    }

    /** Whether it stood for something that was destroyed. */
    boolean wasDestroyed(long handle) {
        return dead.containsKey(handle);
    }

    /** @param what how reports call it, and what destroyed it */
    void remove(long handle, String what) {
        live.remove(handle);
        dead.put(handle, what);
    }

    <T> List<T> all(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Object one : live.values()) {
            if (kind.isInstance(one)) {
                found.add(kind.cast(one));
            }
        }
        return found;
    }

    private CudaError refuse(String call, long handle, String kind, int status) {
        String number = "0x" + Long.toHexString(handle);
        String before = dead.get(handle);
        if (before == null) {
            return new CudaError(status, number + " is no " + kind);
        }
        reports.add(new Report(Report.Rule.DEAD_HANDLE, call + " is given " + before + " (" + number + ")", "in " + Driver.plain(call)),
                call + number);
        return new CudaError(status, number + " was " + before);
    }
}
