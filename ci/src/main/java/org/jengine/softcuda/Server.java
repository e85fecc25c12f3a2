package org.jengine.softcuda;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.softcuda.blas.Blas;
import org.jengine.softcuda.check.Checker;
import org.jengine.softcuda.check.FaultLog;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.count.Registers;
import org.jengine.softcuda.dnn.Dnn;
import org.jengine.softcuda.driver.Counts;
import org.jengine.softcuda.driver.Driver;
import org.jengine.softcuda.driver.Program;
import org.jengine.softcuda.driver.Version;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.gpu.ProfileException;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.CheckedView;
import org.jengine.softcuda.memory.PlainView;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.ptx.PtxModule;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.LoadedModule;
import org.jengine.softcuda.simt.Machine;
import org.jengine.softcuda.simt.MachineLimits;
import org.jengine.softcuda.simt.Watch;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.Failures;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.wire.Wire;

/** The device's process. libcuda starts it with the program's first call, and it ends with the program. */
public final class Server {
    private static final int TEN = 10;
    /** Local memory of a thread, its stack of calls included: the most that any GPU gives. */
    private static final int LOCAL_BYTES = 512 << 10;

    private final AddressSpace space = new AddressSpace();
    private final Map<GpuProfile, Machine> machines = new HashMap<>();
    private final Map<String, String> settings;
    private final Reports reports;
    private final boolean check;
    private final long seed;

    private Server(Map<String, String> settings) {
        this.settings = settings;
        check = !settings.getOrDefault("SOFTCUDA_CHECK", "1").equals("0");
        seed = Long.parseLong(settings.getOrDefault("SOFTCUDA_SEED", "0"));
        String faults = settings.get("SOFTCUDA_FAULTS");
        FaultLog log = faults == null ? null : new FaultLog(Path.of(faults));
        reports = new Reports(report -> {
            if (check || report.rule().fatal()) {
                System.err.println(report.text());
                if (log != null) {
                    log.accept(report);
                }
            }
        });
    }

    /** Serves the program at the other ends of the pipes 0, 1, 3 and 4. */
    public static void main(String[] arguments) throws IOException {
        Wire wire = new Wire(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
        // What anyone prints must not come between the answers.
        System.setOut(System.err);
        Host host = new Host(new FileOutputStream("/dev/fd/4"), new FileInputStream("/dev/fd/3"));
        new Server(System.getenv()).serve(wire, host);
    }

    private void serve(Wire wire, Host host) throws IOException {
        List<GpuProfile> gpus;
        Version version;
        Failures failures;
        try {
            gpus = GpuProfile.ofList(settings.getOrDefault("SOFTCUDA_GPU", GpuProfile.NAMES.get(0)));
            failures = Failures.of(settings.getOrDefault("SOFTCUDA_FAIL", ""));
            version = Version.of(settings.getOrDefault("SOFTCUDA_DRIVER", ""));
        } catch (ProfileException | IllegalArgumentException e) {
            System.err.println("softcuda: " + e.getMessage());
            return;
        }
        View view = check ? new CheckedView(space, reports) : new PlainView(space);
        Checker checker = check ? new Checker(space, reports) : null;
        String folder = settings.getOrDefault("SOFTCUDA_REPORT", "");
        Counting counting = folder.isEmpty() ? null : new Counting(gpus.get(0));
        Program.Loader loader = text -> load(text, counting);
        Driver driver = new Driver(new Driver.Setup(gpus, version, space, view, host, reports, loader, (gpu, launch, turn) -> {
            List<Watch> watches = new ArrayList<>();
            if (checker != null) {
                watches.add(checker.begin(launch, turn));
            }
            if (counting != null) {
                watches.add(counting.begin(launch, turn));
            }
            machine(gpu).run(launch, turn, watches);
        }, seed, check, counting == null ? Counts.NONE : counting));
        CallTable calls = new CallTable();
        driver.provide(calls);
        GpuProfile first = gpus.get(0);
        new Blas(view, driver, host, reports, () -> first.major() * TEN + first.minor(), () -> first.attribute("MULTIPROCESSOR_COUNT"))
                .provide(calls);
        new Dnn(view, driver, host, reports, () -> first.major() * TEN + first.minor()).provide(calls);
        if (failures.any()) {
            calls.wrap(call -> (request, reply) -> {
                int status = failures.status(request.name());
                return status == 0 ? call.answer(request, reply) : driver.fail(request, status);
            });
        }
        wire.serve(calls, new Waiting(driver));
        driver.end();
        if (counting != null) {
            counting.write(Path.of(folder, ProcessHandle.current().pid() + ".json"));
        }
    }

    private Machine machine(GpuProfile gpu) {
        MachineLimits limits = new MachineLimits(gpu.attribute("MULTIPROCESSOR_COUNT"), LOCAL_BYTES);
        return machines.computeIfAbsent(gpu, key -> new Machine(space, limits, seed, System.err::print));
    }

    private Program load(String text, Counting counting) {
        PtxModule parsed = PtxModule.parse(text);
        LoadedModule loaded = LoadedModule.load(parsed, space);
        if (counting != null) {
            counting.module(text);
        }
        Map<String, Map<String, Integer>> registers = new HashMap<>();
        return new Program() {
            @Override
            public int version() {
                return parsed.version();
            }

            @Override
            public int capability() {
                return parsed.capability();
            }

            @Override
            public Kernel kernel(String name) {
                return loaded.kernel(name);
            }

            @Override
            public int registers(String kernel, GpuProfile gpu) {
                return registers.computeIfAbsent(gpu.name(), key -> Registers.of(text, parsed, gpu.major(), gpu.minor())).get(kernel);
            }

            @Override
            public Allocation variable(String name) {
                return loaded.variable(name);
            }

            @Override
            public void unload() {
                loaded.unload();
            }
        };
    }

    /** Lets the device work on while the program asks nothing, and tells what went wrong with calls, each thing once. */
    private static final class Waiting implements Wire.Idle {
        private final Driver driver;
        private final Set<String> told = new HashSet<>();

        private Waiting(Driver driver) {
            this.driver = driver;
        }

        @Override
        public boolean waits() {
            return driver.waits();
        }

        @Override
        public boolean watches() {
            return driver.watches();
        }

        @Override
        public void step() {
            driver.step();
        }

        @Override
        public void missing(String name) {
            tell(name + " is not provided");
        }

        @Override
        public void refused(String name, int status, String message) {
            tell(name + " -> " + status + ": " + message);
        }

        @Override
        public void broke(String name, RuntimeException fault) {
            tell(name + " met a fault of the device's own");
            fault.printStackTrace();
        }

        private void tell(String text) {
            if (told.add(text)) {
                System.err.println("softcuda: " + text);
            }
        }
    }
}
