package org.jengine.softcuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the parser makes of texts. */
class ParserTest {
    private static final String HEAD = ".version 7.8\n.target sm_90a, debug\n.address_size 64\n";

    private static PtxModule parse(String text) {
        return PtxModule.parse(HEAD + text);
    }

    private static List<Instruction> body(String text) {
        return parse(".entry k(.param .u64 a) {\n" + text + "\n}").functions().get(0).body();
    }

    @Test
    void theHeadIsRead() {
        PtxModule module = parse("");
        assertEquals(78, module.version());
        assertEquals("sm_90a", module.target());
        assertEquals(90, module.capability());
    }

    @Test
    void constantsOfAllKinds() {
        List<Operand> operands = body(".reg .u32 %r;\nx.u32 %r, 12, -12, 0x1F, 017, 0b101, 5U, 0f3F800000, 0d3FF0000000000000, 1.5, "
                + "-2.5e1, 0xFFFFFFFFFFFFFFFF, ~1, WARP_SZ, _, %tid.x, %clock;").get(0).operands();
        assertEquals(List.of(new Operand.Int(12), new Operand.Int(-12), new Operand.Int(31), new Operand.Int(15), new Operand.Int(5),
                new Operand.Int(5), new Operand.Single(0x3f800000), new Operand.Real(1), new Operand.Real(1.5), new Operand.Real(-25),
                new Operand.Int(-1), new Operand.Int(-2), new Operand.Int(32), new Operand.Sink(), new Operand.Special("%tid.x"),
                new Operand.Special("%clock")), operands.subList(1, operands.size()));
    }

    @Test
    void bracesHideNames() {
        List<Instruction> body = body("""
                .reg .u32 %r<2>; .reg .pred %p;
                a.u32 %r1;
                { .reg .u64 %r1; a.u64 %r1; L: bra L; }
                { L: @!%p bra L; }
                a.u32 %r1;
                """);
        Operand first = body.get(0).operands().get(0);
        assertEquals(first, body.get(4).operands().get(0));
        assertEquals(Type.U64, ((Operand.Reg) body.get(1).operands().get(0)).register().type());
        assertEquals(2, ((Symbol.Label) ((Operand.Name) body.get(2).operands().get(0)).symbol()).index());
        assertEquals(3, ((Symbol.Label) ((Operand.Name) body.get(3).operands().get(0)).symbol()).index());
        assertTrue(body.get(3).guard().negated());
        assertNull(body.get(2).guard());
    }

    @Test
    void addressesVectorsAndPairs() {
        List<Instruction> body = body("""
                .reg .u64 %a; .reg .f32 %f<4>; .reg .pred %p, %q;
                ld.global.L2::128B.v4.f32 {%f0, %f1, _, %f3}, [%a+-16];
                setp.lt.and.f32 %p|%q, %f0, 0f00000000, !%p;
                ld.param.u64 %a, [a+8];
                """);
        assertEquals(List.of("global", "L2::128B", "v4", "f32"), body.get(0).modifiers());
        Operand.Address address = (Operand.Address) body.get(0).operands().get(1);
        assertEquals(-16, address.offset());
        assertInstanceOf(Operand.Reg.class, address.base());
        assertEquals(4, ((Operand.Vector) body.get(0).operands().get(0)).elements().size());
        assertEquals(5, body.get(1).operands().size());
        assertTrue(((Operand.Reg) body.get(1).operands().get(4)).negated());
        assertInstanceOf(Variable.class, ((Operand.Name) ((Operand.Address) body.get(2).operands().get(1)).base()).symbol());
        assertEquals("setp.lt.and.f32", body.get(1).name());
    }

    @Test
    void placesInTheSourceBelongToWhatFollows() {
        PtxModule module = parse("""
                .file 1 "a.cu", 12345, 678
                .file 2 "b.h"
                .entry k() {
                a.u32;
                .loc 1 7 3
                b.u32;
                .loc 2 9 1, function_name $L__info_string0, inlined_at 1 8 5
                c.u32;
                .loc 2 0 1
                d.u32;
                .loc 2 5 2, function_name $L__info_string0, inlined_at 2 9 1
                e.u32;
                }
                .section .debug_str { $L__info_string0: .b8 95, 90 }
                """);
        List<Instruction> body = module.functions().get(0).body();
        assertEquals("a.cu", module.files().get(1));
        assertNull(body.get(0).place());
        assertEquals(new Instruction.Place(1, 7, null), body.get(1).place());
        assertEquals(new Instruction.Place(2, 9, new Instruction.Place(1, 8, null)), body.get(2).place());
        assertEquals(body.get(2).place(), body.get(3).place());
        assertEquals(new Instruction.Place(2, 5, body.get(2).place()), body.get(4).place());
        assertEquals(7, body.get(0).line());
    }

    @Test
    void functionsVariablesAndTheirProperties() {
        PtxModule module = parse("""
                .extern .func (.param .b32 r) outside(.param .b64 x);
                .weak .func twice(.param .b32 x);
                .visible .global .attribute(.managed) .align 16 .v2 .f32 pair[3];
                .global .u32 grid[2][2] = {{1}, {3, 4}};
                .extern .shared .align 16 .b8 dynamic[];
                .weak .func twice(.param .b32 x) { ret; }
                .visible .entry k(.param .u64 .ptr .global .align 8 p, .param .align 4 .b8 s[36])
                .maxntid 32, 4, 1
                .minnctapersm 2
                { .pragma "nounroll"; ret; }
                """);
        assertEquals(List.of("outside", "twice", "k"), module.functions().stream().map(Function::name).toList());
        assertNull(module.functions().get(0).body());
        assertEquals(1, module.functions().get(1).body().size());
        assertEquals(128, module.functions().get(2).maxThreads());
        assertEquals(36, ((Variable) module.functions().get(2).parameters().get(1)).bytes());
        assertEquals(24, module.variables().get(0).bytes());
        assertEquals(List.of(1L, 0L, 3L, 4L), module.variables().get(1).initial().stream().map(Variable.Value::bits).toList());
        assertTrue(module.variables().get(2).external());
    }

    @Test
    void faultsNameTheirLine() {
        refused(1, "Missing .version", ".target sm_90");
        refused(1, "Unsupported .version 5.0", ".version 5.0\n");
        refused(2, "unknown target", ".version 8.0\n.target gfx90\n");
        refused(4, "Duplicate definition of register '%r'", HEAD + ".entry k() { .reg .u32 %r; .reg .u64 %r; }");
        refused(5, "Duplicate definition of label 'L'", HEAD + ".entry k() { L: ret;\nL: ret; }");
        refused(4, "is no number", HEAD + ".entry k() { add.u32 09; }");
        refused(5, "is no predicate", HEAD + ".entry k() {\n@%p ret; }");
        refused(5, "parsing error near", HEAD + ".entry k() {\nadd.u32 1 2; }");
        refused(6, "parsing error near the end of the text", HEAD + ".entry k() {\nret;\n");
        refused(4, "a type expected", HEAD + ".global .strange x;");
        refused(4, "clusters of 4 blocks", HEAD + ".entry k() .explicitcluster .reqnctapercluster 2, 2, 1 {\nret;\n}");
        refused(5, "comment without end", HEAD + "\n/* never");
    }

    private static void refused(int line, String message, String text) {
        PtxException e = assertThrows(PtxException.class, () -> PtxModule.parse(text));
        assertEquals(line, e.line(), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
