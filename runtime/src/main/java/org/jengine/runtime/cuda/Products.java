package org.jengine.runtime.cuda;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** Matrix products by cuBLAS for the operations of one library, which share the memory that it needs meanwhile. */
final class Products {
    /** What NVIDIA advises: so much from Hopper on, and so much before. */
    private static final int SPACE = 32 << 20;
    private static final int LESS_SPACE = 4 << 20;
    private static final int HOPPER = 9;

    private final CudaDevice device;
    private final Arena scratch;
    private CudaSlice space;
    private Cu.Memory memory;

    /** @param scratch is not sealed yet */
    Products(CudaDevice device, Arena scratch) {
        this.device = device;
        this.scratch = scratch;
    }

    /**
     * A launch of a product.
     *
     * @param name in messages
     */
    Launch bind(String name, Blas.Product p, Slice c, Slice a, Slice b) {
        if (device.blas().isFirst(p)) {
            callOnce(name, p);
        }
        return launch(name, p, c, a, b);
    }

    private Launch launch(String name, Blas.Product p, Slice c, Slice a, Slice b) {
        if (space == null) {
            int bytes = device.facts().major() >= HOPPER ? SPACE : LESS_SPACE;
            space = CudaSlice.of(scratch.temporary("cuBLAS workspace", Shape.of(bytes), DType.U8), device);
        }
        return new Product(name, p, CudaSlice.of(c, device), CudaSlice.of(a, device), CudaSlice.of(b, device));
    }

    /** A library loads its kernels when it first calls them, which must not be while a graph is recorded. */
    private void callOnce(String name, Blas.Product p) {
        try (Arena arena = device.arena("first call"); Stream stream = device.stream("first call")) {
            Slice c = arena.take("c", Shape.of(p.rows(), p.cols()), p.out());
            Slice a = arena.take("a", Shape.of(p.rows(), p.depth()), p.in());
            Slice b = arena.take("b", Shape.of(p.depth(), p.cols()), p.in());
            Launch launch = new Products(device, arena).launch(name, p, c, a, b);
            arena.seal();
            launch.on(stream);
            stream.synchronize();
        }
    }

    /** Where the memory begins; the same object each time. */
    private synchronized Cu.Memory memory() {
        if (memory == null) {
            memory = space.memory();
        }
        return memory;
    }

    /** A product with its matrices; their addresses are taken when their memory is there. */
    private final class Product implements Launch, Command {
        private final String name;
        private final Blas.Product product;
        private final CudaSlice[] slices;
        private final List<CudaArena> arenas;
        private Cu.Memory[] places;

        Product(String name, Blas.Product product, CudaSlice... slices) {
            this.name = name;
            this.product = product;
            this.slices = slices;
            Set<CudaArena> all = new LinkedHashSet<>(List.of(space.arena()));
            Arrays.stream(slices).map(CudaSlice::arena).forEach(all::add);
            arenas = List.copyOf(all);
        }

        @Override
        public String name() {
            return name;
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

        @Override
        public synchronized void enqueue(Cu cu, Cu.Stream stream) {
            for (int i = 0; i < arenas.size(); i++) {
                arenas.get(i).requireThere();
            }
            if (places == null) {
                places = Arrays.stream(slices).map(CudaSlice::memory).toArray(Cu.Memory[]::new);
            }
            device.blas().multiply(stream, memory(), space.bytes(), product, places[0], places[1], places[2], name);
        }
    }
}
