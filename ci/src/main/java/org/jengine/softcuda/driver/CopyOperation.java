package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** A copy, in whichever direction. */
final class CopyOperation implements Operation, HostRanges.User {
    /** Bytes that go through the pipe at once. */
    private static final int PART = 1 << 22;
    /** A bus of the fourth generation with sixteen lanes, as measured by those who use it. */
    private static final double BUS = 25e9;

    private final String name;
    private final Copy copy;
    private final Memory memory;
    /** What the source was when the call came; null if it is read when the copy is performed. */
    private final byte[] staged;
    private final boolean watched;

    private CopyOperation(String name, Copy copy, Memory memory, byte[] staged, boolean watched) {
        this.name = Driver.plain(name);
        this.copy = copy;
        this.memory = memory;
        this.staged = staged;
        this.watched = watched;
    }

    /** A copy that the program waits for, or whose program side is not its own memory. */
    static CopyOperation plain(String name, Copy copy, Memory memory) {
        return new CopyOperation(name, copy, memory, null, false);
    }

    /** A copy that the program does not wait for: its pinned memory is watched meanwhile. */
    static CopyOperation later(String name, Copy copy, Memory memory) {
        return new CopyOperation(name, copy, memory, null, true);
    }

    /** A copy out of memory that is not pinned: a driver takes what it needs of that before the call returns. */
    static CopyOperation staged(String name, Copy copy, Memory memory) {
        byte[] taken = memory.host().read(copy.from().address(), Math.toIntExact(copy.span(copy.from())));
        return new CopyOperation(name, copy, memory, taken, false);
    }

    Copy copy() {
        return copy;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void perform(Turn at) {
        if (copy.dense()) {
            move(at, copy.from().address(), copy.to().address(), copy.bytes());
            return;
        }
        for (long z = 0; z < copy.depth(); z++) {
            for (long y = 0; y < copy.height(); y++) {
                move(at, copy.from().address() + z * copy.from().slice() + y * copy.from().pitch(),
                        copy.to().address() + z * copy.to().slice() + y * copy.to().pitch(), copy.width());
            }
        }
    }

    private void move(Turn at, long from, long to, long bytes) {
        boolean read = copy.from().host() || inProgram(from);
        boolean write = copy.to().host() || inProgram(to);
        if (!read && !write) {
            memory.view().copy(at, to, from, bytes);
            return;
        }
        for (long done = 0; done < bytes; done += PART) {
            int part = (int) Math.min(PART, bytes - done);
            byte[] taken = read ? take(from + done, part) : memory.view().readBytes(at, from + done, part);
            if (write) {
                memory.host().write(inHost(to + done), taken);
            } else {
                memory.view().writeBytes(at, to + done, taken);
            }
        }
    }

    private byte[] take(long address, int bytes) {
        if (staged == null) {
            return memory.host().read(inHost(address), bytes);
        }
        int start = (int) (address - copy.from().address());
        return Arrays.copyOfRange(staged, start, start + bytes);
    }

    /** Whether a device address is one of memory whose bytes are the program's. */
    private boolean inProgram(long address) {
        Memory.Owned one = memory.owner(address);
        return one != null && one.hostAddress() != 0;
    }

    /** Where the program has an address: registered memory has another one on the device. */
    private long inHost(long address) {
        Memory.Owned one = memory.owner(address);
        return one == null ? address : one.programAddress(address);
    }

    @Override
    public List<HostRanges.Range> ranges() {
        List<HostRanges.Range> found = new ArrayList<>();
        if (watched) {
            add(found, copy.from(), false);
            add(found, copy.to(), true);
        }
        return found;
    }

    /** Rows that lie apart are watched one by one, so that what lies between them is not. */
    private void add(List<HostRanges.Range> to, Copy.Side side, boolean written) {
        Memory.Owned one = memory.pinned(side.address(), 1);
        if (one == null || copy.bytes() == 0) {
            return;
        }
        if (copy.dense()) {
            to.add(range(one, side.address(), copy.bytes(), written));
            return;
        }
        for (long z = 0; z < copy.depth(); z++) {
            for (long y = 0; y < copy.height(); y++) {
                to.add(range(one, side.address() + z * side.slice() + y * side.pitch(), copy.width(), written));
            }
        }
    }

    /** The address may be the program's or the device's, which differ for memory that the program registered. */
    private static HostRanges.Range range(Memory.Owned one, long address, long bytes, boolean written) {
        boolean ofDevice = one.allocation().holds(address, 1);
        long host = ofDevice ? one.programAddress(address) : address;
        return new HostRanges.Range(one.allocation(), one.hostAddress(), host, bytes, written);
    }

    @Override
    public Cost cost() {
        return new Cost(crosses() ? copy.bytes() : 2 * copy.bytes(), 0, Cost.NONE.type());
    }

    @Override
    public double seconds(GpuProfile gpu) {
        return LEAST_SECONDS + cost().bytes() / (crosses() ? BUS : gpu.bandwidth());
    }

    private boolean crosses() {
        return copy.from().host() || copy.to().host();
    }

    @Override
    public long[] addresses() {
        return new long[] {copy.from().address(), copy.to().address()};
    }
}
