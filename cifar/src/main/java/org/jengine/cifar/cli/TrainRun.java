package org.jengine.cifar.cli;

import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.data.DataSet;
import org.jengine.nn.CancelToken;
import org.jengine.nn.Checkpoint;
import org.jengine.nn.EpochResult;
import org.jengine.nn.TrainListener;
import org.jengine.nn.TrainResult;
import org.jengine.nn.Trainer;
import org.jengine.nn.Weights;

/** One training run with all that it shows and leaves. */
final class TrainRun implements TrainListener {
    private final Recipe recipe;
    private final Settings settings;
    private final DataSet data;
    private final ChosenDevice device;
    private final RunFolder folder;
    private final RunOutput output;
    private final long began;
    private final String started = OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private double epochSeconds;
    private EpochResult best;
    private EpochResult bestSaved;
    /** The best weights while the disk does not take them, or null. */
    private Checkpoint unsaved;
    private boolean complained;
    private Map<String, String> choices = Map.of();

    /** @param began {@link System#nanoTime} when the command began */
    TrainRun(Recipe recipe, Settings settings, DataSet data, ChosenDevice device, RunFolder folder, RunOutput output, long began) {
        this.recipe = recipe;
        this.settings = settings;
        this.data = data;
        this.device = device;
        this.folder = folder;
        this.output = output;
        this.began = began;
    }

