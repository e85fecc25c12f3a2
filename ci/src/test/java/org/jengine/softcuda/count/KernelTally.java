package org.jengine.softcuda.count;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the counter says of a launch of a kernel, and how far that is from the least.
 *
 * @param moved        sectors of 32 bytes, each as often as an access moves it
 * @param fewest       sectors that hold what the launch touched, each once for reading and once for writing
 * @param conflicts    passes over the banks of shared memory beyond the fewest
 * @param divergent    branches at which a warp parted
 * @param occupancy    the part of a multiprocessor's warps that can be there
 * @param instructions of warps
 */
record KernelTally(double moved, double fewest, double conflicts, double divergent, double occupancy, double instructions, double blocks) {
    private static final double MOST_MOVED = 1.05;
    private static final double LEAST_OCCUPANCY = 0.5;

    static KernelTally of(Map<?, ?> row) {
        return new KernelTally(number(row, "sectorsMoved"), number(row, "touchedBytes") / Sectors.BYTES, number(row, "sharedConflicts"),
                number(row, "divergentBranches"), number((Map<?, ?>) row.get("shape"), "occupancy"), number(row, "warpInstructions"),
                number(row, "blocks"));
    }

    private static double number(Map<?, ?> row, String name) {
        return ((Number) row.get(name)).doubleValue();
    }

    /**
     * What is wrong with it for a kernel that streams, that is, does little else than to read and write.
     *
     * @param edges branches at which a warp may part since the sizes end there
     */
    List<String> faults(int edges) {
        List<String> faults = new ArrayList<>();
        if (moved > MOST_MOVED * fewest) {
            faults.add(String.format(Locale.ROOT, "moves %.0f sectors, %.2f times the fewest", moved, moved / fewest));
        }
        if (conflicts > 0) {
            faults.add(String.format(Locale.ROOT, "has %.0f bank conflicts", conflicts));
        }
        if (divergent > edges) {
            faults.add(String.format(Locale.ROOT, "has %.0f divergent branches, %d of them at edges", divergent, edges));
        }
        if (occupancy < LEAST_OCCUPANCY) {
            faults.add(String.format(Locale.ROOT, "has an occupancy of %.0f %%", 100 * occupancy));
        }
        return faults;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%8.0f blocks %10.0f sectors %6.3fx %8.0f conflicts %8.0f divergent %4.0f%% %10.0f instr",
                blocks, moved, moved / fewest, conflicts, divergent, 100 * occupancy, instructions);
    }
}
