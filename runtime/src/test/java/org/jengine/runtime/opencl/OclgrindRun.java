package org.jengine.runtime.opencl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.Data;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.KernelSource;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.Param;
import org.jengine.kernels.Target;
import org.jengine.runtime.conformance.Outputs;
import org.lwjgl.system.MemoryUtil;

/**
 * A program of its own, which the environment gives Oclgrind for its only OpenCL device: runs each case of the kernels once and compares
 * what it wrote with the reference. It goes past arenas to buffers of the very length of the arguments, outputs not written before, so
 * that Oclgrind sees every access that goes past an end and every read of what is not there yet.
 *
 * <p>Each kernel has a context, and no buffer is released before the context is: where a buffer gets the number of a released one,
 * Oclgrind 21.10 remembers as much of it as that had bytes, and takes the rest for never written.
 *
 * <p>Programs that are started with one folder share the kernels. It prints a line for each kernel, for each wrong result and for
 * each report with its case; exits with {@link #WRONG} if there was a wrong result.
 */
final class OclgrindRun {
    /** The exit status after a wrong result. */
    static final int WRONG = 3;
    /** What the last line begins with, before the number of cases that were run. */
    static final String CASES = "cases: ";
    /** What stands before a result that differs from the reference. */
    static final String DIFFERS = "wrong: ";

    private final Path folder;
    private final Path log;
    private final Listing.Found found = Listing.read().choose("");
    private long told;
    private boolean wrong;

    /** A kernel in one of its forms. */
    record Job(KernelDef def, KernelSource source, String name) {
    }

    /** What the cases of a kernel share. */
    private record Context(Cl cl, Cl.Queue queue, Cl.Program program, List<Cl.Memory> used) {
    }

    private OclgrindRun(Path folder, Path log) throws IOException {
        this.folder = Files.createTempDirectory(folder, "programs");
        this.log = log;
        System.out.println("on " + found.facts());
    }

    /** Every kernel, and those that work by lanes once more as a CPU runs them. */
    static List<Job> jobs() {
        return Kernels.ALL.stream().filter(d -> d.devices().cover(Target.PORTABLE)).flatMap(def -> {
            KernelSource source = KernelSource.of(def);
            Job job = new Job(def, source, def.entry());
            // Oclgrind's compiler is for no processor, which portable.h takes for a GPU's.
            KernelSource alone = new KernelSource(source.stem(), "#define ONE_THREAD_AT_A_TIME\n" + source.text());
            return source.text().contains("    BY_LANES();\n")
                    ? Stream.of(job, new Job(def, alone, def.entry() + ", one thread at a time")) : Stream.of(job);
        }).toList();
    }

    /** Arguments: a folder to work in, the file that Oclgrind reports to, and names of faults to run in place of the kernels. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        List<Job> faults = Stream.of(args).skip(2).map(Fault::new).map(f -> new Job(f, KernelSource.of(f), f.entry())).toList();
        List<Job> jobs = faults.isEmpty() ? jobs() : faults;
        OclgrindRun run = new OclgrindRun(folder, Path.of(args[1]));
        int cases = 0;
        for (int i = 0; i < jobs.size(); i++) {
            cases += claim(folder, i) ? run.all(jobs.get(i)) : 0;
        }
        System.out.println(CASES + cases);
        System.exit(run.wrong ? WRONG : 0);
    }

    /** Whether this program is the first that asks for the job. */
    private static boolean claim(Path folder, int job) throws IOException {
        try {
            Files.createFile(folder.resolve("job" + job));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private int all(Job job) throws IOException {
        long start = System.nanoTime();
        List<Case> cases = job.def.cases();
        String slowest = "";
        long longest = 0;
        try (Cl cl = new Cl(found.device()); Programs programs = new Programs(cl, found.facts(), folder)) {
            Context context = new Context(cl, cl.queue("queue"), programs.of(job.source), new ArrayList<>());
            for (Case c : cases) {
                long before = System.nanoTime();
                String difference = run(context, job.def, c);
                if (difference != null) {
                    wrong = true;
                    System.out.println(DIFFERS + job.name + ": " + difference);
                }
                tell(job.name + " " + c.name());
                if (System.nanoTime() - before > longest) {
                    longest = System.nanoTime() - before;
                    slowest = c.name();
                }
            }
            context.used.forEach(cl::release);
            cl.release(context.queue);
        }
        tell("after " + job.name);
        System.out.println(job.name + ": " + cases.size() + " in " + (System.nanoTime() - start) / 1_000_000 + " ms, of which " + slowest
                + " " + longest / 1_000_000 + " ms");
        return cases.size();
    }

    /** Prints what was reported since the last time. */
    private void tell(String about) throws IOException {
        String reports = Files.exists(log) ? Files.readString(log) : "";
        if (reports.length() > told) {
            System.out.println(about + ":\n" + reports.substring((int) told).strip());
            told = reports.length();
        }
    }

    /** The first difference from the reference; null if there is none. */
    private static String run(Context context, KernelDef def, Case c) {
        Cl cl = context.cl;
        Args given = c.args(1);
        Args expected = given.copy();
        def.reference(expected);
        Cl.Function function = cl.function(context.program, def.entry());
        List<Cl.Memory> memories = new ArrayList<>();
        try {
            for (int i = 0; i < def.params().size(); i++) {
                Param p = def.params().get(i);
                switch (p.role()) {
                    case SIZE -> cl.argument(function, i, given.size(p.name()));
                    case SCALAR -> cl.argument(function, i, given.scalar(p.name()));
                    default -> {
                        Data data = given.data(p.name());
                        memories.add(cl.buffer(p.name(), data.bytes().remaining()));
                        cl.argument(function, i, memories.get(i));
                        if (p.role() != Param.Role.OUT) {
                            upload(context, memories.get(i), data);
                        }
                    }
                }
            }
            Grid grid = def.grid(given);
            cl.launch(context.queue, function, new long[] {(long) grid.blocksX() * grid.threads(), grid.blocksY(), grid.blocksZ()},
                    new long[] {grid.threads(), 1, 1});
            cl.finish(context.queue);
            return Outputs.difference(def, c, expected, written(context, def, given, memories));
        } finally {
            context.used.addAll(memories);
            cl.release(function);
        }
    }

    private static void upload(Context context, Cl.Memory memory, Data data) {
        ByteBuffer bytes = MemoryUtil.memAlloc(data.bytes().remaining());
        try {
            context.cl.write(context.queue, memory, MemoryUtil.memAddress(bytes.put(data.bytes()).flip()), bytes.remaining(), "");
            context.cl.finish(context.queue);
        } finally {
            MemoryUtil.memFree(bytes);
        }
    }

    private static List<Data> written(Context context, KernelDef def, Args given, List<Cl.Memory> memories) {
        List<Data> outputs = new ArrayList<>();
        for (int i = 0; i < memories.size(); i++) {
            Param p = def.params().get(i);
            if (p.role().isWritten()) {
                Data data = Data.of(p.type(), given.data(p.name()).count());
                byte[] bytes = new byte[data.bytes().remaining()];
                context.cl.read(context.queue, bytes, memories.get(i), 0);
                data.bytes().put(bytes);
                outputs.add(data);
            }
        }
        return outputs;
    }
}
