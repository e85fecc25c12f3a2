package org.jengine.softcuda.ptx;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A module's text, parsed.
 *
 * @param version   of the PTX ISA times ten, as in 63 for 6.3
 * @param target    as in "sm_90a"
 * @param variables of the module's own scope
 * @param functions kernels and device functions, declarations of external ones too
 * @param shared    names of those that other modules may use, or that others have
 * @param files     the paths of source files by their numbers
 * @param lines     the text
 */
public record PtxModule(int version, String target, List<Variable> variables, List<Function> functions, Set<String> shared,
        Map<Integer, String> files, List<String> lines) {
    /**
     * Parses a module.
     *
     * @throws PtxException with the line of the first fault
     */
    public static PtxModule parse(String text) {
        return new Parser(text).module();
    }

    /** The compute capability times ten: 90 for sm_90a. */
    public int capability() {
        return Integer.parseInt(target.replaceAll("\\D", ""));
    }
}
