package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jengine.softcuda.ptx.Instruction;

/**
 * The instructions outside the arithmetic unit, by name: what is not here is refused. In the notation of the lists, one of {@code (...)}
 * stands in its place, and one or none of {@code [...]}. A hint may be with any form of its instruction, and more than one; the assembler
 * does not ask in what order they come.
 */
public final class Grammar {
    private static final String BYTES = ".b8|.u8|.s8";
    private static final String SHORTS = ".b16|.u16|.s16";
    private static final String INTS = ".b32|.u32|.s32|.f32";
    private static final String LONGS = ".b64|.u64|.s64|.f64";
    private static final String SHARED = ".shared|.shared::cta|.shared::cluster";
    private static final String OWN = ".shared|.shared::cta";
    private static final String WRITTEN = ".global|" + SHARED + "|.local|.param|.param::func";
    private static final String READ = WRITTEN + "|.const|.param::entry";
    private static final String SHAPES = ".m16n16k16|.m32n8k16|.m8n32k16";
    private static final String SCOPED = "(.relaxed|.acquire|.release|.acq_rel)(.cta|.cluster|.gpu|.sys)";

    private static final Map<String, Set<String>> FORMS = forms(
            // What brings values into registers as they are.
            "mov(.pred|.b16|.u16|.s16|" + INTS + "|" + LONGS + "|.b128)",
            "cvta[.to](.global|.const|.local|.param|.param::entry|" + SHARED + ").u64",
            "isspacep(.global|.const|.local|.param|.param::entry|" + SHARED + ")",
            "mapa[.shared::cluster](.u32|.u64)", "getctarank[.shared::cluster](.u32|.u64)",
            "alloca(.u32|.u64)", "stacksave(.u32|.u64)", "stackrestore(.u32|.u64)", "activemask.b32",
            // Memory.
            "ld[" + READ + "](" + BYTES + "|" + SHORTS + "|" + INTS + "|" + LONGS + ")",
            "ld[" + READ + "].v2(" + BYTES + "|" + SHORTS + "|" + INTS + "|" + LONGS + ")",
            "ld[" + READ + "].v4(" + BYTES + "|" + SHORTS + "|" + INTS + ")",
            "ld[.global].v4(" + LONGS + ")", "ld[.global].v8(" + INTS + ")",
            "ld[" + READ + "].v8(" + BYTES + "|" + SHORTS + ")", "ld[" + READ + "].b128",
            "ldu[.global][.v2](" + BYTES + "|" + SHORTS + "|" + INTS + "|" + LONGS + ")",
            "st[" + WRITTEN + "](" + BYTES + "|" + SHORTS + "|" + INTS + "|" + LONGS + ")",
            "st[" + WRITTEN + "].v2(" + BYTES + "|" + SHORTS + "|" + INTS + "|" + LONGS + ")",
            "st[" + WRITTEN + "].v4(" + BYTES + "|" + SHORTS + "|" + INTS + ")",
            "st[.global].v4(" + LONGS + ")", "st[.global].v8(" + INTS + ")",
            "st[" + WRITTEN + "].v8(" + BYTES + "|" + SHORTS + ")", "st[" + WRITTEN + "].b128",
            "(atom|red)[.global|" + SHARED + "].add(.u32|.s32|.u64|.f32|.f64|.noftz.f16|.noftz.f16x2|.noftz.bf16|.noftz.bf16x2)",
            "(atom|red)[.global|" + SHARED + "](.min|.max)(.u32|.s32|.u64|.s64)", "(atom|red)[.global|" + SHARED + "](.inc|.dec).u32",
            "(atom|red)[.global|" + SHARED + "](.and|.or|.xor)(.b32|.b64)", "atom[.global|" + SHARED + "].exch(.b32|.b64|.b128)",
            "atom[.global|" + SHARED + "].cas(.b16|.b32|.b64|.b128)", "(atom|red)[.global].add(.v2|.v4).f32",
            "(atom|red)[.global](.add|.min|.max).noftz(.v2|.v4)(.f16|.f16x2|.bf16|.bf16x2)",
            "(atom|red)[.global](.add|.min|.max).noftz.v8(.f16|.bf16)",
            "prefetch[.global|.local](.L1|.L2)", "prefetch.global(.L2::evict_last|.L2::evict_normal)", "prefetchu.L1",
            // Copies, and the barriers that count them.
            "cp.async(.ca|.cg)(" + OWN + ").global[.L2::cache_hint][.L2::64B|.L2::128B|.L2::256B]",
            "cp.async(.commit_group|.wait_group|.wait_all)", "cp.async.mbarrier.arrive[.noinc][" + OWN + "].b64",
            "cp.async.bulk(.shared::cluster|.shared::cta).global.mbarrier::complete_tx::bytes[.L2::cache_hint]",
            "cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes",
            "cp.async.bulk.global.shared::cta.bulk_group[.L2::cache_hint]", "cp.async.bulk.prefetch.L2.global[.L2::cache_hint]",
            "cp.async.bulk(.commit_group|.wait_group|.wait_group.read)",
            "mbarrier(.init|.inval)[" + OWN + "].b64", "mbarrier.pending_count.b64",
            "mbarrier(.expect_tx|.complete_tx)[.relaxed.cta|.relaxed.cluster][" + SHARED + "].b64",
            "mbarrier(.arrive|.arrive_drop)[.expect_tx][.release.cta|.release.cluster|.relaxed.cta|.relaxed.cluster][" + SHARED + "].b64",
            "mbarrier(.arrive|.arrive_drop).noComplete[.release.cta][" + OWN + "].b64",
            "mbarrier(.test_wait|.try_wait)[.parity][.acquire.cta|.acquire.cluster|.relaxed.cta|.relaxed.cluster][" + OWN + "].b64",
            // What lanes of a warp do together.
            "shfl.sync(.up|.down|.bfly|.idx).b32", "vote.sync(.all|.any|.uni).pred", "vote.sync.ballot.b32",
            "match(.any|.all).sync(.b32|.b64)", "redux.sync(.add|.min|.max)(.u32|.s32)", "redux.sync(.and|.or|.xor).b32", "elect.sync",
            "(ldmatrix|stmatrix).sync.aligned.m8n8(.x1|.x2|.x4)[.trans][" + OWN + "].b16", "movmatrix.sync.aligned.m8n8.trans.b16",
            "wmma(.load.a|.load.b).sync.aligned(.row|.col)(" + SHAPES + ")[.global|" + OWN + "](.f16|.bf16|.u8|.s8)",
            "wmma(.load.c|.store.d).sync.aligned(.row|.col)(" + SHAPES + ")[.global|" + OWN + "](.f16|.f32|.s32)",
            "wmma(.load.a|.load.b).sync.aligned(.row|.col).m16n16k8[.global|" + OWN + "].tf32",
            "wmma(.load.c|.store.d).sync.aligned(.row|.col).m16n16k8[.global|" + OWN + "].f32",
            "wmma(.load.a|.load.b|.load.c|.store.d).sync.aligned(.row|.col).m8n8k4[.global|" + OWN + "].f64",
            // Where to go on, who waits for whom, and what orders memory.
            "bra[.uni]", "brx.idx[.uni]", "call[.uni]", "ret[.uni]", "exit", "trap", "brkpt",
            "bar[.cta](.sync|.arrive|.red.popc.u32|.red.and.pred|.red.or.pred)", "bar.warp.sync",
            "barrier[.cta](.sync|.arrive)[.aligned]", "barrier[.cta].red.popc[.aligned].u32", "barrier[.cta].red(.and|.or)[.aligned].pred",
            "barrier.cluster.arrive[.release|.relaxed][.aligned]", "barrier.cluster.wait[.acquire][.aligned]",
            "membar(.cta|.gl|.sys)", "fence[.sc|.acq_rel|.acquire|.release](.cta|.cluster|.gpu|.sys)",
            "fence.mbarrier_init.release.cluster", "fence.proxy(.alias|.async|.async.global|.async.shared::cta|.async.shared::cluster)",
            "nanosleep.u32", "pmevent[.mask]", "discard[.global].L2", "applypriority[.global].L2::evict_normal",
            "griddepcontrol(.wait|.launch_dependents)", "setmaxnreg(.inc|.dec).sync.aligned.u32");

