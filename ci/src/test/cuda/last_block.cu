// The block that finishes last adds up what all have left: a fence and a counter in place of a second launch.
extern "C" __global__ void last_block(float* sum, float* parts, unsigned* done, const float* x, int n) {
    __shared__ float part[128];
    __shared__ bool last;
    float mine = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) mine += x[i];
    part[threadIdx.x] = mine;
    __syncthreads();
    if (threadIdx.x == 0) {
        float total = 0;
        for (int t = 0; t < blockDim.x; t++) total += part[t];
        parts[blockIdx.x] = total;
        __threadfence();
        last = atomicAdd(done, 1u) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        __threadfence();
        float total = 0;
        for (int b = 0; b < gridDim.x; b++) total += ((volatile float*) parts)[b];
        *sum = total;
    }
}
