package org.jengine.runtime;

import java.util.List;
import java.util.Map;

/**
 * The operations that a vendor library does on this device. A plan does every slow thing once (descriptors, choice of algorithm);
 * binding it gives launches. Images are NHWC, filters KRSC, dense weights {@code [in, out]}; weight gradients are float32 and
 * replace what was there. Plans need no closing: the device owns them, and the caller the arena with what they need.
 */
public interface Library {
    /** Plans a convolution. */
    ConvPlan conv(ConvSpec spec);

    /** Plans a max pooling. */
    PoolPlan maxPool(PoolSpec spec);

    /** Plans a batch normalisation. */
    NormPlan batchNorm(NormSpec spec);

    /**
     * Plans a batch normalisation in training whose result goes through dropout: {@code y} is what dropout leaves, and the way back begins
     * with the gradient of that, which may be written over.
     *
     * @param dropping null if nothing is dropped
     */
    default NormPlan batchNorm(NormSpec spec, Dropping dropping) {
        NormPlan plain = batchNorm(spec);
        if (dropping == null) {
            return plain;
        }
        return new NormPlan() {
            @Override
            public Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma,
                                  Slice beta) {
                return plain.forward(y, mean, invStd, runningMean, runningVar, x, gamma, beta).then(dropping.over(y));
            }

            @Override
            public Launch inference(Slice y, Slice x, Slice gamma, Slice beta, Slice runningMean, Slice runningVar) {
                return plain.inference(y, x, gamma, beta, runningMean, runningVar);
            }

            @Override
            public Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd) {
                return dropping.over(dy).then(plain.backward(dx, dgamma, dbeta, dy, x, gamma, mean, invStd));
            }
        };
    }

    /**
     * Plans, for training, a max pooling with batch normalisation behind it.
     *
     * @param norm     of what is pooled
     * @param dropping what follows, or null; the way back begins with the gradient of its result, which may be written over
     */
    default PoolNormPlan poolNorm(PoolSpec pool, NormSpec norm, Dropping dropping) {
        return new PoolThenNorm(maxPool(pool), batchNorm(norm, dropping));
    }

    /** Plans a matrix product with bias. */
    DensePlan dense(DenseSpec spec);

    /**
     * What was chosen so far among several ways to do the same, for the record of a run: the operation with its sizes, and the way. Empty
     * where there is no choice.
     */
    Map<String, String> choices();

    /** What went wrong without stopping anything, and what was done instead; for people to read. */
    default List<String> warnings() {
        return List.of();
    }

    /** Convolution with bias and activation. */
    interface ConvPlan {
        /** {@code y = act(conv(x, w) + b)}. */
        Launch forward(Slice y, Slice x, Slice w, Slice b);

        /**
         * {@code dx} from the gradient {@code dy} before the activation, multiplied with the derivative of what made {@code x}. Only
         * that reads {@code x}: if nothing did, it is left alone.
         */
        Launch backwardData(Slice dx, Slice dy, Slice w, Slice x);

        /** {@code dw} and {@code db} from the gradient {@code dy} before the activation. */
        Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy);
    }

    /**
     * Max pooling. The index, {@code U8} and of {@code y}'s shape, holds each winner's place in its window, row by row, or what else a
     * vendor library notes there: only the plan's own way back reads it.
     */
    interface PoolPlan {
        /** {@code y} and the winners' places; of equals the first wins, or any by a vendor library. */
        Launch forward(Slice y, Slice index, Slice x);

        /** {@code dx} is {@code dy} at the winners' places and 0 elsewhere. */
        Launch backward(Slice dx, Slice dy, Slice index);
    }

    /** Batch normalisation over the last dimension. All but {@code x y dx dy} is float32 and {@code [channels]}. */
    interface NormPlan {
        /**
         * Normalises with the batch's own statistics, which are saved for the way back, and moves the running ones:
         * {@code running = momentum * running + (1 - momentum) * batch}, the variance being the biased one, as in Keras.
         */
        Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma, Slice beta);

        /** Normalises with the running statistics. */
        Launch inference(Slice y, Slice x, Slice gamma, Slice beta, Slice runningMean, Slice runningVar);

        /**
         * Gradients through the batch's own statistics, as {@link #forward} saved them; {@code dx} is multiplied with the derivative of
         * what made {@code x}.
         */
        Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd);
    }

    /** Max pooling, then batch normalisation: {@code x} is what is pooled, {@code y} what is normalised. */
    interface PoolNormPlan {
        /** As {@link PoolPlan#forward} from {@code x} to {@code pooled}, and {@link NormPlan#forward} from there. */
        Launch forward(Slice y, Slice pooled, Slice index, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x,
                       Slice gamma, Slice beta);

        /**
         * As {@link NormPlan#backward} to the gradient of {@code pooled}, which may be left in {@code dpooled}, and
         * {@link PoolPlan#backward} from there.
         */
        Launch backward(Slice dx, Slice dpooled, Slice dgamma, Slice dbeta, Slice dy, Slice pooled, Slice index, Slice gamma, Slice mean,
                        Slice invStd);
    }

    /** Dense layer with bias and activation: {@code x [n, in]}, {@code w [in, out]}. */
    interface DensePlan {
        /** {@code y = act(x w + b)}. */
        Launch forward(Slice y, Slice x, Slice w, Slice b);

        /**
         * {@code dx} from the gradient {@code dy} before the activation, multiplied with the derivative of what made {@code x}. Only
         * that reads {@code x}: if nothing did, it is left alone.
         */
        Launch backwardData(Slice dx, Slice dy, Slice w, Slice x);

        /** {@code dw} and {@code db} from the gradient {@code dy} before the activation. */
        Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy);
    }
}
