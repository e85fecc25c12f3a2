package org.jengine.softcuda.simt.alu;

/**
 * A matrix spread over a warp's registers, as wmma.load, wmma.mma and wmma.store have it (PTX ISA 9.7.14.4). The ISA leaves open which
 * lane holds which element; here they follow one another by rows, lane by lane, and those that f16 holds more than once start over.
 *
 * @param rows        of the matrix: m of A and of the accumulators, k of B
 * @param columns     likewise: k of A, n of B and of the accumulators
 * @param bits        of an element
 * @param registers   that each lane has
 * @param kind        of the registers
 * @param perRegister elements in a register
 */
public record Fragment(int rows, int columns, int bits, int registers, Kind kind, int perRegister) {
    private static final int WARP = 32;

    /**
     * A fragment by the modifiers of wmma.
     *
     * @param role  "a", "b", "c" or "d"
     * @param shape as in "m16n16k16"
     * @param type  of the elements, as in "f16"
     * @return null if wmma has no such fragment
     */
    public static Fragment of(String role, String shape, String type) {
        boolean sums = role.equals("c") || role.equals("d");
        String[] sizes = shape.split("[mnk]");
        boolean known = switch (type) {
            case "f16" -> shape.matches("m16n16k16|m32n8k16|m8n32k16");
            case "bf16", "u8", "s8" -> !sums && shape.matches("m16n16k16|m32n8k16|m8n32k16");
            case "s32" -> sums && shape.matches("m16n16k16|m32n8k16|m8n32k16");
            case "f32" -> sums && shape.matches("m16n16k16|m32n8k16|m8n32k16|m16n16k8");
            case "tf32" -> !sums && shape.equals("m16n16k8");
            case "f64" -> shape.equals("m8n8k4");
            default -> false;
        };
        if (!known || !sums && !role.equals("a") && !role.equals("b")) {
            return null;
        }
        int m = Integer.parseInt(sizes[1]);
        int n = Integer.parseInt(sizes[2]);
        int k = Integer.parseInt(sizes[3]);
        int rows = role.equals("b") ? k : m;
        int columns = role.equals("a") ? k : n;
        int bits = type.equals("tf32") ? 32 : Integer.parseInt(type.replaceAll("\\D", ""));
        int perRegister = Math.max(32 / bits, 1);
        int registers = type.equals("f16") && !sums ? 8 : rows * columns / (WARP * perRegister);
        Kind kind = type.equals("f32") ? Kind.F32 : type.equals("f64") ? Kind.F64 : Kind.I32;
        return new Fragment(rows, columns, bits, registers, kind, perRegister);
    }

    /** The number, by rows, of the element that is in a lane's register; {@code part} counts from the register's lower end. */
    public int element(int lane, int register, int part) {
        return ((lane * registers + register) * perRegister + part) % (rows * columns);
    }

    /**
     * Where in memory an element lies, in elements from the matrix's start.
     *
     * @param byRows whether the layout is .row, rather than .col
     * @param stride from row to row, or from column to column
     */
    public long place(int element, boolean byRows, long stride) {
        int row = element / columns;
        int column = element % columns;
        return byRows ? row * stride + column : column * stride + row;
    }
}