    /** By instruction, those that come before the space; behind it those with ~, and behind the operation those with +. */
    private static final Map<String, List<String>> HINTS = Map.of(
            "ld", hints("(.weak|.volatile|.mmio.relaxed.sys)", "(.relaxed|.acquire)(.cta|.cluster|.gpu|.sys)", "~(.nc|.ca|.cg|.cs|.lu|.cv)",
                    "~.L1(::evict_normal|::evict_unchanged|::evict_first|::evict_last|::no_allocate)",
                    "~.L2(::evict_normal|::evict_first|::evict_last|::64B|::128B|::256B|::cache_hint)"),
            "st", hints("(.weak|.volatile|.mmio.relaxed.sys)", "(.relaxed|.release)(.cta|.cluster|.gpu|.sys)", "~(.wb|.cg|.cs|.wt)",
                    "~.L1(::evict_normal|::evict_unchanged|::evict_first|::evict_last|::no_allocate)",
                    "~.L2(::evict_normal|::evict_first|::evict_last|::cache_hint)"),
            "atom", hints(SCOPED, "+.L2::cache_hint"), "red", hints("(.relaxed|.release)(.cta|.cluster|.gpu|.sys)", "+.L2::cache_hint"));
    private static final Map<String, Set<String>> HINT_WORDS = HINTS.entrySet().stream().collect(Collectors.toUnmodifiableMap(
            Map.Entry::getKey, hints -> hints.getValue().stream().map(hint -> hint.substring(hint.indexOf('.') + 1))
                    .flatMap(hint -> Arrays.stream(hint.split("\\."))).collect(Collectors.toUnmodifiableSet())));

