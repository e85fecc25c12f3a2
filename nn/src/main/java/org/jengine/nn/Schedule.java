package org.jengine.nn;

/** The learning rate as a function of the number of updates done; a factor on the optimiser's rate. */
public sealed interface Schedule {
    /**
     * @param update  updates done before this one, from 0
     * @param updates updates in the whole run
     * @return the factor on the optimiser's rate
     */
    double factor(long update, long updates);

    /** As {@link #parse} reads it. */
    String describe();

    /** The rate stays as it is. */
    record Constant() implements Schedule {
        @Override
        public double factor(long update, long updates) {
            return 1;
        }

        @Override
        public String describe() {
            return "constant";
        }
    }

    /** Keras' {@code decay}: {@code 1 / (1 + decay * update)}. */
    record Decay(double decay) implements Schedule {
        public Decay {
            if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a decay must be a number that is not negative, got " + decay);
            }
        }

        @Override
        public double factor(long update, long updates) {
            return 1 / (1 + decay * update);
        }

        @Override
        public String describe() {
            return "decay:" + decay;
        }
    }

    /** Multiplied by {@code gamma} at each of {@code drops} equally spaced points of the run. */
    record Step(int drops, double gamma) implements Schedule {
        public Step {
            if (drops < 1) {
                throw new IllegalArgumentException("a step schedule needs at least one drop, got " + drops);
            }
            if (!(gamma > 0 && gamma <= 1)) {
                throw new IllegalArgumentException("a step's factor must lie between 0 and 1, got " + gamma);
            }
        }

        @Override
        public double factor(long update, long updates) {
            return Math.pow(gamma, Math.floorDiv(update * (drops + 1), updates));
        }

        @Override
        public String describe() {
            return "step:" + drops + ":" + gamma;
        }
    }

    /** Half a cosine from 1 to 0. Loshchilov and Hutter, arXiv 1608.03983. */
    record Cosine() implements Schedule {
        @Override
        public double factor(long update, long updates) {
            return 0.5 * (1 + Math.cos(Math.PI * update / updates));
        }

        @Override
        public String describe() {
            return "cosine";
        }
    }

    /** From 1/25 up to 1 over the first share of the run, then down to 1/10,000, both along a cosine. Smith, arXiv 1708.07120. */
    record OneCycle(double rise) implements Schedule {
        public OneCycle {
            if (!(rise > 0 && rise < 1)) {
                throw new IllegalArgumentException("the rising share must lie between 0 and 1, got " + rise);
            }
        }

        @Override
        public double factor(long update, long updates) {
            double at = (double) update / updates;
            return at < rise ? between(1 / 25.0, 1, at / rise) : between(1, 1e-4, (at - rise) / (1 - rise));
        }

        private static double between(double from, double to, double share) {
            return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * share));
        }

        @Override
        public String describe() {
            return "one-cycle:" + rise;
        }
    }

    /**
     * Reads {@code constant}, {@code cosine}, {@code one-cycle[:RISE]}, {@code step[:DROPS[:GAMMA]]} or {@code decay:D}.
     *
     * @throws IllegalArgumentException naming what was read and what is known
     */
    static Schedule parse(String text) {
        String[] words = text.split(":");
        try {
            if (words.length == 1 && words[0].equals("constant")) {
                return new Constant();
            } else if (words.length == 1 && words[0].equals("cosine")) {
                return new Cosine();
            } else if (words.length <= 2 && words[0].equals("one-cycle")) {
                return new OneCycle(words.length > 1 ? Double.parseDouble(words[1]) : 0.3);
            } else if (words.length <= 3 && words[0].equals("step")) {
                return new Step(words.length > 1 ? Integer.parseInt(words[1]) : 2, words.length > 2 ? Double.parseDouble(words[2]) : 0.1);
            } else if (words.length == 2 && words[0].equals("decay")) {
                return new Decay(Double.parseDouble(words[1]));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number in schedule '" + text + "'", e);
        }
        throw new IllegalArgumentException("no schedule '" + text
                + "'; known are constant, cosine, one-cycle[:RISE], step[:DROPS[:GAMMA]], decay:D");
    }
}
