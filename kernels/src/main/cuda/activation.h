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
