// The functions that a kernel may apply to its result on the way out, by their number in the declaration.

#define ACT_NONE 0
#define ACT_RELU 1
#define ACT_SIGMOID 2

DEVICE float activated(float value, int activation) {
    if (activation == ACT_RELU) {
        return MAX(value, 0.0f);
    }
    return activation == ACT_SIGMOID ? 1.0f / (1.0f + EXP(-value)) : value;
}

// The derivative by what the function took, out of what it gave.
DEVICE float slope(float given, int activation) {
    if (activation == ACT_RELU) {
        return given > 0.0f ? 1.0f : 0.0f;
    }
    return activation == ACT_SIGMOID ? given * (1.0f - given) : 1.0f;
}
