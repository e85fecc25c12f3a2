package org.jengine.softcuda.simt.alu;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The modifiers of which the tests of the grammar say what they mean, by instruction: with any other, nothing is said of a form. */
final class GrammarWords {
    private static final String TYPES = " b8 u8 s8 b16 u16 s16 b32 u32 s32 f32 b64 u64 s64 f64";
    private static final String SHARED = " shared shared::cta shared::cluster";
    private static final String SCOPES = " cta cluster gpu sys";
    private static final String CACHED = " L1::evict_normal L1::evict_unchanged L1::evict_first L1::evict_last L1::no_allocate"
            + " L2::evict_normal L2::evict_first L2::evict_last L2::cache_hint";
    private static final String ATOMIC = "L2::cache_hint add min max inc dec and or xor noftz v2 v4 v8 global u32 s32 u64 s64 f32 f64 f16"
            + " f16x2 bf16 bf16x2 b32 b64 relaxed release" + SHARED + SCOPES;
    private static final String BARRIER = "cta sync arrive red popc and or u32 pred";
    private static final String MATRIX = "sync aligned m8n8 x1 x2 x4 trans shared shared::cta b16";

    private static final Map<String, Set<String>> WORDS = Map.copyOf(Stream.of(
            "mov pred b128" + TYPES.replace(" b8 u8 s8", ""), "cvta to global const local param param::entry u64" + SHARED,
            "isspacep global const local param param::entry" + SHARED, "mapa shared::cluster u32 u64", "getctarank shared::cluster u32 u64",
            "alloca u32 u64", "stacksave u32 u64", "stackrestore u32 u64", "activemask b32",
            "ld global local const param param::entry param::func v2 v4 v8 b128 weak volatile mmio relaxed acquire nc ca cg cs lu cv"
                    + " L2::64B L2::128B L2::256B" + SHARED + SCOPES + CACHED + TYPES,
            "ldu global v2" + TYPES,
            "st global local param param::func v2 v4 v8 b128 weak volatile mmio relaxed release wb cg cs wt" + SHARED + SCOPES
                    + CACHED + TYPES,
            "atom exch cas b16 b128 acquire acq_rel " + ATOMIC, "red " + ATOMIC,
            "prefetch global local L1 L2 L2::evict_last L2::evict_normal", "prefetchu L1",
            "cp async ca cg shared shared::cta shared::cluster global L2::64B L2::128B L2::256B commit_group wait_group wait_all"
                    + " mbarrier arrive noinc b64 bulk mbarrier::complete_tx::bytes L2::cache_hint bulk_group prefetch L2 read",
            "mbarrier init inval pending_count expect_tx complete_tx arrive arrive_drop noComplete test_wait try_wait parity"
                    + " acquire release relaxed cta cluster b64" + SHARED,
            "shfl sync up down bfly idx b32", "vote sync all any uni ballot pred b32", "match any all sync b32 b64",
            "redux sync add min max and or xor u32 s32 b32", "elect sync", "ldmatrix " + MATRIX, "stmatrix " + MATRIX,
            "movmatrix sync aligned m8n8 trans b16",
            "wmma load store a b c d sync aligned row col m16n16k16 m32n8k16 m8n32k16 m16n16k8 m8n8k4 global shared shared::cta"
                    + " f16 bf16 u8 s8 f32 s32 tf32 f64",
            "bra uni", "brx idx uni", "call uni", "ret uni", "exit", "trap", "brkpt", "bar warp " + BARRIER,
            "barrier aligned cluster wait release relaxed acquire " + BARRIER, "membar cta gl sys",
            "fence sc acq_rel acquire release cta cluster gpu sys mbarrier_init proxy alias async global shared::cta shared::cluster",
            "nanosleep u32", "pmevent mask", "discard global L2", "applypriority global L2::evict_normal",
            "griddepcontrol wait launch_dependents", "setmaxnreg inc dec sync aligned u32").map(line -> List.of(line.split(" +")))
            .collect(Collectors.toMap(words -> words.get(0), words -> Set.copyOf(words.subList(1, words.size())))));

    private GrammarWords() {
    }

    /** Whether something is said of every modifier of the form. */
    static boolean say(List<String> form) {
        return WORDS.getOrDefault(form.get(0), Set.of()).containsAll(form.subList(1, form.size()));
    }
}
