// Layer norm, a warp a row: mean, variance, scale and shift; four floats at a time.
__device__ float warp_sum(float v) {
    for (int step = 16; step > 0; step /= 2) v += __shfl_xor_sync(0xffffffffu, v, step);
    return v;
}

extern "C" __global__ void layer_norm(float4* y, const float4* x, const float4* scale, const float4* shift, int rows, int quads) {
    int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;
    float sum = 0, squares = 0;
    for (int q = lane; q < quads; q += 32) {
        float4 v = x[row * quads + q];
        sum += v.x + v.y + v.z + v.w;
    }
    float mean = warp_sum(sum) / (4 * quads);
    for (int q = lane; q < quads; q += 32) {
        float4 v = x[row * quads + q];
        float a = v.x - mean, b = v.y - mean, c = v.z - mean, d = v.w - mean;
        squares += a * a + b * b + c * c + d * d;
    }
    float r = rsqrtf(warp_sum(squares) / (4 * quads) + 1e-5f);
    for (int q = lane; q < quads; q += 32) {
        float4 v = x[row * quads + q], s = scale[q], t = shift[q];
        y[row * quads + q] = make_float4((v.x - mean) * r * s.x + t.x, (v.y - mean) * r * s.y + t.y, (v.z - mean) * r * s.z + t.z,
                                         (v.w - mean) * r * s.w + t.w);
    }
}
