// One fault a kernel. The test that plants them names the line on which each is.
#define HERE (blockIdx.x * blockDim.x + threadIdx.x)

extern "C" __global__ void store_past_end(float* x, int n) {
    int i = HERE;
    if (i <= n) x[i] = 1;
}

extern "C" __global__ void load_before_start(float* y, const float* x) {
    int i = HERE;
    y[i] = x[i - 1];
}

extern "C" __global__ void quad_past_end(float4* y, const float4* x) {
    int i = HERE;
    y[i] = x[i];
}

extern "C" __global__ void quad_misaligned(float* y, const float* x) {
    int i = HERE;
    float4 v = *(const float4*) (x + 1 + 4 * i);
    y[i] = v.x + v.w;
}

extern "C" __global__ void word_misaligned(char* x) {
    int i = HERE;
    *(int*) (x + 1 + 4 * i) = i;
}

extern "C" __global__ void fill(float* x, float value, int n) {
    int i = HERE;
    if (i < n) x[i] = value;
}

extern "C" __global__ void twice(float* y, const float* x, int n) {
    int i = HERE;
    if (i < n) y[i] = 2 * x[i];
}

extern "C" __global__ void barrier_missing(float* y, const float* x) {
    __shared__ float part[64];
    part[threadIdx.x] = x[HERE];
    y[HERE] = part[63 - threadIdx.x];
}

extern "C" __global__ void warp_barrier_missing(int* y) {
    __shared__ int part[32];
    part[threadIdx.x] = threadIdx.x;
    y[threadIdx.x] = part[31 - threadIdx.x];
}

extern "C" __global__ void one_cell_for_all(int* y) {
    __shared__ int cell;
    cell = threadIdx.x;
    __syncthreads();
    y[HERE] = cell;
}

extern "C" __global__ void shared_past_end(int* y) {
    extern __shared__ int cells[];
    cells[threadIdx.x + 1] = threadIdx.x;
    __syncthreads();
    y[HERE] = cells[threadIdx.x];
}

extern "C" __global__ void shared_never_written(int* y) {
    __shared__ int part[64];
    if (threadIdx.x < 63) part[threadIdx.x] = threadIdx.x;
    __syncthreads();
    y[HERE] = part[threadIdx.x];
}

extern "C" __global__ void blocks_race(int* y) {
    y[threadIdx.x] = blockIdx.x;
}

extern "C" __global__ void threads_race(int* y) {
    y[HERE] = threadIdx.x;
    y[HERE ^ 32] += 1;
}

extern "C" __global__ void store_beside_atomic(int* y) {
    if (threadIdx.x == 40) y[0] = 7;
    else if (threadIdx.x == 0) atomicAdd(y, 1);
}

extern "C" __global__ void barriers_differ(int* y) {
    if (threadIdx.x < 32) asm volatile("bar.sync 1, 64;");
    else asm volatile("bar.sync 2, 64;");
    y[HERE] = 1;
}

extern "C" __global__ void read_lane_that_is_out(int* y) {
    if (threadIdx.x < 16) y[threadIdx.x] = __shfl_sync(0xffffffffu, threadIdx.x, 0);
}

extern "C" __global__ void trapped(int* y) {
    if (threadIdx.x == 5) __trap();
    y[HERE] = 1;
}
