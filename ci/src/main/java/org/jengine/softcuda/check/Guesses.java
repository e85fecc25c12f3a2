package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.softcuda.check.LaunchReports.Race;
import org.jengine.softcuda.memory.Allocation;

/**
 * Plain loads that meet atomics, kept until it is clear whether they were guesses: CUDA's own headers load plainly what a loop around a
 * compare-and-swap starts with, as for atomicAdd of a bfloat16 on a T4. A wrong guess makes the swap fail, so that it is as harmless as an
 * atomic. Whatever the same thread has not swapped when its block ends was believed, and is told.
 */
final class Guesses {
    /** More are not kept, nor told. */
    private static final int MOST = 1 << 16;

    private record Reader(long block, int thread) {
    }

    private final LaunchReports reports;
    private final Map<Reader, Set<Race>> open = new HashMap<>();
    private int count;

    Guesses(LaunchReports reports) {
        this.reports = reports;
    }

    /** A race that is told if its load was no guess. The block and thread are those that loaded. */
    void keep(Race race, long block, int thread) {
        if (count < MOST && open.computeIfAbsent(new Reader(block, thread), r -> new HashSet<>()).add(race)) {
            count++;
        }
    }

    boolean any() {
        return count != 0;
    }

    /** A thread compares and swaps these bytes: what it loaded of them was a guess. */
    void swapped(Allocation allocation, long offset, int bytes, long block, int thread) {
        Set<Race> races = open.get(new Reader(block, thread));
        if (races != null) {
            int before = races.size();
            races.removeIf(race -> race.allocation() == allocation && race.offset() >= offset && race.offset() < offset + bytes);
            count -= before - races.size();
        }
    }

    /** The block's threads swap nothing more. */
    void end(long block) {
        List<Reader> ended = new ArrayList<>();
        open.forEach((reader, races) -> {
            if (reader.block() == block) {
                ended.add(reader);
                count -= races.size();
                races.forEach(reports::race);
            }
        });
        ended.forEach(open::remove);
    }
}
