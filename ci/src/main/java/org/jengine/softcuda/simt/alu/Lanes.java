package org.jengine.softcuda.simt.alu;

import org.jengine.softcuda.simt.alu.IntShapes.IofI;
import org.jengine.softcuda.simt.alu.IntShapes.IofII;
import org.jengine.softcuda.simt.alu.IntShapes.IofIII;

/** Functions of 16 bits, applied to both halves of a register. */
final class Lanes {
    private Lanes() {
    }

    static int lower(int x) {
        return x & 0xffff;
    }

    static IofI pair(IofI f) {
        return a -> lower(f.at(lower(a))) | f.at(a >>> 16) << 16;
    }

    static IofII pair(IofII f) {
        return (a, b) -> lower(f.at(lower(a), lower(b))) | f.at(a >>> 16, b >>> 16) << 16;
    }

    static IofIII pair(IofIII f) {
        return (a, b, c) -> lower(f.at(lower(a), lower(b), lower(c))) | f.at(a >>> 16, b >>> 16, c >>> 16) << 16;
    }
}
