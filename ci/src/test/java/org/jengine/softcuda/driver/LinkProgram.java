package org.jengine.softcuda.driver;

import static org.jengine.softcuda.driver.Cuda.check;
import static org.jengine.softcuda.driver.Cuda.download;
import static org.jengine.softcuda.driver.Cuda.equal;
import static org.jengine.softcuda.driver.Cuda.expect;
import static org.jengine.softcuda.driver.Cuda.upload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjitInputType;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUlinkState;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;

/** Links modules from memory and from files that use each other's functions and variables. Wants a folder to write in. */
final class LinkProgram {
    private static final int PTX = CUjitInputType.CU_JIT_INPUT_PTX;
    private static final String HEAD = ".version 7.%d\n.target sm_%d\n.address_size 64\n";

    /** x[0] = twice(x[0]) + added + own, where own is this module's alone. */
    private static final String USER = HEAD.formatted(0, 70) + """
            .extern .func (.param .b32 out) twice(.param .b32 in);
            .extern .global .align 4 .f32 added;
            .global .align 4 .f32 own = 0f3F800000;
            .visible .entry use(.param .u64 x) {
                .reg .f32 %f<4>; .reg .b64 %d<2>;
                .param .b32 in; .param .b32 out;
                ld.param.u64 %d1, [x];
                ld.global.f32 %f1, [%d1];
                st.param.f32 [in], %f1;
                call (out), twice, (in);
                ld.param.f32 %f1, [out];
                ld.global.f32 %f2, [added]; ld.global.f32 %f3, [own];
                add.f32 %f1, %f1, %f2; add.f32 %f1, %f1, %f3;
                st.global.f32 [%d1], %f1;
                ret;
            }
            """;

    /** Its own variable has the name that the other module's has, and counts 10 in each result. */
    private static final String MAKER = HEAD.formatted(1, 75) + """
            .visible .global .align 4 .f32 added = 0f42C80000;
            .global .align 4 .f32 own = 0f41200000;
            .visible .func (.param .b32 out) twice(.param .b32 in) {
                .reg .f32 %f<3>;
                ld.param.f32 %f1, [in];
                add.f32 %f1, %f1, %f1;
                ld.global.f32 %f2, [own];
                add.f32 %f1, %f1, %f2;
                st.param.f32 [out], %f1;
                ret;
            }
            """;

    private LinkProgram() {
    }

    /** Ends with an exception where an answer is wrong. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0], "maker.ptx");
        Files.writeString(file, MAKER);
        Cuda cuda = new Cuda();
        linked(file);
        refused();
        cuda.close();
        System.out.println("all is well");
    }

    private static CUlinkState state() {
        CUlinkState made = new CUlinkState();
        check(JCudaDriver.cuLinkCreate(new JITOptions(), made));
        return made;
    }

    private static int add(CUlinkState state, int type, String text, JITOptions options) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.US_ASCII);
        return JCudaDriver.cuLinkAddData(state, type, Pointer.to(bytes), bytes.length, "input", options);
    }

    private static int complete(CUlinkState state, Pointer image) {
        return JCudaDriver.cuLinkComplete(state, image, new long[1]);
    }

    private static void linked(Path file) {
        CUlinkState state = state();
        check(add(state, PTX, USER, new JITOptions()));
        check(JCudaDriver.cuLinkAddFile(state, PTX, file.toString(), new JITOptions()));
        Pointer image = new Pointer();
        long[] bytes = new long[1];
        check(JCudaDriver.cuLinkComplete(state, image, bytes));
        if (bytes[0] <= 0) {
            throw new IllegalStateException("an image of " + bytes[0] + " bytes");
        }
        CUmodule module = new CUmodule();
        check(JCudaDriver.cuModuleLoadDataEx(module, image, 0, new int[0], Pointer.to(new int[0])));
        check(JCudaDriver.cuLinkDestroy(state));
        CUfunction use = new CUfunction();
        check(JCudaDriver.cuModuleGetFunction(use, module, "use"));
        CUdeviceptr x = upload(3);
        check(JCudaDriver.cuLaunchKernel(use, 1, 1, 1, 1, 1, 1, 0, null, Pointer.to(Pointer.to(x)), null));
        equal(2 * 3 + 10 + 100 + 1, download(x, 1)[0]);
        check(JCudaDriver.cuMemFree(x));
        check(JCudaDriver.cuModuleUnload(module));
    }

    private static void refused() {
        CUlinkState state = state();
        JITOptions options = new JITOptions();
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, 1000);
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[1000]);
        expect(CUresult.CUDA_ERROR_INVALID_PTX, add(state, PTX, HEAD.formatted(0, 70) + "nonsense;\n", options));
        String log = options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
        if (!log.contains("line 4")) {
            throw new IllegalStateException("the log says: " + log);
        }
        expect(CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, add(state, CUjitInputType.CU_JIT_INPUT_CUBIN, "\177ELF", new JITOptions()));
        expect(CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, add(state, CUjitInputType.CU_JIT_INPUT_LIBRARY, "!<arch>", new JITOptions()));
        expect(CUresult.CUDA_ERROR_INVALID_VALUE, add(state, 99, USER, new JITOptions()));
        expect(CUresult.CUDA_ERROR_FILE_NOT_FOUND, JCudaDriver.cuLinkAddFile(state, PTX, "no/such/file.ptx", new JITOptions()));
        expect(CUresult.CUDA_ERROR_INVALID_VALUE, complete(state, new Pointer()));
        check(add(state, PTX, USER, new JITOptions()));
        expect(CUresult.CUDA_ERROR_INVALID_IMAGE, complete(state, new Pointer()));
        check(add(state, PTX, MAKER, new JITOptions()));
        check(complete(state, new Pointer()));
        expect(CUresult.CUDA_ERROR_INVALID_VALUE, add(state, PTX, MAKER, new JITOptions()));
        check(JCudaDriver.cuLinkDestroy(state));
        CUlinkState twice = state();
        check(add(twice, PTX, MAKER, new JITOptions()));
        check(add(twice, PTX, MAKER, new JITOptions()));
        expect(CUresult.CUDA_ERROR_INVALID_IMAGE, complete(twice, new Pointer()));
        check(JCudaDriver.cuLinkDestroy(twice));
    }
}
