package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.simt.alu.Values;

/**
 * A block of threads while it runs. Its lanes move in groups of those that are at the same place: of all groups the one runs that is
 * first in the text, until it meets another or has to wait, so that what a branch parted comes together behind it. Warps are told apart
 * only by what works within a warp.
 */
final class Block {
    /** Backward jumps after which a group lets others of the block go first, in case it waits for one of them. */
    private static final int PATIENCE = 20_000;
    private static final int LEAST_PATIENCE = 64;

    private final int threads;
    private final int lanes;
    private final Mask all;
    private final Specials specials;
    private final List<Group> ready = new ArrayList<>();
    private final Barriers barriers = new Barriers(this);
    private final WarpWaits warpWaits = new WarpWaits(this);
    private final ClusterSteps.Barrier cluster;
    private final LocalStack stack = new LocalStack();
    private final AsyncCopies copies = new AsyncCopies(this);
    private final BulkCopies bulk = new BulkCopies(this);
    private final Scratch scratch;
    private final Frame root;
    private Run run;
    private long number;
    private Mask live;
    private byte[] shared = new byte[0];
    private byte[] local = new byte[0];
    private int localStride;
    private int frames;
    private boolean whole;
    private long ticks;
    private int slice;
    private int patience;
    private int patienceLeft;
    private boolean inVain;

    Block(Run run) {
        this.run = run;
        threads = run.launch().threads();
        lanes = (threads + Warps.SIZE - 1) / Warps.SIZE * Warps.SIZE;
        all = Mask.first(threads, lanes);
        cluster = new ClusterSteps.Barrier(this);
        specials = new Specials(lanes);
        scratch = new Scratch(lanes);
        root = new Frame(this, run.kernel().code(), null, 0, nextSerial());
    }

    /** Starts a block with all lanes at the kernel's first step. What its registers and shared memory hold is of no meaning. */
    void begin(Run of, long block) {
        run = of;
        number = block;
        specials.set(of, block);
        shared = shared.length == of.sharedBytes() ? shared : new byte[of.sharedBytes()];
        needLocal(of.kernel().localBytes());
        live = all;
        ticks = 0;
        patience = PATIENCE;
        patienceLeft = PATIENCE;
        inVain = false;
        barriers.clear();
        warpWaits.clear();
        cluster.clear();
        copies.clear();
        bulk.clear();
        stack.clear();
        ready.clear();
        ready.add(new Group(root, 0, all, 0));
    }

    /**
     * Goes on for about so many backward jumps.
     *
     * @return whether the block has ended
     */
    boolean go(int jumps) {
        slice = jumps;
        while (!live.empty()) {
            Group next = next();
            if (next != null) {
                execute(next);
            } else if (!warpWaits.release()) {
                throw run.faults().stuck(this, barriers.waiting(), warpWaits.waiting(), cluster.waiting());
            }
            if (slice <= 0 && !live.empty()) {
                warpWaits.release();
                return false;
            }
        }
        return true;
    }

    /** Takes the group that is to run, together with all that are at its place. */
    private Group next() {
        if (ready.isEmpty()) {
            return null;
        }
        Group best = ready.get(0);
        for (int k = 1; k < ready.size(); k++) {
            Group other = ready.get(k);
            if (other.before(best)) {
                best = other;
            }
        }
        for (int k = ready.size() - 1; k >= 0; k--) {
            Group other = ready.get(k);
            if (other == best) {
                ready.remove(k);
            } else if (other.together(best)) {
                best.join(other);
                ready.remove(k);
            }
        }
        return best;
    }

    /** The step at which the group meets another, if it goes straight on. */
    private int meeting(Group group) {
        int nearest = Integer.MAX_VALUE;
        for (Group other : ready) {
            if (other.frame() == group.frame() && other.at() > group.at()) {
                nearest = Math.min(nearest, other.at());
            }
        }
        return nearest;
    }

