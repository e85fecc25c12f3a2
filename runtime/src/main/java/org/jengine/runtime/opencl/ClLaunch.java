package org.jengine.runtime.opencl;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Grid;
import org.jengine.kernels.Param;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;
import org.jengine.runtime.spi.BoundArgs;

/**
 * A kernel object of its own with its arguments set once: sizes and scalars when bound, buffers when their memory is there. It ends with
 * the first of the arenas that it is bound to, since without that memory it can never run again.
 */
final class ClLaunch implements Launch, Command {
    private final ClDevice device;
    private final Cl.Function function;
    private final BoundArgs<ClSlice> args;
    private final ClSlice[] slices;
    private final long[] global;
    private final long[] local;
    private boolean prepared;
    private boolean ended;

    /** @throws DeviceException if the device cannot run work-groups of the kernel's size, or has too little memory for them to share */
    ClLaunch(ClDevice device, Cl.Program program, BoundArgs<ClSlice> args) {
        this.device = device;
        this.args = args;
        Grid grid = args.grid();
        global = new long[] {(long) grid.blocksX() * grid.threads(), grid.blocksY(), grid.blocksZ()};
        local = new long[] {grid.threads(), 1, 1};
        function = device.cl().function(program, args.entry());
        try {
            long limit = Math.min(device.facts().groupLimit(), device.cl().groupLimit(function));
            if (grid.threads() > limit) {
                throw new DeviceException(args.entry() + " needs work-groups of " + grid.threads() + " work items, " + device.facts()
                        + " allows " + limit + "; use another device");
            }
            long shared = device.cl().sharedBytes(function);
            if (shared > device.facts().localMemory()) {
                throw new DeviceException(args.entry() + " needs " + shared + " bytes of local memory for a work-group, " + device.facts()
                        + " has " + device.facts().localMemory() + "; use another device");
            }
            slices = setValues();
            for (ClSlice s : slices) {
                s.arena().bound(this);
            }
        } catch (RuntimeException e) {
            device.cl().release(function);
            throw e;
        }
    }

    private ClSlice[] setValues() {
        List<ClSlice> buffers = new ArrayList<>();
        List<Param> params = args.def().params();
        for (int i = 0; i < params.size(); i++) {
            String name = params.get(i).name();
            switch (params.get(i).role()) {
                case SIZE -> device.cl().argument(function, i, args.size(name));
                case SCALAR -> device.cl().argument(function, i, args.scalar(name));
                default -> buffers.add(args.slice(name));
            }
        }
        return buffers.toArray(ClSlice[]::new);
    }

    @Override
    public void on(Stream stream) {
        device.requireOpen();
        ClStream.of(stream, device).submit(this);
    }

    @Override
    public synchronized void prepare() {
        if (!prepared) {
            requireMemory();
            // Buffers come first among the parameters.
            for (int i = 0; i < slices.length; i++) {
                device.cl().argument(function, i, slices[i].memory());
            }
            prepared = true;
        }
    }

    @Override
    public void enqueue(Cl.Queue queue) {
        requireMemory();
        device.cl().launch(queue, function, global, local);
    }

    /** @throws IllegalStateException if an arena is not sealed or is closed; the kernel object may be gone then */
    private void requireMemory() {
        for (ClSlice s : slices) {
            s.requireMemory();
        }
    }

    /** Frees the kernel object, once; nothing is queued any more. */
    synchronized void end() {
        if (!ended) {
            ended = true;
            device.cl().release(function);
            for (ClSlice s : slices) {
                s.arena().unbound(this);
            }
        }
    }

    synchronized boolean ended() {
        return ended;
    }
}
