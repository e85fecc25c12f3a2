package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Param;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;
import org.jengine.runtime.spi.BoundArgs;

/**
 * A kernel with its arguments: sizes and scalars set when bound, addresses when their memory is there. It ends with the first of the
 * arenas that it is bound to, since without that memory it can never run again.
 */
final class CudaLaunch implements Launch, Command, Dependent {
    private final CudaDevice device;
    private final Cu.Function function;
    private final BoundArgs<CudaSlice> args;
    private final List<CudaSlice> slices = new ArrayList<>();
    private final List<CudaArena> arenas;
    private final ArgumentBlock block;
    private final Cu.Arguments arguments;
    private boolean prepared;
    private boolean ended;

    /** @throws DeviceException if the device cannot run as many or as large blocks */
    CudaLaunch(CudaDevice device, Modules.Loaded loaded, BoundArgs<CudaSlice> args) {
        this.device = device;
        this.args = args;
        function = loaded.function();
        device.facts().requireBlocks(args.entry(), args.grid());
        if (args.grid().threads() > loaded.threadLimit()) {
            throw new DeviceException(args.entry() + " needs blocks of " + args.grid().threads() + " threads, " + device.facts()
                    + " allows " + loaded.threadLimit() + "; use another device");
        }
        List<Param> params = args.def().params();
        block = new ArgumentBlock(params.size());
        arguments = Cu.Arguments.of(block.memory());
        for (int i = 0; i < params.size(); i++) {
            String name = params.get(i).name();
            switch (params.get(i).role()) {
                case SIZE -> block.set(i, args.size(name));
                case SCALAR -> block.set(i, args.scalar(name));
                default -> slices.add(args.slice(name));
            }
        }
        arenas = slices.stream().map(CudaSlice::arena).distinct().toList();
        arenas.forEach(a -> a.bound(this));
    }

    @Override
    public String name() {
        return args.entry();
    }

    @Override
    public List<CudaArena> touches() {
        return arenas;
    }

    @Override
    public void on(Stream stream) {
        device.requireOpen();
        CudaStream.of(stream, device).submit(this);
    }

    /** Not beside {@link #end}, which frees the arguments. */
    @Override
    public synchronized void enqueue(Cu cu, Cu.Stream stream) {
        for (int i = 0; i < arenas.size(); i++) {
            arenas.get(i).requireThere();
        }
        if (!prepared) {
            // Buffers come first among the parameters.
            for (int i = 0; i < slices.size(); i++) {
                block.set(i, slices.get(i).memory().address());
            }
            prepared = true;
        }
        cu.launch(stream, function, args.grid(), arguments);
    }

    /** Frees the arguments, once; what was queued took its own copy of them. */
    @Override
    public synchronized void end() {
        if (!ended) {
            ended = true;
            block.free();
            arenas.forEach(a -> a.unbound(this));
        }
    }

    synchronized boolean ended() {
        return ended;
    }
}
