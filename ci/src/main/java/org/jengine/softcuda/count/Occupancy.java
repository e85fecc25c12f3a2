package org.jengine.softcuda.count;

/**
 * How many blocks of a kernel a multiprocessor holds, by the rules of NVIDIA's occupancy calculator.
 *
 * @param blocks  of one multiprocessor
 * @param warps   of one multiprocessor
 * @param part    of the warps that it could hold, 0 to 1
 * @param limit   what keeps it from holding more: threads, blocks, registers or shared memory
 */
public record Occupancy(int blocks, int warps, double part, String limit) {
    /** Registers are given to warps in so many at a time. */
    private static final int REGISTERS_AT_ONCE = 256;

    /** Warps are spread over the parts of a multiprocessor, so that registers go to so many warps at a time. */
    private static final int WARPS_AT_ONCE = 4;

    private static final int TURING = 7;
    private static final int SHARED_AT_ONCE = 128;
    private static final int SHARED_AT_ONCE_TURING = 256;

    /**
     * @param registers of a thread; 0 if nobody knows: then they are no limit
     * @param shared    bytes of a block, static and dynamic
     * @param threads   of a block
     */
    public static Occupancy of(Machine machine, int registers, int shared, int threads) {
        int warpsOfBlock = up(threads, Machine.WARP) / Machine.WARP;
        int most = machine.threads() / Machine.WARP;
        int blocks = most / warpsOfBlock;
        String limit = "threads";
        if (machine.blocks() < blocks) {
            blocks = machine.blocks();
            limit = "blocks";
        }
        if (registers > 0) {
            int ofWarp = up(registers * Machine.WARP, REGISTERS_AT_ONCE);
            int warps = machine.registers() / ofWarp / WARPS_AT_ONCE * WARPS_AT_ONCE;
            if (warps / warpsOfBlock < blocks) {
                blocks = warps / warpsOfBlock;
                limit = "registers";
            }
        }
        int sharedOfBlock = up(shared + machine.reserved(), machine.major() == TURING ? SHARED_AT_ONCE_TURING : SHARED_AT_ONCE);
        if (sharedOfBlock > 0 && machine.shared() / sharedOfBlock < blocks) {
            blocks = machine.shared() / sharedOfBlock;
            limit = "shared memory";
        }
        int warps = blocks * warpsOfBlock;
        return new Occupancy(blocks, warps, (double) warps / most, limit);
    }

    private static int up(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }
}
