package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.memory.Addresses;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Host;

/** Who has which memory, and where it lies: on a device, in the program's pinned pages, or in memory that the program registered. */
final class Memory {
    /** An address space that the program may have mapped something into: so often another place is tried. */
    private static final int TRIES = 8;

    /**
     * What is known of an allocation beside its bytes.
     *
     * @param hostAddress where the program has it; 0 if it has not
     * @param flags       as the program gave them
     * @param mapped      whether kernels may use it though the bytes are the program's
     */
    record Owned(Allocation allocation, Context context, long hostAddress, int flags, boolean mapped) {
        /** Where the program has the byte that the device has there; the program must have the allocation. */
        long programAddress(long address) {
            return hostAddress + address - allocation.base();
        }
    }

    private final AddressSpace space;
    private final View view;
    private final Host host;
    private final Reports reports;
    private final Map<Allocation, Owned> owned = new LinkedHashMap<>();
    /** Those of them that the program has too. */
    private final Map<Allocation, Owned> shared = new LinkedHashMap<>();
    private final NavigableMap<Long, Owned> registered = new TreeMap<>();
    /** What graphs take, by address. */
    private final Map<Long, GraphMemory> ofGraphs = new LinkedHashMap<>();
    private final Set<Allocation> synchronous = new HashSet<>();
    private int allocations;

    Memory(AddressSpace space, View view, Host host, Reports reports) {
        this.space = space;
        this.view = view;
        this.host = host;
        this.reports = reports;
    }

    AddressSpace space() {
        return space;
    }

    View view() {
        return view;
    }

    Host host() {
        return host;
    }

    /** Memory on the context's device. */
    Allocation allocate(Context context, Allocation.Kind kind, long bytes, String call) {
        if (bytes <= 0) {
            throw new CudaError(Status.INVALID_VALUE, call + " of " + bytes + " bytes");
        }
        if (bytes > context.device().free()) {
            throw new CudaError(Status.OUT_OF_MEMORY, call + " of " + bytes + " bytes, " + context.device().free() + " are free on "
                    + context.device());
        }
        Allocation made = space.allocate(kind, bytes, label(call));
        own(made, context);
        return made;
    }

    /** Memory that a graph will take on the context's device. */
    GraphMemory reserve(Context context, long bytes, String call) {
        if (bytes <= 0) {
            throw new CudaError(Status.INVALID_VALUE, call + " of " + bytes + " bytes");
        }
        GraphMemory made = new GraphMemory(this, context, space.reserve(Allocation.Kind.ASYNC, bytes, label(call)));
        ofGraphs.put(made.allocation().base(), made);
        return made;
    }

    /** The memory of a graph that starts at the address; null if none does. */
    GraphMemory ofGraph(long address) {
        return ofGraphs.get(address);
    }

    /** The program has the allocation from now on. */
    void own(Allocation allocation, Context context) {
        owned.put(allocation, new Owned(allocation, context, 0, 0, false));
        context.device().use(allocation.bytes());
    }

    /** Pages that the program and the device see at one address. */
    Allocation share(Context context, Allocation.Kind kind, long bytes, int flags, boolean mapped, String call) {
        if (bytes <= 0) {
            throw new CudaError(Status.INVALID_VALUE, call + " of " + bytes + " bytes");
        }
        for (int i = 0; i < TRIES; i++) {
            Allocation made = space.allocate(kind, bytes, label(call));
            if (host.map(made.base(), bytes)) {
                Owned one = new Owned(made, context, made.base(), flags, mapped);
                owned.put(made, one);
                shared.put(made, one);
                return made;
            }
            space.free(made);
        }
        throw new CudaError(Status.OUT_OF_MEMORY, call + " of " + bytes + " bytes: the program has no room for them");
    }

    /** Makes memory of the program's known to the device, at an address of its own. */
    void register(Context context, long address, long bytes, int flags, String call) {
        if (address == 0 || bytes <= 0) {
            throw new CudaError(Status.INVALID_VALUE, call + " of " + bytes + " bytes at 0x" + Long.toHexString(address));
        }
        Map.Entry<Long, Owned> before = registered.floorEntry(address + bytes - 1);
        if (before != null && before.getKey() + before.getValue().allocation.bytes() > address || space.isDevice(address)) {
            throw new CudaError(Status.HOST_MEMORY_ALREADY_REGISTERED, "0x" + Long.toHexString(address) + " is registered already");
        }
        Allocation made = space.allocate(Allocation.Kind.PINNED, bytes, label(call));
        Owned one = new Owned(made, context, address, flags, true);
        owned.put(made, one);
        shared.put(made, one);
        registered.put(address, one);
    }

