package org.jengine.runtime.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.spi.UserCache;

/**
 * Asks cuDNN's planner which operations it has a way for on a GPU that need not be there, as training would ask it on that GPU: a net is
 * planned on {@link #device}, and {@link #verdicts} tells what came of it. cuDNN compiles some of its engines when it plans; those it
 * offers only where it finds a driver library.
 *
 * @see <a href="https://docs.nvidia.com/deeplearning/cudnn/latest/developer/misc.html">Deviceless ahead-of-time compilation</a>
 */
public final class PlanCheck implements AutoCloseable {
    /** The GPUs whose descriptions come along. */
    public static final List<String> KNOWN = List.of("h100", "a100", "t4");
    /** What a description must say: the fields of cudnnDeviceProp. */
    public static final List<String> KEYS = List.of("maxGridSize", "maxBlockSize", "deviceName", "cudaDeviceId", "deviceVer",
            "multiProcessorCount", "driverVer", "maxSharedMemoryPerBlockOptin", "maxSharedMemoryPerBlock", "totalGlobalMem", "l2CacheSize",
            "smClockRateKHz", "memClockRateKHz", "warpSize", "regsPerBlock", "maxRegistersPerSM", "reservedSharedMemoryPerBlock",
            "pciDeviceId", "maxCtasPerSM", "maxThreadsPerBlock", "maxThreadsPerSM", "supportCoopLaunch", "isTccDriver");
    /** The first version that plans for a GPU that is not there. */
    private static final int LEAST_VERSION = 9_08_00;

    private final FoundLibrary library;
    private final Dnn dnn;
    private final String json;
    private final Map<Asked, Verdict> verdicts = new LinkedHashMap<>();

    /** An operation under its numerics. */
    private record Asked(DnnOp op, Numerics numerics) {
    }

    /**
     * What cuDNN says of an operation.
     *
     * @param operation     with its sizes and all that is fused into it
     * @param images        in the batch
     * @param accepted      whether there is a way
     * @param engine        the number of the recommended engine; -1 if there is none
     * @param tensorCores   whether it multiplies on tensor cores
     * @param compiled      whether it is compiled when planned
     * @param deterministic whether it gives the same bits each time
     * @param workspace     bytes that it needs
     * @param refusal       why there is none; empty if there is one
     */
    public record Verdict(String operation, int images, boolean accepted, long engine, boolean tensorCores, boolean compiled,
                          boolean deterministic, long workspace, String refusal) {
    }

    private PlanCheck(FoundLibrary library, Dnn dnn, String json) {
        this.library = library;
        this.dnn = dnn;
        this.json = json;
    }

    /** The description of one of {@link #KNOWN}. */
    public static String describe(String name) {
        try (InputStream in = PlanCheck.class.getResourceAsStream("gpus/" + name + ".json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the description of " + name, e);
        }
    }

    /**
     * Finds cuDNN and has it take the description.
     *
     * @param folder of the library; null for where one is found
     * @param json   describes the GPU by {@link #KEYS}
     * @param major  the GPU's compute capability, its major number
     * @throws DeviceUnavailable if there is no cuDNN or it is too old, with the remedy
     * @throws DeviceException   if cuDNN does not take the description
     */
    public static PlanCheck open(Path folder, String json, int major) {
        Places places = Places.of(folder == null ? System.getProperty(Driver.FOLDER, "") : folder.toString(), System.getenv(),
                Path.of("/"));
        Redist redist = new Redist(PlanCheck.class.getClassLoader(), UserCache.ofSystem().resolve("cuda"));
        FoundLibrary found = new Finder(places, redist).find(Wanted.CUDNN, major);
        String fault = found.serves() ? Dnn.fault(Path.of(found.path())) : found.fault();
        if (fault.isEmpty() && Dnn.version() < LEAST_VERSION) {
            fault = "cuDNN " + found.version() + " (" + found.path() + ") plans for GPUs that are there only: "
                    + Wanted.text(LEAST_VERSION) + " is needed.\n" + Wanted.CUDNN.remedy(LEAST_VERSION);
        }
        if (!fault.isEmpty()) {
            throw new DeviceUnavailable(fault);
        }
        Dnn dnn = Dnn.load(Path.of(found.path()));
        try {
            PlanCheck check = new PlanCheck(found, dnn, json);
            DnnScope.with(dnn, scope -> DnnTarget.of(scope, json));
            return check;
        } catch (RuntimeException e) {
            dnn.close();
            throw e;
        }
    }

    /** The cuDNN that is asked. */
    public FoundLibrary library() {
        return library;
    }

    /** A device on paper: whatever is planned on it is asked for, and nothing is done. */
    public Device device() {
        return new PaperDevice(this);
    }

    /** What was asked for so far, in order. */
    public List<Verdict> verdicts() {
        return new ArrayList<>(verdicts.values());
    }

    /** Asks for an operation, once. */
    Verdict ask(DnnOp op, Numerics numerics) {
        return verdicts.computeIfAbsent(new Asked(op, numerics), asked -> DnnScope.with(dnn, scope -> {
            DnnPlanner.Answer answer = new DnnPlanner(DnnTarget.of(scope, json), numerics, null).plan(scope, op, 1);
            if (!answer.accepted()) {
                return new Verdict(op.what(), op.images(), false, -1, false, false, false, 0, answer.refusal());
            }
            DnnPlan plan = answer.plans().get(0);
            DnnEngine engine = plan.engine();
            return new Verdict(op.what(), op.images(), true, engine.number(), engine.tensorCores(), engine.compiled(),
                    !engine.nondeterministic(), plan.workspace(), "");
        }));
    }

    @Override
    public void close() {
        dnn.close();
    }
}
