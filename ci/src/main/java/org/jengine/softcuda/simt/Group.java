package org.jengine.softcuda.simt;

/** Lanes of a block that are at the same place of the same call. */
final class Group {
    private final Frame frame;
    private int at;
    private Mask mask;
    private int penalty;

    Group(Frame frame, int at, Mask mask, int penalty) {
        this.frame = frame;
        this.at = at;
        this.mask = mask;
        this.penalty = penalty;
    }

    Frame frame() {
        return frame;
    }

    int at() {
        return at;
    }

    Mask mask() {
        return mask;
    }

    /** How often it has run for so long that others had to come first. */
    int penalty() {
        return penalty;
    }

    void moveTo(int step) {
        at = step;
    }

    void punish() {
        penalty++;
    }

    boolean together(Group other) {
        return frame == other.frame && at == other.at;
    }

    void join(Group other) {
        mask = mask.or(other.mask);
        penalty = Math.min(penalty, other.penalty);
    }

    /** The same place with other lanes. */
    Group with(Mask lanes) {
        return new Group(frame, at, lanes, penalty);
    }

    Group at(int step, Mask lanes) {
        return new Group(frame, step, lanes, penalty);
    }

    /** Callees first, so that callers meet again; then what comes first in the text. */
    boolean before(Group other) {
        if (penalty != other.penalty) {
            return penalty < other.penalty;
        }
        if (frame != other.frame) {
            return frame.depth() != other.frame.depth() ? frame.depth() > other.frame.depth() : frame.serial() < other.frame.serial();
        }
        return at < other.at;
    }
}
