package org.jengine.softcuda.simt.alu;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.simt.Bed;

/** Forms outside the arithmetic unit: whether they are taken, and kernels in which they do their work on what is drawn at random. */
abstract class StepForms {
    static final List<String> TYPES = List.of("b8", "u8", "s8", "b16", "u16", "s16", "f16", "bf16", "b32", "u32", "s32", "f32",
            "f16x2", "bf16x2", "b64", "u64", "s64", "f64", "b128", "pred");
    static final long[] SPECIALS = {0, 1, 2, 0x7f, 0x80, 0x7fff, 0x8000, 0x8001, 0x3c00, 0x7c00, 0xfc00, 0x7f80, 0x7fc00000,
        0x00ffffff, 0x7f800000, 0xff800000L, 0x80000000L, 0x80000001L, 0x7fffffff, 0xffffffffL, 0x7f7fffff,
        0x7fffffffffffffffL, Long.MIN_VALUE, -1, 0x7ff0000000000000L, 0xfff0000000000000L, 0x7ff8000000000000L, 0x0000000100000001L,
        0x0010000000000000L, 0x000fffffffffffffL};
    static final String REGISTERS = ".reg .b16 %h<5>; .reg .b32 %r<5>; .reg .b64 %l<9>; .reg .pred %p<2>;\n"
            + ".shared .align 16 .b8 s[1024];\n.local .align 16 .b8 own[16];\n";
    /** Each thread has 16 bytes of shared memory at %r4, and 64 of global memory at %l8. */
    static final String ADDRESSES = "mov.u32 %r4, s; mad.lo.u32 %r4, %t, 16, %r4; mad.wide.u32 %l8, %t, 64, %out;\n";
    static final int LANES = 64;
    static final int INTS = 16;

    final Random random = new Random(11);
    final List<String> wrong = new ArrayList<>();

    static int bits(String type) {
        return type.equals("pred") ? Integer.SIZE : IntegerStatements.width(type) * (type.endsWith("x2") ? 2 : 1);
    }

    static String register(String type) {
        return bits(type) <= Short.SIZE ? "%h" : bits(type) == Integer.SIZE ? "%r" : "%l";
    }

    /** Whether the form is to be run: it is taken, and the ISA has it. */
    boolean takes(String name, boolean known, String line) {
        boolean taken = true;
        try {
            Bed.kernel(REGISTERS, line);
        } catch (PtxException e) {
            taken = false;
        }
        if (taken != known) {
            wrong.add(name + (known ? " is refused" : " is taken"));
        }
        return taken && known;
    }

    /** Runs a kernel on sixteen ints a thread, as eight longs. */
    static long[] run(String body, long[] given) {
        Bed bed = Bed.kernel(REGISTERS, ADDRESSES + body);
        int[] ints = new int[2 * given.length];
        for (int k = 0; k < given.length; k++) {
            ints[2 * k] = (int) given[k];
            ints[2 * k + 1] = (int) (given[k] >>> Integer.SIZE);
        }
        Allocation out = bed.ints(ints);
        bed.launch("k", 1, LANES, 0, false, out);
        int[] back = Bed.ints(out);
        long[] longs = new long[given.length];
        for (int k = 0; k < longs.length; k++) {
            longs[k] = back[2 * k] & 0xffffffffL | (long) back[2 * k + 1] << Integer.SIZE;
        }
        return longs;
    }

    static long lowest(long x, int bits) {
        return bits >= Long.SIZE ? x : x & (1L << bits) - 1;
    }

    long[] drawn() {
        return random.longs(LANES * INTS / 2).toArray();
    }
}
