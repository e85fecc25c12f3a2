package org.jengine.nn;

import java.math.BigDecimal;
import java.math.MathContext;

/** How gradients move weights; the arithmetic is Keras'. The rate is the start of the {@link Schedule}. */
public sealed interface Optimizer {
    double rate();

    /** The same with another learning rate. */
    Optimizer withRate(double rate);

    /**
     * The same with the rate that goes with another batch, to three digits: in proportion to it for SGD (Goyal et al. 2017, arXiv
     * 1706.02677), to its square root for those that divide by the gradients' size (Malladi et al. 2022, arXiv 2205.10287).
     *
     * @param from the batch that the rate is for
     */
    default Optimizer forBatch(int to, int from) {
        double ratio = (double) to / from;
        double rate = rate() * (this instanceof Sgd ? ratio : Math.sqrt(ratio));
        return withRate(to == from ? rate() : new BigDecimal(rate).round(new MathContext(3)).doubleValue());
    }

    /** As in the diagram and the records: {@code adam 0.001}. */
    String describe();

    private static void check(double rate, double decay, double... shares) {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY) || !(decay >= 0)) {
            throw new IllegalArgumentException("the learning rate must be positive and the decay not negative, got " + rate + ", " + decay);
        }
        for (double share : shares) {
            if (!(share >= 0 && share < 1)) {
                throw new IllegalArgumentException("what an optimiser keeps of the past must lie in 0..1, 1 excluded; got " + share);
            }
        }
    }

    /** Kingma and Ba, arXiv 1412.6980, with epsilon outside the bias correction as Keras has it; decay is decoupled (AdamW). */
    record Adam(double rate, double beta1, double beta2, double epsilon, double decay) implements Optimizer {
        public Adam {
            check(rate, decay, beta1, beta2);
        }

        public Adam(double rate) {
            this(rate, 0.9, 0.999, 1e-7, 0);
        }

        @Override
        public Adam withRate(double rate) {
            return new Adam(rate, beta1, beta2, epsilon, decay);
        }

        @Override
        public String describe() {
            return "adam " + rate;
        }
    }

    /** Momentum, by choice Nesterov's; decay is decoupled. */
    record Sgd(double rate, double momentum, boolean nesterov, double decay) implements Optimizer {
        public Sgd {
            check(rate, decay, momentum);
        }

        @Override
        public Sgd withRate(double rate) {
            return new Sgd(rate, momentum, nesterov, decay);
        }

        @Override
        public String describe() {
            return "sgd " + rate + " momentum " + momentum + (nesterov ? " nesterov" : "");
        }
    }

    /** Tieleman and Hinton 2012; decay is decoupled. */
    record RmsProp(double rate, double rho, double epsilon, double decay) implements Optimizer {
        public RmsProp {
            check(rate, decay, rho);
        }

        public RmsProp(double rate) {
            this(rate, 0.9, 1e-7, 0);
        }

        @Override
        public RmsProp withRate(double rate) {
            return new RmsProp(rate, rho, epsilon, decay);
        }

        @Override
        public String describe() {
            return "rmsprop " + rate;
        }
    }
}
