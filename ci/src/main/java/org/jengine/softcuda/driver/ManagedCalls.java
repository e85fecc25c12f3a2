package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Managed memory: what the program advises about ranges of it, and what it may ask of them ("Unified Addressing" of the driver API). */
final class ManagedCalls {
    private static final int CPU = -1;
    private static final int INVALID = -2;
    /** CUmem_advise: setting and unsetting alternate. */
    private static final int READ_MOSTLY = 1;
    private static final int PREFERRED_LOCATION = 3;
    private static final int ACCESSED_BY = 5;
    private static final int LAST_ADVICE = 6;
    /** CUmem_range_attribute. */
    private static final int RANGE_READ_MOSTLY = 1;
    private static final int RANGE_PREFERRED_LOCATION = 2;
    private static final int RANGE_ACCESSED_BY = 3;
    private static final int RANGE_LAST_PREFETCH = 4;

    /** What holds for a run of bytes. */
    private record Hints(boolean readMostly, int preferred, Set<Integer> accessedBy, int prefetched) {
        private static final Hints NONE = new Hints(false, INVALID, Set.of(), INVALID);
    }

    private final Driver driver;
    /** By the address from which on they hold, up to the next; they go with the allocation. */
    private final Map<Allocation, NavigableMap<Long, Hints>> hints = new WeakHashMap<>();

    ManagedCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuMemAdvise", (request, reply) -> advise(request));
        driver.add(calls, "cuMemPrefetchAsync", (request, reply) -> {
            driver.context(request);
            long address = request.i64();
            long bytes = request.i64();
            Allocation found = require(request, address, bytes);
            int device = device(request.i32());
            driver.stream(request, request.i64());
            change(found, address, bytes, one -> new Hints(one.readMostly, one.preferred, one.accessedBy, device));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamAttachMemAsync", (request, reply) -> {
            driver.stream(request, request.i64());
            require(request, request.i64(), 1);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemRangeGetAttribute", this::attribute);
    }

    private Allocation require(Request request, long address, long bytes) {
        Memory.Owned one = driver.memory().owner(address);
        if (one == null || one.allocation().kind() != Allocation.Kind.MANAGED || bytes <= 0 || !one.allocation().holds(address, bytes)) {
            throw new CudaError(Status.INVALID_VALUE, request.name() + " is for ranges of managed memory");
        }
        return one.allocation();
    }

    private int device(int number) {
        return number == CPU ? CPU : driver.device(number).ordinal();
    }

    private int advise(Request request) {
        driver.context(request);
        long address = request.i64();
        long bytes = request.i64();
        Allocation found = require(request, address, bytes);
        int advice = request.i32();
        int device = request.i32();
        if (advice < READ_MOSTLY || advice > LAST_ADVICE) {
            throw new CudaError(Status.INVALID_VALUE, "there is no advice " + advice);
        }
        boolean sets = advice % 2 == 1;
        switch (sets ? advice : advice - 1) {
            case READ_MOSTLY -> change(found, address, bytes, one -> new Hints(sets, one.preferred, one.accessedBy, one.prefetched));
            case PREFERRED_LOCATION -> {
                int where = sets ? device(device) : INVALID;
                change(found, address, bytes, one -> new Hints(one.readMostly, where, one.accessedBy, one.prefetched));
            }
            case ACCESSED_BY -> {
                int who = device(device);
                change(found, address, bytes, one -> {
                    Set<Integer> all = new TreeSet<>(one.accessedBy);
                    if (sets) {
                        all.add(who);
                    } else {
                        all.remove(who);
                    }
                    return new Hints(one.readMostly, one.preferred, all, one.prefetched);
                });
            }
            default -> throw new IllegalStateException();
        }
        return Status.SUCCESS;
    }

    private void change(Allocation of, long address, long bytes, UnaryOperator<Hints> change) {
        NavigableMap<Long, Hints> all = hints.computeIfAbsent(of, key -> new TreeMap<>(Map.of(of.base(), Hints.NONE)));
        for (long edge : new long[] {address, address + bytes}) {
            all.put(edge, all.floorEntry(edge).getValue());
        }
        all.subMap(address, address + bytes).replaceAll((start, one) -> change.apply(one));
    }

    private Collection<Hints> in(Allocation of, long address, long bytes) {
        NavigableMap<Long, Hints> all = hints.get(of);
        return all == null ? List.of(Hints.NONE) : all.subMap(all.floorKey(address), true, address + bytes, false).values();
    }

    /** Answers as many bytes as the program has room for. */
    private int attribute(Request request, Reply reply) {
        driver.context(request);
        long room = request.i64();
        int attribute = request.i32();
        long address = request.i64();
        long bytes = request.i64();
        if (attribute < RANGE_READ_MOSTLY || attribute > RANGE_LAST_PREFETCH) {
            throw new CudaError(Status.INVALID_VALUE, "there is no attribute " + attribute + " of ranges");
        }
        if (room <= 0 || room % Integer.BYTES != 0 || attribute != RANGE_ACCESSED_BY && room != Integer.BYTES) {
            throw new CudaError(Status.INVALID_VALUE, room + " bytes for attribute " + attribute + " of a range");
        }
        Collection<Hints> all = in(require(request, address, bytes), address, bytes);
        List<Integer> values = new ArrayList<>();
        switch (attribute) {
            case RANGE_READ_MOSTLY -> values.add(all.stream().allMatch(Hints::readMostly) ? 1 : 0);
            case RANGE_PREFERRED_LOCATION -> values.add(common(all, Hints::preferred));
            case RANGE_ACCESSED_BY -> {
                Set<Integer> everywhere = new TreeSet<>(all.iterator().next().accessedBy);
                all.forEach(one -> everywhere.retainAll(one.accessedBy));
                values.addAll(everywhere);
            }
            default -> values.add(common(all, Hints::prefetched));
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(room)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; out.hasRemaining(); i++) {
            out.putInt(i < values.size() ? values.get(i) : INVALID);
        }
        reply.bytes(out.array());
        return Status.SUCCESS;
    }

    /** What all say alike. */
    private static int common(Collection<Hints> all, Function<Hints, Integer> value) {
        Set<Integer> found = new TreeSet<>();
        all.forEach(one -> found.add(value.apply(one)));
        return found.size() == 1 ? found.iterator().next() : INVALID;
    }
}
