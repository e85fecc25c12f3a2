package org.jengine.softcuda.count;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jengine.kernels.Args;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Ptx;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.ptx.PtxModule;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.LoadedModule;
import org.jengine.softcuda.simt.MachineLimits;
import org.jengine.softcuda.work.Turn;

/** Runs one launch of a kernel of ours at a time, as an H100 would get it, and counts what it does. */
final class KernelBed {
    private static final int CLASSES = 10;
    /** More than a table has whose length no size tells. */
    private static final int LEAST = 64;

    private final Machine machine = Machine.of(GpuProfile.of("h100"));
    private final Map<String, PtxModule> modules = new HashMap<>();
    private final Map<String, Integer> registers;

    /** @param defs whose registers are looked up, all at once since starting the assembler takes long */
    KernelBed(List<KernelDef> defs) {
        Registers all = new Registers(machine);
        defs.forEach(d -> all.add(ptx(d).text()));
        registers = all.find();
    }

    private Ptx ptx(KernelDef def) {
        return Ptx.of(def, 10 * machine.major() + machine.minor());
    }

    /** What a launch moves and does, as {@link #count} has it. */
    KernelTally run(KernelDef def, Map<String, Integer> sizes, Map<String, Float> scalars) {
        return KernelTally.of(count(def, sizes, scalars));
    }

    /**
     * The counter's row of a launch.
     *
     * @param sizes   by parameter
     * @param scalars by parameter
     */
    Map<?, ?> count(KernelDef def, Map<String, Integer> sizes, Map<String, Float> scalars) {
        Ptx ptx = ptx(def);
        AddressSpace space = new AddressSpace();
        LoadedModule module = LoadedModule.load(modules.computeIfAbsent(ptx.name(), name -> PtxModule.parse(ptx.text())), space);
        var kernel = module.kernel(def.entry());
        Args args = Args.sizes(def, sizes);
        ByteBuffer bytes = ByteBuffer.allocate(kernel.parameters().stream().mapToInt(p -> p.offset() + p.bytes()).max().orElse(0))
                .order(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < def.params().size(); i++) {
            Param p = def.params().get(i);
            int at = kernel.parameters().get(i).offset();
            switch (p.role()) {
                case SIZE -> bytes.putInt(at, sizes.get(p.name()));
                case SCALAR -> bytes.putFloat(at, scalars.get(p.name()));
                default -> bytes.putLong(at, filled(space, p, def.elements(p.name(), args), random).base());
            }
        }
        Grid grid = def.grid(args, ptx.target());
        Launch launch = new Launch(kernel, grid.blocksX(), grid.blocksY(), grid.blocksZ(), grid.threads(), 1, 1, 0, bytes.array(), false);
        Counter counter = new Counter(machine, new Registers(machine) {
            @Override
            Map<String, Integer> find() {
                return registers;
            }
        });
        Turn turn = new Turn(1, def.entry(), "stream 1", earlier -> true);
        new org.jengine.softcuda.simt.Machine(space, new MachineLimits(machine.processors(), 1 << 16), 1, text -> { })
                .run(launch, turn, List.of(counter.begin(launch, turn)));
        return (Map<?, ?>) ((List<?>) counter.report().get("kernels")).get(0);
    }

    private static Allocation filled(AddressSpace space, Param p, long elements, SplittableRandom random) {
        int count = Math.toIntExact(Math.max(elements, LEAST));
        Data data = Data.of(p.type(), count);
        for (int i = 0; i < count; i++) {
            data.set(i, switch (p.name()) {
                case "clock" -> 1;
                case "arrivals" -> 0;
                case "labels", "classes" -> random.nextInt(CLASSES);
                case "index" -> random.nextInt(4);
                case "v", "square", "invStd", "variance", "runningVar" -> 0.5 + random.nextDouble();
                default -> p.type() == DType.U8 ? random.nextInt(256) : p.type() == DType.I32 ? random.nextInt() : random.nextGaussian();
            });
        }
        byte[] raw = new byte[count * p.type().bytes()];
        data.bytes().get(raw);
        Allocation made = space.allocate(Allocation.Kind.DEVICE, raw.length, p.name());
        made.write(0, raw, 0, raw.length);
        return made;
    }
}
