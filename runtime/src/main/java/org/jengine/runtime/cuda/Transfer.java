package org.jengine.runtime.cuda;

import java.util.List;

/** A copy between a slice and a host buffer, or a fill. */
record Transfer(String name, List<Touched> touches, Call call) implements Command {
    /** Queues it. */
    interface Call {
        void on(Cu cu, Cu.Stream stream);
    }

    static Transfer in(CudaSlice d, CudaBuffer s) {
        if (s.length() > d.bytes()) {
            throw new IllegalArgumentException("host buffer " + s.name() + " of " + s.length() + " bytes does not fit into " + d);
        }
        return new Transfer("copy in", List.of(d.arena(), s),
                (cu, stream) -> cu.write(stream, d.memory(), s.memory(), s.length(), d.name()));
    }

    static Transfer out(CudaBuffer d, CudaSlice s) {
        if (s.bytes() > d.length()) {
            throw new IllegalArgumentException(s + " does not fit into host buffer " + d.name() + " of " + d.length() + " bytes");
        }
        return new Transfer("copy out", List.of(s.arena(), d),
                (cu, stream) -> cu.read(stream, d.memory(), s.memory(), s.bytes(), s.name()));
    }

    static Transfer fill(CudaSlice d, int v) {
        return new Transfer("fill", List.of(d.arena()), (cu, stream) -> cu.fill(stream, d.memory(), (byte) v, d.bytes(), d.name()));
    }

    @Override
    public void enqueue(Cu cu, Cu.Stream stream) {
        call.on(cu, stream);
    }
}
