package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** What streams do with one value in memory: they write it, or wait until it is as it should be. */
abstract class ValueOperation implements Operation {
    private final String name;
    private final Memory memory;
    private final long address;
    private final int width;
    private final long value;

    /** @param width bytes of the value: 4 or 8 */
    ValueOperation(String name, Memory memory, long address, int width, long value) {
        this.name = name;
        this.memory = memory;
        this.address = address;
        this.width = width;
        this.value = value;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long[] addresses() {
        return new long[] {address};
    }

    /** The pinned or registered memory that has the address; null if it is the device's own, or no memory any more. */
    private Memory.Owned program() {
        Memory.Owned one = memory.owner(address);
        return one == null || one.hostAddress() == 0 ? null : one;
    }

    /** Whether the program itself can write or read the value. */
    boolean shared() {
        return program() != null;
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes the value; {@code barrier} says whether who waits for it may rely on what the stream did before. */
    static final class Write extends ValueOperation {
        private final boolean barrier;

        Write(String name, Memory memory, long address, int width, long value, boolean barrier) {
            super(name, memory, address, width, value);
            this.barrier = barrier;
        }

        boolean barrier() {
            return barrier;
        }

        @Override
        public void perform(Turn at) {
            byte[] bytes = new byte[super.width];
            if (bytes.length == Integer.BYTES) {
                buffer(bytes).putInt((int) super.value);
            } else {
                buffer(bytes).putLong(super.value);
            }
            Memory.Owned one = super.program();
            if (one == null) {
                super.memory.view().publish(at, super.address, bytes);
            } else {
                super.memory.host().write(one.programAddress(super.address), bytes);
            }
        }
    }

    /** Waits for the value. */
    static final class Wait extends ValueOperation {
        /** What is waited for, in the order of CUstreamWaitValue_flags. */
        enum Condition { GEQ, EQ, AND, NOR }

        private final Condition condition;
        private int writer;

        Wait(String name, Memory memory, long address, int width, long value, Condition condition) {
            super(name, memory, address, width, value);
            this.condition = condition;
        }

        /** The turn that wrote what it waited for; 0 if no work on the device did, or nobody looks who does. */
        int writer() {
            return writer;
        }

        /** Once the memory has gone nothing will come: then performing it tells so. */
        @Override
        public boolean ready() {
            Memory.Owned one = super.program();
            byte[] bytes = new byte[super.width];
            if (one == null) {
                Allocation found = super.memory.space().find(super.address, bytes.length);
                if (found == null) {
                    return true;
                }
                found.read(super.address - found.base(), bytes, 0, bytes.length);
            } else {
                bytes = super.memory.host().read(one.programAddress(super.address), bytes.length);
            }
            return holds(bytes.length == Integer.BYTES ? buffer(bytes).getInt() : buffer(bytes).getLong());
        }

        /** The comparison by size is cyclic, so that counters may overflow; what has 4 bytes is extended by its sign. */
        private boolean holds(long found) {
            long ahead = found - super.value;
            return switch (condition) {
                case GEQ -> (super.width == Integer.BYTES ? (int) ahead : ahead) >= 0;
                case EQ -> ahead == 0;
                case AND -> (found & super.value) != 0;
                case NOR -> ~(found | super.value) != 0;
            };
        }

        @Override
        public void perform(Turn at) {
            if (super.program() == null) {
                writer = super.memory.view().await(at, super.address, super.width);
            }
        }

        @Override
        public String toString() {
            return super.name + " for " + condition + " " + super.value + " at 0x" + Long.toHexString(super.address);
        }
    }
}