    private Grammar() {
    }

    private static Map<String, Set<String>> forms(String... rules) {
        Map<String, Set<String>> forms = new LinkedHashMap<>();
        for (String rule : rules) {
            for (String form : expand(rule)) {
                forms.computeIfAbsent(opcode(form), of -> new LinkedHashSet<>()).add(form);
            }
        }
        return forms;
    }

    private static List<String> hints(String... rules) {
        return Arrays.stream(rules).flatMap(rule -> expand(rule).stream()).toList();
    }

    private static String opcode(String form) {
        return form.contains(".") ? form.substring(0, form.indexOf('.')) : form;
    }

    private static List<String> expand(String rule) {
        List<String> made = List.of("");
        for (int at = 0; at < rule.length();) {
            char open = rule.charAt(at);
            List<String> choices = new ArrayList<>();
            if (open == '(' || open == '[') {
                int end = rule.indexOf(open == '(' ? ')' : ']', at);
                if (open == '[') {
                    choices.add("");
                }
                choices.addAll(List.of(rule.substring(at + 1, end).split("\\|")));
                at = end + 1;
            } else {
                int end = at;
                while (end < rule.length() && "([".indexOf(rule.charAt(end)) < 0) {
                    end++;
                }
                choices.add(rule.substring(at, end));
                at = end;
            }
            made = made.stream().flatMap(start -> choices.stream().map(choice -> start + choice)).toList();
        }
        return made;
    }

    /** Whether it is an instruction of these, and none of the arithmetic unit's. */
    static boolean has(Instruction instruction) {
        return FORMS.containsKey(instruction.opcode()) && !(instruction.opcode().equals("wmma") && instruction.has("mma"));
    }

    /** Whether there is such a form. */
    static boolean takes(Instruction instruction) {
        Set<String> hints = HINT_WORDS.getOrDefault(instruction.opcode(), Set.of());
        String form = instruction.opcode() + instruction.modifiers().stream().filter(modifier -> !hints.contains(modifier))
                .map(modifier -> "." + modifier).collect(Collectors.joining());
        return FORMS.get(instruction.opcode()).contains(form);
    }

    /** The instructions, as in "ld". */
    public static List<String> opcodes() {
        return List.copyOf(FORMS.keySet());
    }

    /** Every form of an instruction, as in "ld.global.f32", those with each hint last. */
    public static List<String> forms(String opcode) {
        List<String> all = new ArrayList<>(FORMS.get(opcode));
        for (String hint : HINTS.getOrDefault(opcode, List.of())) {
            boolean atomic = opcode.equals("atom") || opcode.equals("red");
            String rest = atomic ? ".add.u32" : hint.contains("L2::evict") ? ".v8.b32" : ".u32";
            all.add(hint.startsWith("~") ? opcode + ".global" + hint.substring(1) + rest
                    : hint.startsWith("+") ? opcode + ".global.add" + hint.substring(1) + ".u32" : opcode + hint + ".global" + rest);
        }
        return all;
    }
}
