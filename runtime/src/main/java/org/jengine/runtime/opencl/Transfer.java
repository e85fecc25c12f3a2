package org.jengine.runtime.opencl;

/** A copy between a slice and a host buffer, or a fill. */
final class Transfer implements Command {
    /** Bytes of the longest pattern that every device takes. */
    private static final long LONGEST_PATTERN = 16;

    private final ClSlice slice;
    private final Call call;
    private Cl.Memory memory;

    private interface Call {
        void enqueue(Cl.Queue queue, Cl.Memory memory);
    }

    private Transfer(ClSlice slice, Call call) {
        this.slice = slice;
        this.call = call;
    }

    static Transfer in(Cl cl, ClSlice d, ClBuffer s) {
        if (s.length() > d.bytes()) {
            throw new IllegalArgumentException("host buffer " + s.name() + " of " + s.length() + " bytes does not fit into " + d);
        }
        return new Transfer(d, (queue, memory) -> cl.write(queue, memory, s.address(), s.length(), d.name()));
    }

    static Transfer out(Cl cl, ClBuffer d, ClSlice s) {
        if (s.bytes() > d.length()) {
            throw new IllegalArgumentException(s + " does not fit into host buffer " + d.name() + " of " + d.length() + " bytes");
        }
        return new Transfer(s, (queue, memory) -> cl.read(queue, d.address(), memory, s.bytes(), s.name()));
    }

    static Transfer fill(Cl cl, ClSlice d, int v) {
        Cl.Pattern pattern = pattern((byte) v, d.bytes());
        return new Transfer(d, (queue, memory) -> cl.fill(queue, memory, pattern, 0, d.bytes(), d.name()));
    }

    /** The longest pattern of a byte whose length divides {@code bytes}: drivers fill by patterns, and one byte is the slowest. */
    static Cl.Pattern pattern(byte value, long bytes) {
        return Cl.Pattern.of(value, (int) Math.min(LONGEST_PATTERN, Long.lowestOneBit(bytes)));
    }

    @Override
    public synchronized void prepare() {
        if (memory == null) {
            memory = slice.memory();
        }
    }

    @Override
    public void enqueue(Cl.Queue queue) {
        slice.requireMemory();
        call.enqueue(queue, memory);
    }
}
