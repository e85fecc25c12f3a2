// What a small net needs beside products and convolutions. Matrices are row-major: a row an image.
#define HERE (blockIdx.x * blockDim.x + threadIdx.x)

extern "C" __global__ void bias_sigmoid(float* y, const float* bias, int columns, int n) {
    int i = HERE;
    if (i < n) y[i] = 1 / (1 + __expf(-(y[i] + bias[i % columns])));
}

extern "C" __global__ void bias_relu(float* y, const float* bias, int columns, int n) {
    int i = HERE;
    if (i < n) y[i] = fmaxf(y[i] + bias[i % columns], 0.f);
}

extern "C" __global__ void sigmoid_backward(float* dy, const float* y, int n) {
    int i = HERE;
    if (i < n) dy[i] *= y[i] * (1 - y[i]);
}

extern "C" __global__ void relu_backward(float* dy, const float* y, int n) {
    int i = HERE;
    if (i < n && y[i] <= 0) dy[i] = 0;
}

// One thread an image of ten classes: the logits become their gradient; the losses are summed.
extern "C" __global__ void softmax_loss(float* logits, float* loss, const float* bias, const int* labels, int images) {
    int i = HERE;
    if (i >= images) return;
    float z[10], top = -INFINITY, sum = 0;
    for (int c = 0; c < 10; c++) {
        z[c] = logits[10 * i + c] + bias[c];
        top = fmaxf(top, z[c]);
    }
    for (int c = 0; c < 10; c++) sum += __expf(z[c] - top);
    float all = top + __logf(sum);
    for (int c = 0; c < 10; c++) {
        logits[10 * i + c] = (__expf(z[c] - all) - (c == labels[i])) / images;
        if (c == labels[i]) atomicAdd(loss, (all - z[c]) / images);
    }
}

// A thread a column.
extern "C" __global__ void column_sums(float* sums, const float* x, int rows, int columns) {
    int c = HERE;
    if (c >= columns) return;
    float sum = 0;
    for (int r = 0; r < rows; r++) sum += x[r * columns + c];
    sums[c] = sum;
}

extern "C" __global__ void adam(float* w, float* m, float* v, const float* g, float rate, int n) {
    int i = HERE;
    if (i >= n) return;
    float a = m[i] = 0.9f * m[i] + 0.1f * g[i];
    float b = v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
    w[i] -= rate * a / (sqrtf(b) + 1e-7f);
}

// How fast the interpreter streams.
extern "C" __global__ void relu(float* y, const float* x, int n) {
    int i = HERE;
    if (i < n) y[i] = fmaxf(x[i], 0.f);
}
