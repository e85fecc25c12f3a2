package org.jengine.softcuda.count;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;

/** The assembler in the jcuda jar, if that is on the class path. */
final class PtxCompiler {
    private static final String PACKAGE = "jcuda.nvptxcompiler.";

    private PtxCompiler() {
    }

    /** What the assembler says, or null if there is none. */
    static String assemble(String ptx, String target) {
        try {
            Class<?> compiler = Class.forName(PACKAGE + "JNvPTXCompiler");
            Class<?> handleType = Class.forName(PACKAGE + "nvPTXCompilerHandle");
            Object handle = handleType.getConstructor().newInstance();
            byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
            compiler.getMethod("nvPTXCompilerCreate", handleType, long.class, byte[].class).invoke(null, handle, (long) text.length, text);
            String[] options = {"--gpu-name=" + target, "--verbose"};
            compiler.getMethod("nvPTXCompilerCompile", handleType, int.class, String[].class).invoke(null, handle, options.length, options);
            long[] size = new long[1];
            compiler.getMethod("nvPTXCompilerGetInfoLogSize", handleType, long[].class).invoke(null, handle, size);
            Object log = Array.newInstance(byte.class, (int) size[0] + 1);
            compiler.getMethod("nvPTXCompilerGetInfoLog", handleType, byte[].class).invoke(null, handle, log);
            compiler.getMethod("nvPTXCompilerDestroy", handleType).invoke(null, handle);
            return new String((byte[]) log, StandardCharsets.UTF_8);
        } catch (ReflectiveOperationException | LinkageError e) {
            // No jar, or no native library for this machine: then there is no such assembler.
            return null;
        }
    }
}
