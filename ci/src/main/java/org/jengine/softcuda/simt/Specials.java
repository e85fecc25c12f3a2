package org.jengine.softcuda.simt;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jengine.softcuda.simt.alu.Kind;
import org.jengine.softcuda.simt.alu.Values;

/** What the machine tells its threads about themselves: constant while a block runs. */
final class Specials {
    private static final Set<String> KNOWN = Set.of("%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z", "%ctaid.x", "%ctaid.y",
            "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid", "%warpid", "%nwarpid", "%smid", "%nsmid", "%gridid",
            "%lanemask_eq", "%lanemask_le", "%lanemask_lt", "%lanemask_ge", "%lanemask_gt", "%dynamic_smem_size", "%total_smem_size",
            "%aggr_smem_size", "%envreg1", "%envreg2", "%clusterid.x", "%clusterid.y", "%clusterid.z", "%nclusterid.x", "%nclusterid.y",
            "%nclusterid.z", "%cluster_ctaid.x", "%cluster_ctaid.y", "%cluster_ctaid.z", "%cluster_nctaid.x", "%cluster_nctaid.y",
            "%cluster_nctaid.z", "%cluster_ctarank", "%cluster_nctarank", "%is_explicit_cluster", "%reserved_smem_offset_begin",
            "%reserved_smem_offset_end", "%reserved_smem_offset_cap", "%reserved_smem_offset_0", "%reserved_smem_offset_1");

    private final int lanes;
    private final Map<String, Values> made = new HashMap<>();
    private Run last;

    Specials(int lanes) {
        this.lanes = lanes;
    }

    static boolean known(String name) {
        return KNOWN.contains(name);
    }

    static Kind kind(String name) {
        return name.equals("%gridid") ? Kind.I64 : name.equals("%is_explicit_cluster") ? Kind.PRED : Kind.I32;
    }

    Values find(String name, Run run, long block) {
        Values found = made.get(name);
        if (found == null) {
            found = Values.of(kind(name), lanes);
            made.put(name, found);
            write(name, found, run, block);
        }
        return found;
    }

    /** What those that are used are for a block. */
    void set(Run run, long block) {
        made.forEach((name, values) -> {
            if (run != last || name.startsWith("%ctaid") || name.startsWith("%clusterid") || name.equals("%smid")) {
                write(name, values, run, block);
            }
        });
        last = run;
    }

    private void write(String name, Values to, Run run, long block) {
        if (to.i == null) {
            Lanes.fill(to, 0, lanes, name.equals("%gridid") ? run.number() : 0);
        } else if (!varies(name)) {
            Arrays.fill(to.i, uniform(name, run, block));
        } else {
            for (int lane = 0; lane < lanes; lane++) {
                to.i[lane] = own(name, run.launch(), lane);
            }
        }
    }

    private static int own(String name, Launch launch, int lane) {
        int bit = 1 << lane;
        return switch (name) {
            case "%tid.x" -> lane % launch.blockX();
            case "%tid.y" -> lane / launch.blockX() % launch.blockY();
            case "%tid.z" -> lane / launch.blockX() / launch.blockY();
            case "%laneid" -> lane % Warps.SIZE;
            case "%warpid" -> lane / Warps.SIZE;
            case "%lanemask_eq" -> bit;
            case "%lanemask_le" -> bit | bit - 1;
            case "%lanemask_lt" -> bit - 1;
            case "%lanemask_ge" -> -bit;
            case "%lanemask_gt" -> -bit & ~bit;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static boolean varies(String name) {
        return name.startsWith("%tid") || name.startsWith("%lane") || name.equals("%warpid");
    }

    private static int uniform(String name, Run run, long block) {
        Launch launch = run.launch();
        int x = (int) (block % launch.gridX());
        int y = (int) (block / launch.gridX() % launch.gridY());
        int z = (int) (block / launch.gridX() / launch.gridY());
        return switch (name) {
            case "%ntid.x" -> launch.blockX();
            case "%ntid.y" -> launch.blockY();
            case "%ntid.z" -> launch.blockZ();
            case "%ctaid.x", "%clusterid.x" -> x;
            case "%ctaid.y", "%clusterid.y" -> y;
            case "%ctaid.z", "%clusterid.z" -> z;
            case "%nctaid.x", "%nclusterid.x" -> launch.gridX();
            case "%nctaid.y", "%nclusterid.y" -> launch.gridY();
            case "%nctaid.z", "%nclusterid.z" -> launch.gridZ();
            case "%nwarpid" -> (launch.threads() + Warps.SIZE - 1) / Warps.SIZE;
            case "%smid" -> (int) (block % run.multiprocessors());
            case "%nsmid" -> run.multiprocessors();
            case "%dynamic_smem_size" -> launch.dynamicShared();
            case "%total_smem_size", "%aggr_smem_size" -> run.sharedBytes();
            case "%envreg1" -> (int) (run.gridWorkspace() >>> Integer.SIZE);
            case "%envreg2" -> (int) run.gridWorkspace();
            case "%cluster_nctaid.x", "%cluster_nctaid.y", "%cluster_nctaid.z", "%cluster_nctarank" -> 1;
            default -> 0;
        };
    }
}
