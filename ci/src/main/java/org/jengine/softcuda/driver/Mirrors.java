package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.memory.Allocation;

/** Lets work on the device use memory whose bytes are the program's: they are fetched before it, and what it changed is handed back. */
final class Mirrors {
    private static final int COMPARED = 1 << 16;

    private final Memory memory;

    Mirrors(Memory memory) {
        this.memory = memory;
    }

    /** @param addresses that the work was given: one of them may be in pinned memory that no other sign says it uses */
    void around(long[] addresses, Runnable work) {
        List<Memory.Owned> mirrors = memory.mirrors(addresses);
        List<byte[]> before = new ArrayList<>();
        for (Memory.Owned one : mirrors) {
            byte[] bytes = memory.host().read(one.hostAddress(), Math.toIntExact(one.allocation().bytes()));
            one.allocation().write(0, bytes, 0, bytes.length);
            before.add(bytes);
        }
        work.run();
        for (int i = 0; i < mirrors.size(); i++) {
            hand(mirrors.get(i), before.get(i));
        }
    }

    /** Writes no more than what was changed: the program may be writing elsewhere in the same memory. */
    private void hand(Memory.Owned one, byte[] before) {
        Allocation allocation = one.allocation();
        for (int at = 0; at < before.length; at += COMPARED) {
            byte[] now = new byte[Math.min(COMPARED, before.length - at)];
            allocation.read(at, now, 0, now.length);
            int first = 0;
            int last = now.length - 1;
            while (first <= last && now[first] == before[at + first]) {
                first++;
            }
            while (last >= first && now[last] == before[at + last]) {
                last--;
            }
            if (first <= last) {
                memory.host().write(one.hostAddress() + at + first, Arrays.copyOfRange(now, first, last + 1));
            }
        }
    }
}
