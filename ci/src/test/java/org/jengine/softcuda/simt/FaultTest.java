package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.ptx.PtxModule;
import org.junit.jupiter.api.Test;

/** What ends a kernel, and how it is told. */
class FaultTest {
    private static final String STORE = """
            .visible .entry k(.param .u64 out, .param .u32 scale) {
            .reg .u64 %p; .reg .u32 %t, %b, %n, %s;
            ld.param.u64 %p, [out]; ld.param.u32 %s, [scale];
            mov.u32 %t, %tid.x; mov.u32 %b, %ctaid.x; mov.u32 %n, %ntid.x;
            mad.lo.u32 %t, %b, %n, %t;
            mad.wide.u32 %p, %t, %s, %p;
            .loc 1 12 5
            st.global.u32 [%p], %t;
            ret;
            }
            .file 1 "/src/store.cu"
            """;

    private static Report report(Bed bed, int blocks, int threads, Object... arguments) {
        return assertThrows(Fault.class, () -> bed.launch("k", blocks, threads, 0, false, arguments)).report();
    }

    @Test
    void aStoreBehindTheEndIsToldWithItsPlace() {
        Bed bed = Bed.of(STORE, 0);
        Allocation out = bed.ints(new int[100]);
        Report report = report(bed, 1, 128, out, 4);
        assertEquals(Report.Rule.OUT_OF_BOUNDS, report.rule());
        assertEquals("store of 4 bytes at 0x" + Long.toHexString(out.base() + 400) + ", which ends 4 bytes behind the end of " + out,
                report.message());
        assertEquals("kernel k, PTX line 11: st.global.u32 [%p], %t;\nsource store.cu:12\nblock (0, 0, 0), thread (100, 0, 0)",
                report.where());
    }

    @Test
    void aLoadBeforeTheStartIsToldByWhatFollows() {
        Bed bed = Bed.kernel(".reg .u32 %a;", "ld.global.u32 %a, [%mine-12];");
        bed.ints(new int[100]);
        Allocation out = bed.ints(new int[100]);
        Report report = report(bed, 1, 32, out);
        assertEquals("load of 4 bytes at 0x" + Long.toHexString(out.base() - 12) + ", which starts 12 bytes before " + out,
                report.message());
    }

    @Test
    void theFirstLaneThatGoesWrongIsNamedWhereAddressesAreScattered() {
        Bed bed = Bed.of(STORE);
        Report report = report(bed, 1, 64, bed.ints(new int[100]), 12);
        assertEquals(Report.Rule.OUT_OF_BOUNDS, report.rule());
        assertTrue(report.where().endsWith("thread (34, 0, 0)"), report.where());
    }

    @Test
    void freedHostAndUnknownAddressesAreTold() {
        Bed bed = Bed.of(STORE);
        Allocation out = bed.ints(new int[100]);
        bed.space().free(out);
        assertEquals(Report.Rule.USE_AFTER_FREE, report(bed, 1, 32, out, 4).rule());
        assertEquals(Report.Rule.HOST_POINTER, report(bed, 1, 32, 0x7f12_3456_7890L, 4).rule());
        assertEquals(Report.Rule.OUT_OF_BOUNDS, report(bed, 1, 32, 0L, 4).rule());
        assertEquals("store of 4 bytes at 0x0, a null pointer", report(bed, 1, 32, 0L, 4).message());
    }

    /** A header of the toolkit may draw in another: the program's own line is the one that counts. */
    @Test
    void whatHeadersDrawInIsToldWhereTheProgramCalls() {
        String inner = ".loc 2 7 1, function_name $a, inlined_at 1 12 5\n.loc 2 3 1, function_name $a, inlined_at 2 7 1";
        String text = STORE.replace(".loc 1 12 5", inner).replace(".file 1", ".file 2 \"/cuda/include/helpers.h\"\n.file 1");
        Bed bed = Bed.of(text, 0);
        String where = report(bed, 1, 128, bed.ints(new int[100]), 4).where();
        assertTrue(where.contains("source store.cu:12\n"), where);
    }

    @Test
    void misalignedAccessesAreTold() {
        Bed bed = Bed.of(STORE);
        Allocation out = bed.ints(new int[100]);
        Report report = report(bed, 1, 32, out, 6);
        assertEquals(Report.Rule.MISALIGNED, report.rule());
        assertEquals("store of 4 bytes at 0x" + Long.toHexString(out.base() + 6) + " of " + out + ", which is no multiple of 4",
                report.message());
        assertTrue(report.where().endsWith("thread (1, 0, 0)"), report.where());
        Bed vector = Bed.kernel(".reg .f32 %f;", "ld.global.v2.f32 {%f, %f}, [%mine];");
        Report pair = report(vector, 1, 32, vector.ints(new int[64]));
        assertEquals(Report.Rule.MISALIGNED, pair.rule());
        assertTrue(pair.message().endsWith("which is no multiple of 8"), pair.message());
    }

