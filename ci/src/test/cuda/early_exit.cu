// Threads that have nothing to do return: the barrier is for those that are left.
extern "C" __global__ void early_exit(int* out, const int* in, int n) {
    __shared__ int tile[128];
    int i = threadIdx.x;
    if (i >= n) {
        return;
    }
    tile[i] = in[i];
    __syncthreads();
    out[i] = tile[n - 1 - i];
}
