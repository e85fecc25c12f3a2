package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** The driver's inner parts without a program around them; operations only note that they were performed. */
final class Rig {
    /** One operation: its name, and which turns performed it. */
    static final class Note implements Operation {
        private final String name;
        private final List<Turn> turns = new ArrayList<>();
        private final List<Note> order;

        private Note(String name, List<Note> order) {
            this.name = name;
            this.order = order;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void perform(Turn at) {
            turns.add(at);
            order.add(this);
        }

        Turn turn() {
            return turns.get(turns.size() - 1);
        }

        boolean done() {
            return !turns.isEmpty();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    final List<Report> told = new ArrayList<>();
    final Reports reports = new Reports(told::add);
    final Clocks clocks = new Clocks();
    final Handles handles = new Handles(reports);
    final Scheduler scheduler;
    final Streams streams;
    final Context context;
    /** What was performed, in that order. */
    final List<Note> order = new ArrayList<>();

    Rig(long seed) {
        scheduler = new Scheduler(clocks, reports, seed, Counts.NONE, task -> { }, task -> { });
        streams = new Streams(scheduler, clocks, handles, reports);
        context = new Context(handles.number(), new Device(0, GpuProfile.of("t4")), 0, clocks.open());
    }

    Note note(String name) {
        return new Note(name, order);
    }

    Stream stream(Stream.Kind kind) {
        return streams.create(context, kind, 0);
    }

    Note submit(Stream stream, String name) {
        Note note = note(name);
        streams.submit("a call", stream, GraphNode.Type.KERNEL, note);
        scheduler.mayPerform();
        return note;
    }
}
