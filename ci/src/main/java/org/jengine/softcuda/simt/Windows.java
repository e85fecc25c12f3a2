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
        long wrong = 0;
        long odd = 0;
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length; r += 2) {
            if (addresses.i != null) {
                int small = (int) shift;
                for (int k = runs[r]; k < runs[r + 1]; k++) {
                    int place = addresses.i[k] + small;
                    wrong |= place | (most - place);
                    odd |= place;
                    at[k] = place + k * stride;
                }
            } else {
                for (int k = runs[r]; k < runs[r + 1]; k++) {
                    long place = addresses.l[k] + shift;
                    wrong |= place | (most - place);
                    odd |= place;
                    at[k] = (int) place + k * stride;
                }
            }
        }
        if (wrong < 0 || (odd & (step.alignment() - 1)) != 0) {
            throw fault(step, block, frame, mask, addresses, shift, which, size);
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
                return block.run().faults().misaligned(block, frame, step, lane, place);
            }
            lane++;
        }
    }

    static void touch(MemoryStep step, Block block, Frame frame, Mask mask, byte[] memory, int[] at) {
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length; r += 2) {
            int bent = 0;
            int moved = 0;
            for (int k = runs[r]; k < runs[r + 1] - 1; k++) {
                int distance = at[k + 1] - at[k];
                bent |= distance ^ step.bytes();
                moved |= distance;
            }
            MemoryStep.Shape shape = bent == 0 ? MemoryStep.Shape.CONSECUTIVE : moved == 0 ? MemoryStep.Shape.SAME : MemoryStep.Shape.ANY;
            step.touch(block, frame, runs[r], runs[r + 1], memory, at, shape);
        }
    }
}
