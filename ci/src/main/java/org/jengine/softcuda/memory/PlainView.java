package org.jengine.softcuda.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.work.Turn;

/** A view that checks where accesses go and nothing else. */
public class PlainView implements View {
    private final AddressSpace space;

    public PlainView(AddressSpace space) {
        this.space = space;
    }

    @Override
    public byte[] readBytes(Turn turn, long address, long count) {
        byte[] to = new byte[Math.toIntExact(count)];
        if (count > 0) {
            Allocation from = at(turn, address, count, false);
            before(turn, from, address - from.base(), count, false);
            from.read(address - from.base(), to, 0, to.length);
        }
        return to;
    }

    @Override
    public void writeBytes(Turn turn, long address, byte[] from) {
        if (from.length > 0) {
            Allocation to = at(turn, address, from.length, true);
            before(turn, to, address - to.base(), from.length, true);
            to.write(address - to.base(), from, 0, from.length);
        }
    }

    @Override
    public float[] readFloats(Turn turn, long address, int count) {
        align(turn, address, Float.BYTES);
        float[] to = new float[count];
        if (count > 0) {
            Allocation from = at(turn, address, (long) count * Float.BYTES, false);
            long offset = address - from.base();
            before(turn, from, offset, (long) count * Float.BYTES, false);
            for (int done = 0; done < count;) {
                int part = Math.min(count - done, (Allocation.PAGE - Allocation.inPage(offset)) / Float.BYTES);
                floats(from, offset, part).get(to, done, part);
                done += part;
                offset += (long) part * Float.BYTES;
            }
        }
        return to;
    }

    @Override
    public void writeFloats(Turn turn, long address, float[] from) {
        align(turn, address, Float.BYTES);
        if (from.length > 0) {
            Allocation to = at(turn, address, (long) from.length * Float.BYTES, true);
            long offset = address - to.base();
            before(turn, to, offset, (long) from.length * Float.BYTES, true);
            for (int done = 0; done < from.length;) {
                int part = Math.min(from.length - done, (Allocation.PAGE - Allocation.inPage(offset)) / Float.BYTES);
                floats(to, offset, part).put(from, done, part);
                done += part;
                offset += (long) part * Float.BYTES;
            }
        }
    }

    /** Floats of one page. */
    private static FloatBuffer floats(Allocation of, long offset, int count) {
        ByteBuffer bytes = ByteBuffer.wrap(of.page(offset), Allocation.inPage(offset), count * Float.BYTES);
        return bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    @Override
    public void copy(Turn turn, long to, long from, long count) {
        if (count == 0) {
            return;
        }
        Allocation source = at(turn, from, count, false);
        Allocation target = at(turn, to, count, true);
        long start = from - source.base();
        long goal = to - target.base();
        beforeCopy(turn, target, goal, source, start, count);
        byte[] part = new byte[(int) Math.min(count, Allocation.PAGE)];
        boolean backwards = source == target && goal > start;
        for (long done = 0; done < count;) {
            int size = (int) Math.min(part.length, count - done);
            long at = backwards ? count - done - size : done;
            source.read(start + at, part, 0, size);
            target.write(goal + at, part, 0, size);
            done += size;
        }
    }

    @Override
    public void fill(Turn turn, long address, int value, int width, long count) {
        if (width != Byte.BYTES && width != Short.BYTES && width != Integer.BYTES) {
            throw new IllegalArgumentException("a fill of " + width + " bytes");
        }
        align(turn, address, width);
        if (count == 0) {
            return;
        }
        long bytes = Math.multiplyExact(count, (long) width);
        Allocation to = at(turn, address, bytes, true);
        long offset = address - to.base();
        before(turn, to, offset, bytes, true);
        byte[] pattern = new byte[(int) Math.min(bytes, Allocation.PAGE)];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = (byte) (value >> Byte.SIZE * (i % width));
        }
        for (long done = 0; done < bytes; done += pattern.length) {
            to.write(offset + done, pattern, 0, (int) Math.min(pattern.length, bytes - done));
        }
    }

    @Override
    public void publish(Turn turn, long address, byte[] value) {
        Allocation to = at(turn, address, value.length, true);
        to.write(address - to.base(), value, 0, value.length);
        published(turn, to, address - to.base(), value.length);
    }

    @Override
    public int await(Turn turn, long address, long count) {
        Allocation from = at(turn, address, count, false);
        return awaited(turn, from, address - from.base(), count);
    }

    private Allocation at(Turn turn, long address, long count, boolean writes) {
        if (count < 0) {
            throw new IllegalArgumentException("a range of " + count + " bytes");
        }
        return Addresses.require(space, address, count, writes, where(turn));
    }

    private static void align(Turn turn, long address, int bytes) {
        if (address % bytes != 0) {
            throw new Fault(new Report(Rule.MISALIGNED, "0x" + Long.toHexString(address) + " is no multiple of " + bytes, where(turn)));
        }
    }

    /** How reports name a turn that is no kernel. */
    static String where(Turn turn) {
        return turn.name() + " (turn " + turn.number() + ", " + turn.stream() + ")";
    }

    /** What a checking view looks at before each access. */
    void before(Turn turn, Allocation allocation, long offset, long count, boolean writes) {
    }

    /** What a checking view notes of a value that was published. */
    void published(Turn turn, Allocation allocation, long offset, long count) {
    }

    /** The turn that a checking view knows to have written the first byte of a value that was waited for; 0 if none. */
    int awaited(Turn turn, Allocation allocation, long offset, long count) {
        return 0;
    }

    /** As {@link #before}, for both sides of a copy. */
    void beforeCopy(Turn turn, Allocation to, long goal, Allocation from, long start, long count) {
    }
}