    @Test
    void sharedAndLocalMemoryEnd() {
        Bed shared = Bed.kernel(".reg .u32 %a; .shared .u32 s[8];", "mul.lo.u32 %a, %t, 4;\nst.shared.u32 [%a], %t;");
        Report report = report(shared, 1, 10, shared.ints(1));
        assertEquals(Report.Rule.OUT_OF_BOUNDS, report.rule());
        assertEquals("store of 4 bytes at offset 32 of shared memory, of which there are 32 bytes", report.message());
        assertTrue(report.where().endsWith("thread (8, 0, 0)"), report.where());
        Bed local = Bed.kernel(".reg .u32 %a; .local .u32 l[8];", "mul.lo.u32 %a, %t, 8;\nld.local.u64 %mine, [%a];");
        assertTrue(report(local, 1, 10, local.ints(1)).message().contains("offset 32 of local memory"));
    }

    @Test
    void trapsAndBadBranchesEndTheKernel() {
        Bed trap = Bed.kernel(".reg .pred %p;", "setp.eq.u32 %p, %t, 5;\n@%p trap;");
        Report report = report(trap, 1, 10, trap.ints(1));
        assertEquals(Report.Rule.ILLEGAL_INSTRUCTION, report.rule());
        assertTrue(report.where().endsWith("thread (5, 0, 0)"), report.where());
        Bed jump = Bed.kernel("", "TS: .branchtargets A;\nbrx.idx %t, TS;\nA:");
        assertEquals("branch to label 1 of 1", report(jump, 1, 10, jump.ints(1)).message());
    }

    @Test
    void endlessRecursionEndsInLocalMemory() {
        Bed bed = Bed.of("""
                .func f(.param .b32 n) { .param .b32 a; call f, (n); ret; }
                .visible .entry k(.param .u64 out) { .param .b32 a; call f, (a); ret; }
                """);
        Report report = report(bed, 1, 1, bed.ints(1));
        assertEquals(Report.Rule.OUT_OF_BOUNDS, report.rule());
        assertTrue(report.message().startsWith("calls are nested so deep"), report.message());
    }

    @Test
    void whatCannotBeRunIsRefusedWhenItIsLoaded() {
        refused(5, "Not a name of any known instruction: 'frobnicate.u32'", "frobnicate.u32 %a, %a;");
        refused(5, "Not a name of any known instruction: 'ld.global.strange.u32'", "ld.global.strange.u32 %a, [%a];");
        refused(5, "Not a name of any known instruction: 'tex.2d.v4.f32.s32'", "tex.2d.v4.f32.s32 {%a, %a, %a, %a}, [%p, {%a, %a}];");
        refused(5, "Not a name of any known instruction: 'cp.async.bulk.prefetch.tensor.1d.L2.global'",
                "cp.async.bulk.prefetch.tensor.1d.L2.global [%p, {%a}];");
        refused(5, "Not a name of any known instruction: 'atom.global.max.f32'", "atom.global.max.f32 %a, [%p], %a;");
        refused(5, "Unknown label 'NOWHERE'", "bra NOWHERE;");
        refused(5, "Unknown symbol 'nothing'", "mov.u32 %a, nothing;");
        refused(5, "Unknown symbol '%strange'", "mov.u32 %a, %strange;");
        refused(5, "Arguments mismatch for instruction 'add'", "add.u32 %a, %a, %p;");
        refused(5, "Address size mismatch: global and generic addresses have 64 bits", "ld.global.u32 %a, [%a];");
    }

    private static void refused(int line, String message, String instruction) {
        PtxException e = assertThrows(PtxException.class, () -> Bed.of(".entry k() { .reg .u32 %a; .reg .u64 %p;\n" + instruction + "\n}"));
        assertEquals("ptxas application ptx input, line " + line + "; error   : " + message, e.getMessage());
        assertEquals(line, e.line());
    }

    @Test
    void aModuleThatIsRefusedKeepsNoMemory() {
        AddressSpace space = new AddressSpace();
        PtxModule module = PtxModule.parse(".version 8.0\n.target sm_80\n.address_size 64\n.global .u32 a;\n.extern .global .u32 b;\n");
        assertThrows(PtxException.class, () -> LoadedModule.load(module, space));
        assertEquals(0, space.liveBytes());
        assertEquals(List.of(false), space.all().stream().map(Allocation::live).toList());
    }
}
