package org.jengine.runtime.cuda;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library.PoolPlan;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/**
 * A max pooling, forward and back by cuDNN: how its index is to be read only cuDNN knows.
 *
 * @see <a href="https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-graph-library.html">Resampling operations</a>
 */
final class DnnPool implements PoolPlan {
    private final DnnLibrary library;
    private final DnnOp forward;
    private final DnnOp backward;

    DnnPool(DnnLibrary library, PoolSpec spec) {
        this.library = library;
        forward = DnnOp.of(DnnOp.Form.POOL, spec);
        backward = DnnOp.of(DnnOp.Form.POOL_BACKWARD, spec);
    }

    /** By cuDNN or by our kernels, whichever is quicker there and back together. */
    static PoolPlan chosen(DnnLibrary library, PoolSpec spec) {
        PoolPlan ours = library.ours().maxPool(spec);
        DnnPool cudnn = new DnnPool(library, spec);
        // Nothing is bound here yet.
        Way own = library.own(() -> null, arena -> trial(library.trial(arena).maxPool(spec), arena, spec));
        if (!library.accepts(cudnn.backward)) {
            library.choose(cudnn.backward, List.of(), own);
            return ours;
        }
        Way back = cudnn.way(cudnn.backward, List.of());
        List<Way> ways = library.ways(cudnn.forward, List::of).stream().map(way -> way.then(back.bound(), back.trial())).toList();
        return library.choose(cudnn.forward, ways, own) == own ? ours : cudnn;
    }

    /** Whether every pixel is in a window: cuDNN's documents do not say whether the gradient of one that is in none is written. */
    static boolean suits(PoolSpec spec) {
        return spec.h() % spec.window() == 0 && spec.w() % spec.window() == 0;
    }

    @Override
    public Launch forward(Slice y, Slice index, Slice x) {
        return way(forward, List.of(y, index, x)).bound().get();
    }

    @Override
    public Launch backward(Slice dx, Slice dy, Slice index) {
        return way(backward, List.of(dx, dy, index)).bound().get();
    }

    /** The recommended way. */
    private Way way(DnnOp op, List<Slice> tensors) {
        return library.ways(op, () -> tensors).get(0);
    }

    private static Launch trial(PoolPlan plan, Arena arena, PoolSpec spec) {
        Slice y = arena.take("tried", spec.y(), spec.real());
        Slice x = arena.take("tried", spec.x(), spec.real());
        Slice index = arena.take("tried", spec.y(), DType.U8);
        return plan.forward(y, index, x).then(plan.backward(x, y, index));
    }
}
