package org.jengine.softcuda.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Modules: loading PTX, and finding what is in it. */
final class ModuleCalls {
    private static final int EAGER_LOADING = 1;
    private static final int TEN = 10;
    private static final Pattern VERSION = Pattern.compile("(?m)^\\s*\\.version\\s+([0-9]{1,3})\\.([0-9])\\s");

    private final Driver driver;

    ModuleCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuModuleLoad", this::loadFile);
        driver.add(calls, "cuModuleLoadData", this::loadImage);
        driver.add(calls, "cuModuleLoadDataEx", this::loadImage);
        driver.add(calls, "cuModuleLoadFatBinary", this::loadImage);
        driver.add(calls, "cuModuleUnload", this::unload);
        driver.add(calls, "cuModuleGetFunction", this::function);
        driver.add(calls, "cuModuleGetGlobal_v2", this::variable);
        driver.add(calls, "cuModuleGetLoadingMode", (request, reply) -> {
            reply.i32(EAGER_LOADING);
            return Status.SUCCESS;
        });
    }

    private int loadFile(Request request, Reply reply) {
        return load(request, reply, read(request.string()));
    }

    private int loadImage(Request request, Reply reply) {
        return load(request, reply, request.bytes());
    }

    /** Answers the module, the information log and the error log; the logs also where the image is no module that can run here. */
    private int load(Request request, Reply reply, byte[] image) {
        Context context = driver.context(request);
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        String text = text(image);
        if (image.length >= Integer.BYTES && isBinary(image)) {
            throw new CudaError(Status.NO_BINARY_FOR_GPU, "machine code cannot run here; load the PTX");
        }
        if (!text.contains(".version")) {
            throw new CudaError(Status.INVALID_IMAGE, "the image is no PTX");
        }
        String newer = newer(text, driver.setup().version().ptx());
        if (newer != null) {
            reply.i64(0).string("").string(newer);
            return Status.UNSUPPORTED_PTX_VERSION;
        }
        try {
            Program program = driver.setup().loader().load(text);
            int status = refusal(program, context.device(), reply);
            if (status != Status.SUCCESS) {
                program.unload();
                return status;
            }
            reply.i64(driver.handles().add(new CudaModule(context, program, program.version(), program.capability())));
            reply.string("").string("");
            return Status.SUCCESS;
        } catch (PtxException e) {
            reply.i64(0).string("").string(e.getMessage() + "\n");
            return Status.INVALID_PTX;
        }
    }

    /** A file of PTX. */
    static byte[] read(String name) {
        try {
            if (name == null) {
                throw new CudaError(Status.INVALID_VALUE, "no file's name");
            }
            return Files.readAllBytes(Path.of(name));
        } catch (IOException | InvalidPathException e) {
            throw new CudaError(Status.FILE_NOT_FOUND, "cannot read " + name);
        }
    }

    /** PTX in memory ends with a zero, or where its bytes end. */
    static String text(byte[] image) {
        int end = 0;
        while (end < image.length && image[end] != 0) {
            end++;
        }
        return new String(image, 0, end, StandardCharsets.ISO_8859_1);
    }

    /** What a driver says of a module of a later PTX than its own, without a look at the rest; null if it is not. */
    static String newer(String text, int newest) {
        Matcher m = VERSION.matcher(text);
        if (!m.find() || Integer.parseInt(m.group(1)) * TEN + Integer.parseInt(m.group(2)) <= newest) {
            return null;
        }
        long line = 1 + text.substring(0, m.start()).lines().count();
        return "ptxas application ptx input, line " + line + "; fatal   : Unsupported .version " + m.group(1) + "." + m.group(2)
                + "; current version is '" + newest / TEN + "." + newest % TEN + "'\n";
    }

    /** What a driver says of a module that was made for another GPU. */
    private static int refusal(Program program, Device device, Reply reply) {
        int own = device.profile().major() * TEN + device.profile().minor();
        if (program.capability() > own) {
            reply.i64(0).string("").string("ptxas fatal   : SM version specified by .target is higher than default SM version assumed: sm_"
                    + program.capability() + " on sm_" + own + "\n");
            return Status.INVALID_PTX;
        }
        return Status.SUCCESS;
    }

    private static boolean isBinary(byte[] image) {
        int magic = image[0] & 0xff | (image[1] & 0xff) << 8 | (image[2] & 0xff) << 16 | (image[3] & 0xff) << 24;
        return magic == 0x464c457f || magic == 0xba55ed50 || magic == 0x466243b1;
    }

    private int unload(Request request, Reply reply) {
        driver.context(request);
        long handle = request.i64();
        CudaModule module = driver.handles().get(request.name(), handle, CudaModule.class);
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        driver.streams().finish(module.context());
        module.program().unload();
        module.functions().values().forEach(function -> driver.handles().remove(function.handle(), "a function of an unloaded module"));
        driver.handles().remove(handle, "an unloaded module");
        return Status.SUCCESS;
    }

    private int function(Request request, Reply reply) {
        Context context = driver.context(request);
        CudaModule module = driver.handles().get(request.name(), request.i64(), CudaModule.class);
        String name = request.string();
        Kernel kernel = name == null ? null : module.program().kernel(name);
        if (kernel == null) {
            throw new CudaError(Status.NOT_FOUND, "the module has no kernel " + name);
        }
        int most = context.device().profile().attribute("MAX_SHARED_MEMORY_PER_BLOCK") - kernel.staticShared();
        reply.i64(module.functions().computeIfAbsent(name, key -> {
            long handle = driver.handles().number();
            CudaFunction made = new CudaFunction(handle, module, kernel, Math.max(0, most));
            driver.handles().put(handle, made);
            return made;
        }).handle());
        return Status.SUCCESS;
    }

    private int variable(Request request, Reply reply) {
        driver.context(request);
        CudaModule module = driver.handles().get(request.name(), request.i64(), CudaModule.class);
        String name = request.string();
        Allocation found = name == null ? null : module.program().variable(name);
        if (found == null) {
            throw new CudaError(Status.NOT_FOUND, "the module has no variable " + name);
        }
        reply.i64(found.base()).i64(found.bytes());
        return Status.SUCCESS;
    }
}
