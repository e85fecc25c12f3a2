package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.memory.Addresses;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.wire.Host;

/**
 * Pinned memory that copies may be using: from the call that asks for the copy until the program has waited for it, whenever the copy is
 * performed. The pages are protected meanwhile.
 */
final class HostRanges {
    /**
     * A run of the program's bytes that an operation reads or writes.
     *
     * @param of    the pinned or registered memory
     * @param first where the program has its first byte
     */
    record Range(Allocation of, long first, long address, long bytes, boolean written) {
    }

    /** An operation that uses the program's memory after the call that asked for it. */
    interface User {
        /** The pinned memory that it uses; empty if there is none. */
        List<Range> ranges();
    }

    private record Watched(long number, Range range, String user) {
    }

    private final Host host;
    private final Reports reports;
    private final Map<Task, List<Watched>> watched = new HashMap<>();
    private final Map<Long, Watched> byNumber = new HashMap<>();
    private long numbers;

    HostRanges(Host host, Reports reports) {
        this.host = host;
        this.reports = reports;
    }

    void begin(Task task) {
        if (!(task.operation() instanceof User user)) {
            return;
        }
        for (Range range : user.ranges()) {
            Watched one = new Watched(++numbers, range, task.toString());
            watched.computeIfAbsent(task, key -> new ArrayList<>()).add(one);
            byNumber.put(one.number, one);
            host.protect(one.number, range.address, range.bytes, range.written ? Host.Protection.NONE : Host.Protection.READ_ONLY);
        }
    }

    void end(Task task) {
        List<Watched> ended = watched.remove(task);
        if (ended != null) {
            for (Watched one : ended) {
                byNumber.remove(one.number);
                host.protect(one.number, one.range.address, one.range.bytes, Host.Protection.FREE);
            }
        }
    }

    /** The program has touched a range that was under watch. */
    void touched(long number, long address, boolean write) {
        Watched one = byNumber.get(number);
        if (one == null) {
            return;
        }
        Allocation allocation = one.range.of;
        reports.add(new Report(Report.Rule.HOST_ORDER, "the program " + (write ? "writes" : "reads") + " pinned memory at "
                + Addresses.place(allocation, address - one.range.first) + " before it has waited for " + one.user + ", which "
                + (one.range.written ? "writes" : "reads") + " there", "in the program, before this call of it"),
                one.user + " " + allocation.label() + write);
    }
}
