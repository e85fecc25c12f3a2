// Inclusive prefix sums of ints: each block scans its own (Hillis and Steele), then adds what the blocks before it hold.
extern "C" __global__ void scan_blocks(int* out, int* totals, const int* x, int n) {
    extern __shared__ int two[];
    int threads = blockDim.x, t = threadIdx.x, i = blockIdx.x * threads + t, from = 0;
    two[t] = i < n ? x[i] : 0;
    __syncthreads();
    for (int reach = 1; reach < threads; reach *= 2) {
        int to = from ^ 1;
        two[to * threads + t] = two[from * threads + t] + (t >= reach ? two[from * threads + t - reach] : 0);
        from = to;
        __syncthreads();
    }
    if (i < n) out[i] = two[from * threads + t];
    if (t == threads - 1) totals[blockIdx.x] = two[from * threads + t];
}

extern "C" __global__ void scan_add(int* out, const int* totals, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int before = 0;
    for (int b = 0; b < blockIdx.x; b++) before += totals[b];
    if (i < n) out[i] += before;
}
