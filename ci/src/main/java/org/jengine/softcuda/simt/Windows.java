package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/** Where lanes' addresses lie in memory that is one array: shared, local, or a kernel's parameters. */
final class Windows {
    private Windows() {
    }

    /**
     * Writes down each lane's place and sees to bounds and alignment.
     *
     * @param size   of the memory as a lane sees it
     * @param stride from one lane's memory to the next's, or 0 if they share it
     */
    static void places(MemoryStep step, Block block, Frame frame, Mask mask, Values addresses, long shift, String which, int size,
            int stride) {
        int[] at = block.scratch().places();
        int most = size - step.bytes();
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length; r += 2) {
            int start = runs[r];
            int end = runs[r + 1];
            long wrong = 0;
            if (addresses.i != null) {
                Sweeps.shift(addresses.i, (int) shift, at, start, end);
            } else {
                Sweeps.shift(addresses.l, shift, at, start, end);
                wrong = Sweeps.wide(addresses.l, shift, start, end);
            }
            wrong |= Sweeps.outside(at, most, start, end);
            if (wrong < 0 || (Sweeps.bits(at, start, end) & step.alignment() - 1) != 0) {
                throw fault(step, block, frame, mask, addresses, shift, which, size);
            }
            if (stride != 0) {
                Sweeps.lanes(at, stride, start, end);
            }
        }
    }

    private static RuntimeException fault(MemoryStep step, Block block, Frame frame, Mask mask, Values addresses, long shift, String which,
            int size) {
        int most = size - step.bytes();
        int lane = mask.first();
        while (true) {
            long place = shift + (addresses.i != null ? addresses.i[lane] : addresses.l[lane]);
            if (mask.has(lane) && (place < 0 || place > most)) {
                return block.run().faults().window(block, frame, step, lane, which, place, size);
            }
            if (mask.has(lane) && (place & (step.alignment() - 1)) != 0) {
                return block.run().faults().misaligned(block, frame, step, lane, place, which + " memory");
            }
            lane++;
        }
    }

    static void touch(MemoryStep step, Block block, Frame frame, Mask mask, byte[] memory, int[] at) {
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length; r += 2) {
            int start = runs[r];
            int end = runs[r + 1];
            // Two lanes tell already which of both it can be.
            int distance = end - start < 2 ? 0 : at[start + 1] - at[start];
            MemoryStep.Shape shape = distance != 0 && distance != step.bytes() || Sweeps.apart(at, distance, start, end) != 0
                    ? MemoryStep.Shape.ANY : distance == 0 ? MemoryStep.Shape.SAME : MemoryStep.Shape.CONSECUTIVE;
            step.touch(block, frame, start, end, memory, at, shape);
        }
    }
}