    private void execute(Group group) {
        Frame frame = group.frame();
        Step[] steps = frame.code().steps();
        Mask mask = group.mask();
        boolean alone = ready.isEmpty() && barriers.empty() && warpWaits.empty() && cluster.waiting().isEmpty();
        boolean watched = run.watched();
        int limit = meeting(group);
        int at = group.at();
        do {
            Step step = steps[at];
            ticks++;
            Mask active = step.guard() < 0 ? mask : mask.where(frame.register(step.guard()).p, step.negated());
            if (!active.empty()) {
                if (watched && step.told()) {
                    run.executes(pc(frame, step), active, live);
                }
                if (step instanceof Jump jump) {
                    group.moveTo(at);
                    int to = jump.go(this, group, active);
                    if (to == Jump.ELSEWHERE) {
                        return;
                    }
                    boolean tired = to <= at && tired(group);
                    at = to;
                    if (tired || !alone) {
                        break;
                    }
                    mask = group.mask();
                    continue;
                }
                whole = alone && active == mask;
                step.run(this, frame, active);
            }
            at++;
        } while (at != limit);
        group.moveTo(at);
        ready.add(group);
    }

    /** After a jump backwards: whether others should come first. */
    private boolean tired(Group group) {
        slice--;
        if (slice <= 0) {
            group.punish();
            return true;
        }
        boolean idle = inVain;
        inVain = false;
        if (!ready.isEmpty() && idle) {
            group.punish();
            return true;
        }
        if (!ready.isEmpty() && --patienceLeft <= 0) {
            patience = Math.max(patience / 2, LEAST_PATIENCE);
            patienceLeft = patience;
            group.punish();
            warpWaits.release();
            return true;
        }
        return false;
    }

    /** The step that runs looked in vain for what others are to do: they come first from the next jump backwards on. */
    void looksInVain() {
        inVain = true;
    }

    void push(Group group) {
        ready.add(group);
    }

    /** Ends lanes: barriers wait for them no longer. */
    void exit(Mask leaving) {
        live = live.minus(leaving);
        barriers.left();
        cluster.check();
        if (live.empty()) {
            bulk.end();
        }
    }

    /** The number of an instruction as watches and reports have it. */
    int pc(Frame frame, Step step) {
        return run.kernel().pc(frame.code(), step.pc());
    }

    Run run() {
        return run;
    }

    /** The linear number in the grid. */
    long number() {
        return number;
    }

    int threads() {
        return threads;
    }

    /** The threads rounded up to whole warps: the length of every value. */
    int lanes() {
        return lanes;
    }

    /** Every thread, ended or not. */
    Mask all() {
        return all;
    }

    Mask live() {
        return live;
    }

    /** Whether the step that runs is done by all lanes whose registers matter to anybody. */
    boolean whole() {
        return whole;
    }

    Barriers barriers() {
        return barriers;
    }

    WarpWaits warpWaits() {
        return warpWaits;
    }

    ClusterSteps.Barrier cluster() {
        return cluster;
    }

    AsyncCopies copies() {
        return copies;
    }

    BulkCopies bulk() {
        return bulk;
    }

    LocalStack stack() {
        return stack;
    }

    Scratch scratch() {
        return scratch;
    }

    /** Values like these, for results of which only some lanes are wanted. */
    Values[] scratch(Values[] like) {
        return scratch.like(like);
    }

    Values special(String name) {
        return specials.find(name, run, number);
    }

    byte[] shared() {
        return shared;
    }

    /** The local memory of all threads, one behind the other. */
    byte[] local() {
        return local;
    }

    /** Bytes of local memory of a thread so far. */
    int localStride() {
        return localStride;
    }

    /** Sees to it that every thread has so much local memory, which keeps what it holds. */
    void needLocal(int bytes) {
        if (bytes > localStride) {
            int stride = Math.max(bytes, 2 * localStride);
            byte[] larger = new byte[Math.multiplyExact(stride, lanes)];
            for (int k = 0; k < lanes; k++) {
                System.arraycopy(local, k * localStride, larger, k * stride, localStride);
            }
            local = larger;
            localStride = stride;
        }
    }

    int nextSerial() {
        return frames++;
    }

    /** Counts the steps of this block. */
    long ticks() {
        return ticks;
    }
}