    /**
     * Trains, and saves what came of it however it ended.
     *
     * @param start weights to start from, or null
     * @return the exit code
     */
    int run(Weights start, CancelToken token) {
        folder.describe(record("running"));
        try {
            // Both files, and the new one beside the old one while it is written.
            folder.tryRoomFor(3 * Float.BYTES * settings.net().parameters());
            Trainer trainer = settings.trainer(data, device.device()).listener(this);
            if (start != null) {
                trainer.weights(start);
            }
            output.planning(settings.batch());
            TrainResult result = trainer.fit(token);
            return finish(result);
        } catch (RuntimeException | Error e) {
            try {
                folder.describe(record("failed:" + ExitCode.of(e)).with("fault", String.valueOf(e.getMessage())).with("kept", kept(e)));
            } catch (DiskException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** What is left of a run that failed: the best weights, which are in host memory if the disk did not take them. Told, and recorded. */
    private Event kept(Throwable failure) {
        if (unsaved != null) {
            try {
                folder.save(RunFolder.BEST, unsaved);
                bestSaved = best;
            } catch (DiskException e) {
                failure.addSuppressed(e);
            }
        }
        if (bestSaved == null) {
            return null;
        }
        String file = folder.file(RunFolder.BEST).toString();
        String eval = "jengine eval " + folder.folder();
        int left = Math.max(1, settings.epochs() - bestSaved.epoch());
        String goOn = "jengine train " + settings.net().name() + " --weights " + folder.folder() + " --epochs " + left;
        Event kept = Event.empty().with("epoch", bestSaved.epoch()).with("val_accuracy", bestSaved.valAccuracy()).with("file", file)
                .with("evaluate", eval).with("go_on", goOn);
        output.kept(Text.format("the run failed; the best weights so far are safe: %s (epoch %d, val acc %.4f)%n"
                + "evaluate them: %s%ngo on from them: %s  (the optimiser starts afresh)", file, bestSaved.epoch(), bestSaved.valAccuracy(),
                eval, goOn), Event.of("kept").with("kept", kept));
        return kept;
    }

    @Override
    public void planned(PlanSummary plan) {
        choices = plan.choices();
        folder.describe(record("running"));
        long sum = plan.dataBytes() + plan.parameterBytes() + plan.activationBytes() + plan.scratchBytes();
        output.header("memory", Text.format("%s of %s (data %s, weights with gradients and optimizer %s, activations %s, scratch %s), "
                        + "planned in %s", Text.bytes(sum), Text.bytes(device.device().info().memory()), Text.bytes(plan.dataBytes()),
                Text.bytes(plan.parameterBytes()), Text.bytes(plan.activationBytes()), Text.bytes(plan.scratchBytes()),
                Text.duration(plan.planSeconds())),
                Event.of("memory").with("planned_bytes", sum).with("device_bytes", device.device().info().memory())
                        .with("data_bytes", plan.dataBytes()).with("parameter_bytes", plan.parameterBytes())
                        .with("activation_bytes", plan.activationBytes()).with("scratch_bytes", plan.scratchBytes())
                        .with("nodes_per_step", plan.nodesPerStep()).with("plan_seconds", plan.planSeconds()));
        plan.warnings().forEach(w -> output.header("warning", w, Event.of("warning").with("text", w)));
        output.header("run", folder.folder() + "  " + settings.describe(),
                settings.addTo(Event.of("run").with("folder", folder.folder().toString()).with("id", folder.id())));
    }

    @Override
    public void progress(Progress progress) {
        output.progress(progress);
    }

    /** Saved at once, so that a run that is killed leaves something; what the disk does not take is tried again at the end. */
    @Override
    public void best(EpochResult epoch, Weights weights) {
        best = epoch;
        unsaved = checkpoint(weights, epoch);
        try {
            folder.save(RunFolder.BEST, unsaved);
            bestSaved = epoch;
            unsaved = null;
        } catch (DiskException e) {
            if (!complained) {
                complained = true;
                output.note(e.getMessage().lines().findFirst().orElseThrow() + "; the run goes on and tries again");
            }
        }
    }

    @Override
    public void epoch(EpochResult epoch) {
        epochSeconds += epoch.seconds();
        double eta = epochSeconds / epoch.epoch() * (settings.epochs() - epoch.epoch());
        EpochReport report = new EpochReport(epoch, settings.epochs(), eta, data.name(), DataOptions.synthetic(data));
        folder.metric(report.event(), output::note);
        output.epoch(report);
    }

    private int finish(TrainResult result) {
        Path last = folder.save(RunFolder.LAST, checkpoint(result.lastWeights(), result.epochs().isEmpty() ? null
                : result.epochs().get(result.epochs().size() - 1)));
        Path best = result.best() == null ? null : folder.file(RunFolder.BEST);
        if (best != null && !result.best().equals(bestSaved)) {
            folder.save(RunFolder.BEST, checkpoint(result.bestWeights(), result.best()));
        }
        Verdict verdict = Verdict.of(recipe, settings.epochs(), data, result);
        String status = result.cancelled() ? "interrupted" : "done";
        Event summary = summary(result, verdict, status);
        folder.describe(record(status).with("result", summary));
        int code = result.cancelled() ? ExitCode.INTERRUPTED : ExitCode.DONE;
        summary.with("best_weights", best == null ? null : best.toString()).with("last_weights", last.toString()).with("exit", code);
        output.done(text(result, verdict, best, last), summary);
        return code;
    }

    private Event summary(TrainResult result, Verdict verdict, String status) {
        EpochResult best = result.best();
        return Event.of("done").with("status", status).with("net", settings.net().name()).with("data", data.name())
                .with("synthetic", DataOptions.synthetic(data)).with("epochs", result.epochs().size())
                .with("best_val_accuracy", best == null ? null : (Object) best.valAccuracy())
                .with("best_val_loss", best == null ? null : (Object) best.valLoss())
                .with("best_epoch", best == null ? null : (Object) best.epoch())
                .with("expected", recipe.expected().isPresent() ? (Object) recipe.expected().getAsDouble() : null)
                .with("expected_met", verdict.met()).with("verdict", verdict.text())
                .with("images_per_second", best == null ? null : (Object) result.imagesPerSecond())
                .with("train_seconds", trainSeconds(result)).with("seconds", result.seconds()).with("end_to_end_seconds", endToEnd());
    }

    private String text(TrainResult result, Verdict verdict, Path best, Path last) {
        EpochResult e = result.best();
        StringBuilder out = new StringBuilder();
        String label = result.cancelled() ? "stopped" : "done";
        if (e == null) {
            out.append(Text.format("%-8s in the first epoch, before any evaluation%n", label));
        } else {
            out.append(Text.format("%-8s best %sval acc %.4f @ epoch %d (%s)  train %s  end-to-end %s  %s img/s%n", label,
                    DataOptions.synthetic(data) ? "synthetic " : "", e.valAccuracy(), e.epoch(), verdict.text(),
                    Text.duration(trainSeconds(result)), Text.duration(endToEnd()), Text.count(Math.round(result.imagesPerSecond()))));
        }
        out.append(Text.format("%-8s %s%s%n", "saved", best == null ? "" : best + "  ", best == null ? last : last.getFileName()));
        int left = settings.epochs() - result.epochs().size();
        if (result.cancelled()) {
            out.append(Text.format("%-8s jengine train %s --weights %s --epochs %d  (the optimiser starts afresh)", "go on",
                    settings.net().name(), last, left));
        } else {
            out.append(Text.format("%-8s jengine eval %s", "check", folder.folder()));
        }
        return out.toString();
    }

    private static double trainSeconds(TrainResult result) {
        return result.epochs().stream().mapToDouble(EpochResult::trainSeconds).sum();
    }

    private double endToEnd() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** What goes into the weights' file, so that it says by itself what it is. */
    private Checkpoint checkpoint(Weights weights, EpochResult epoch) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("data", data.name());
        metadata.put("data_fingerprint", data.fingerprint());
        metadata.put("synthetic", Boolean.toString(DataOptions.synthetic(data)));
        metadata.put("classes", String.join(",", data.classes()));
        metadata.put("run", folder.id());
        metadata.put("settings", settings.addTo(Event.empty()).toString());
        metadata.put("device", device.device().info().id() + " " + device.device().info().name());
        metadata.put("jengine", Version.release());
        if (epoch != null) {
            metadata.put("epoch", Integer.toString(epoch.epoch()));
            metadata.put("val_loss", Double.toString(epoch.valLoss()));
            metadata.put("val_accuracy", Double.toString(epoch.valAccuracy()));
        }
        return new Checkpoint(settings.net(), weights, metadata);
    }

    private Event record(String status) {
        return settings.addTo(Event.empty().with("status", status).with("id", folder.id()).with("started", started))
                .with("net_text", settings.net().toJson()).with("data", DataOptions.event(data).without("event"))
                .with("device", device.event().without("event")).with("choices", choices)
                .with("jengine", Version.release()).with("commit", Version.commit()).with("java", Version.java())
                .with("system", Version.system());
    }
}
