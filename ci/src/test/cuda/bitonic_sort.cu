// Bitonic sort of 2^k ints: steps that reach far in global memory, a launch each, near ones in shared memory.
extern "C" __global__ void bitonic_far(int* x, int size, int reach) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, other = i ^ reach;
    if (other > i) {
        int a = x[i], b = x[other];
        if ((a > b) == ((i & size) == 0)) {
            x[i] = b;
            x[other] = a;
        }
    }
}

extern "C" __global__ void bitonic_near(int* x, int size, int reach) {
    __shared__ int part[256];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    part[t] = x[i];
    __syncthreads();
    for (; reach > 0; reach /= 2) {
        int other = t ^ reach;
        if (other > t) {
            int a = part[t], b = part[other];
            if ((a > b) == ((i & size) == 0)) {
                part[t] = b;
                part[other] = a;
            }
        }
        __syncthreads();
    }
    x[i] = part[t];
}
