// Softmax of each row, a block a row: greatest value, sum of powers, quotient.
__device__ float block_all(float v, bool greatest) {
    __shared__ float warps[32];
    for (int step = 16; step > 0; step /= 2) {
        float other = __shfl_xor_sync(0xffffffffu, v, step);
        v = greatest ? fmaxf(v, other) : v + other;
    }
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = v;
    __syncthreads();
    v = warps[0];
    for (int w = 1; w < blockDim.x / 32; w++) v = greatest ? fmaxf(v, warps[w]) : v + warps[w];
    __syncthreads();
    return v;
}

extern "C" __global__ void softmax(float* y, const float* x, int columns) {
    const float* row = x + (long long) blockIdx.x * columns;
    float top = -INFINITY, sum = 0;
    for (int c = threadIdx.x; c < columns; c += blockDim.x) top = fmaxf(top, row[c]);
    top = block_all(top, true);
    for (int c = threadIdx.x; c < columns; c += blockDim.x) sum += expf(row[c] - top);
    sum = block_all(sum, false);
    for (int c = threadIdx.x; c < columns; c += blockDim.x) y[(long long) blockIdx.x * columns + c] = expf(row[c] - top) / sum;
}
