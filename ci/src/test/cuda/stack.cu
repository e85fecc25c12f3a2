// Local memory that is taken at run time, in a kernel and in a function that calls itself.
extern "C" __global__ void reverse(int* out, const int* in, int n) {
    int* room = (int*) alloca(n * sizeof(int));
    for (int i = 0; i < n; i++) {
        room[i] = in[i] + threadIdx.x;
    }
    for (int i = 0; i < n; i++) {
        out[threadIdx.x * n + i] = room[n - 1 - i];
    }
}

__device__ __noinline__ int deep(int n, const int* in) {
    int* room = (int*) alloca((n + 1) * sizeof(int));
    for (int i = 0; i <= n; i++) {
        room[i] = in[i];
    }
    int sum = n ? deep(n - 1, in) : 0;
    for (int i = 0; i <= n; i++) {
        sum += room[i];
    }
    return sum;
}

extern "C" __global__ void nested(int* out, const int* in, int times) {
    int sum = 0;
    for (int i = 0; i < times; i++) {
        sum += deep(threadIdx.x % 5, in);
    }
    out[threadIdx.x] = sum;
}