    void unregister(long address) {
        Owned one = registered.remove(address);
        if (one == null) {
            throw new CudaError(Status.HOST_MEMORY_NOT_REGISTERED, "0x" + Long.toHexString(address) + " is not registered");
        }
        free(one, "unregistering");
    }

    private String label(String call) {
        return Driver.plain(call) + " number " + ++allocations;
    }

    /** Ends an allocation that {@link #owned} knows. */
    void free(Owned one, String by) {
        owned.remove(one.allocation);
        synchronous.remove(one.allocation);
        shared.remove(one.allocation);
        if (one.hostAddress == 0) {
            one.context.device().use(-one.allocation.bytes());
        }
        if (one.hostAddress == one.allocation.base()) {
            host.unmap(one.hostAddress);
        } else if (one.hostAddress != 0) {
            registered.remove(one.hostAddress);
        }
        space.free(one.allocation, by);
    }

    /** Whether calls that have no stream end only when what they do to the allocation is done. */
    void synchronous(Allocation allocation, boolean value) {
        if (value) {
            synchronous.add(allocation);
        } else {
            synchronous.remove(allocation);
        }
    }

    boolean synchronous(long address) {
        Allocation found = synchronous.isEmpty() ? null : space.find(address, 1);
        return found != null && synchronous.contains(found);
    }

    /** The live allocation that has the device address and was asked for by the program; null if there is none. */
    Owned owner(long address) {
        Allocation found = space.find(address, 1);
        return found == null ? null : owned.get(found);
    }

    /** The pinned or registered memory that holds these bytes of the program's; null if they are neither. */
    Owned pinned(long address, long bytes) {
        Owned one = owner(address);
        if (one != null) {
            return one.hostAddress != 0 && one.allocation.holds(address, bytes) ? one : null;
        }
        Map.Entry<Long, Owned> before = registered.floorEntry(address);
        boolean holds = before != null && address - before.getKey() + bytes <= before.getValue().allocation.bytes();
        return holds ? before.getValue() : null;
    }

    List<Owned> of(Context context) {
        List<Owned> all = new ArrayList<>();
        owned.values().stream().filter(one -> one.context == context).forEach(all::add);
        return all;
    }

    /** What kernels may use though the program has the bytes: always, or because one of the addresses says so. */
    List<Owned> mirrors(long[] addresses) {
        List<Owned> found = new ArrayList<>();
        for (Owned one : shared.values()) {
            boolean used = one.mapped;
            for (long address : addresses) {
                used |= one.allocation.holds(address, 1);
            }
            if (used) {
                found.add(one);
            }
        }
        return found;
    }

    /** The allocation is used by kernels from now on, whatever their arguments say. */
    void map(Owned one) {
        Owned mapped = new Owned(one.allocation, one.context, one.hostAddress, one.flags, true);
        owned.replace(one.allocation, mapped);
        shared.replace(one.allocation, mapped);
    }

    /**
     * Refuses a range that a call gives as device memory and that is none.
     *
     * @throws CudaError after the fault was told
     */
    void requireDevice(String call, long address, long bytes, boolean writes) {
        Allocation near = space.nearest(address);
        boolean graphs = near != null && ofGraphs.containsKey(near.base()) && near.holds(address, bytes);
        if (bytes > 0 && !graphs && space.find(address, bytes) == null) {
            Report wrong = Addresses.wrong(space, address, bytes, writes, "in " + Driver.plain(call));
            reports.add(wrong, call + wrong.message());
            throw new CudaError(Status.INVALID_VALUE, wrong.message());
        }
    }

    /**
     * Refuses an address that a call gives as the program's and that is the device's.
     *
     * @throws CudaError after the fault was told
     */
    void requireHost(String call, long address, long bytes, boolean writes) {
        if (bytes <= 0 || pinned(address, 1) != null) {
            return;
        }
        String what = "the " + (writes ? "destination" : "source") + " of " + Driver.plain(call);
        Report wrong = Addresses.notHost(space, address, what, "in " + Driver.plain(call));
        if (wrong != null || address == 0) {
            if (wrong != null) {
                reports.add(wrong, call + wrong.message());
            }
            throw new CudaError(Status.INVALID_VALUE, wrong == null ? call + " with a null pointer" : wrong.message());
        }
    }

    /** Tells what was not freed, and frees it. */
    void endOf(Context context, String call) {
        List<Owned> left = of(context);
        for (Owned one : left) {
            // Once a fault has ended the context, nothing in it can be freed.
            if (context.broken() == Status.SUCCESS) {
                reports.add(new Report(Report.Rule.LEAK, one.allocation + " was never freed", "at " + call), one.allocation.label());
            }
            free(one, call);
        }
        ofGraphs.values().removeIf(one -> one.context() == context);
        reports.contextEnded();
    }
}
