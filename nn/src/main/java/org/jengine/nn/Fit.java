package org.jengine.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jengine.runtime.Event;
import org.jengine.runtime.Stream;

/** The loop over epochs. */
final class Fit {
    private static final System.Logger LOG = System.getLogger(Fit.class.getName());
    private static final double PROGRESS_SECONDS = 0.2;

    private final TrainSession session;
    private final TrainOptions options;
    private final List<TrainListener> listeners;
    private final CancelToken token;
    private final Pacer training;
    private final Pacer evaluation;
    private final Event trainingStart;
    private final Event trainingEnd;
    private final List<EpochResult> epochs = new ArrayList<>();
    private EpochResult best;
    private Weights bestWeights;
    private double progressDue;

    Fit(TrainSession session, TrainOptions options, List<TrainListener> listeners, CancelToken token) {
        this.session = session;
        this.options = options;
        this.listeners = listeners;
        this.token = token;
        this.training = session.pacer(session.grain());
        this.evaluation = session.pacer(session.evaluator().grain());
        this.trainingStart = session.event();
        this.trainingEnd = session.event();
    }

    TrainResult run() {
        tell(l -> l.planned(session.plan()));
        long start = System.nanoTime();
        boolean finished = true;
        for (int epoch = 1; epoch <= options.epochs() && finished; epoch++) {
            finished = epoch(epoch);
        }
        double seconds = since(start);
        return new TrainResult(epochs, best, bestWeights, session.weights(), !finished, seconds);
    }

    /**
     * Queues a whole epoch with its evaluation, and waits once, at the end, unless steps are so long that slices of them must be waited
     * for.
     *
     * @return false if the run was cancelled before the epoch's end
     */
    private boolean epoch(int epoch) {
        long start = System.nanoTime();
        int steps = session.stepsPerEpoch();
        progressDue = PROGRESS_SECONDS;
        Stream stream = session.stream();
        stream.record(trainingStart);
        if (!training.run(steps, token, session::queue, done -> progress(epoch, done, start))) {
            return false;
        }
        stream.record(trainingEnd);
        Evaluator evaluator = session.evaluator();
        evaluator.start(stream);
        if (!evaluation.run(evaluator.steps(), token, n -> evaluator.queue(n, stream), done -> { })) {
            return false;
        }
        session.fetch();
        stream.synchronize();
        double trainSeconds = trainingEnd.secondsSince(trainingStart);
        Evaluation train = session.epochMean();
        if (!Double.isFinite(train.loss())) {
            throw diverged(epoch);
        }
        Evaluation validation = evaluator.mean();
        if (!Double.isFinite(validation.loss())) {
            throw new Diverged(epoch, "the validation loss after epoch " + epoch + " is " + validation.loss() + "; " + remedy(epoch), best,
                    bestWeights);
        }
        boolean isBest = best == null || validation.accuracy() > best.valAccuracy();
        EpochResult result = new EpochResult(epoch, train.loss(), train.accuracy(), validation.loss(), validation.accuracy(),
                rate(epoch, steps - 1), session.trainCount() / trainSeconds, trainSeconds, since(start), isBest);
        epochs.add(result);
        if (isBest) {
            best = result;
            bestWeights = session.fetched();
            tell(l -> l.best(result, bestWeights));
        }
        tell(l -> l.epoch(result));
        return true;
    }

    private void progress(int epoch, int done, long start) {
        double seconds = since(start);
        if (seconds >= progressDue) {
            progressDue = seconds + PROGRESS_SECONDS;
            tell(l -> l.progress(new TrainListener.Progress(epoch, options.epochs(), done, session.stepsPerEpoch(), seconds)));
        }
    }

    private Diverged diverged(int epoch) {
        double[] losses = session.stepLosses();
        int bad = 0;
        while (bad < losses.length - 1 && Double.isFinite(losses[bad])) {
            bad++;
        }
        return new Diverged(epoch, "the training loss is " + losses[bad] + " since epoch " + epoch + ", step " + (bad + 1) + " of "
                + losses.length + ", at learning rate " + rate(epoch, bad) + "; " + remedy(epoch), best, bestWeights);
    }

    private String remedy(int epoch) {
        return "try a learning rate ten times smaller" + (options.precision() == Precision.FP32 ? "" : ", or " + Precision.FP32)
                + (epoch == 1 ? ", and check that the labels belong to the images" : "");
    }

    /** The learning rate of a step, counted from 0, of an epoch, counted from 1. */
    private double rate(int epoch, int step) {
        long steps = session.stepsPerEpoch();
        return options.rate((epoch - 1) * steps + step, options.epochs() * steps);
    }

    private void tell(Consumer<TrainListener> what) {
        for (TrainListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a listener failed; training goes on", e);
            }
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }
}
