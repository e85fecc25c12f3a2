// Tensor cores through nvcuda::wmma: half with a tile in shared memory, bytes by columns, tf32 on sums that are there.
#include <mma.h>
using namespace nvcuda;

extern "C" __global__ void halves(float* c, const half* a, const half* b, int m, int n, int k) {
    __shared__ half tile[16 * 24];
    int row = blockIdx.y * 16, column = blockIdx.x * 16;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
    wmma::fill_fragment(sum, 0.0f);
    for (int at = 0; at < k; at += 16) {
        for (int i = threadIdx.x; i < 256; i += 32) {
            tile[i / 16 * 24 + i % 16] = b[(column + i / 16) * k + at + i % 16];
        }
        __syncwarp();
        wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::row_major> x;
        wmma::fragment<wmma::matrix_b, 16, 16, 16, half, wmma::col_major> y;
        wmma::load_matrix_sync(x, a + row * k + at, k);
        wmma::load_matrix_sync(y, tile, 24);
        wmma::mma_sync(sum, x, y, sum);
        __syncwarp();
    }
    for (int i = 0; i < sum.num_elements; i++) {
        sum.x[i] = fmaxf(sum.x[i], 0.0f);
    }
    wmma::store_matrix_sync(c + row * n + column, sum, n, wmma::mem_row_major);
}

extern "C" __global__ void bytes(int* c, const signed char* a, const signed char* b, int m, int n, int k) {
    wmma::fragment<wmma::accumulator, 32, 8, 16, int> sum;
    wmma::fill_fragment(sum, 0);
    for (int at = 0; at < k; at += 16) {
        wmma::fragment<wmma::matrix_a, 32, 8, 16, signed char, wmma::col_major> x;
        wmma::fragment<wmma::matrix_b, 32, 8, 16, signed char, wmma::row_major> y;
        wmma::load_matrix_sync(x, a + at * m, m);
        wmma::load_matrix_sync(y, b + at * n, n);
        wmma::mma_sync(sum, x, y, sum);
    }
    wmma::store_matrix_sync(c, sum, m, wmma::mem_col_major);
}

extern "C" __global__ void tf32(float* c, const float* a, const float* b) {
    wmma::fragment<wmma::accumulator, 16, 16, 8, float> sum;
    wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> x;
    wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::row_major> y;
    wmma::load_matrix_sync(sum, c, 16, wmma::mem_row_major);
    wmma::load_matrix_sync(x, a, 8);
    wmma::load_matrix_sync(y, b, 16);
    for (int i = 0; i < x.num_elements; i++) {
        x.x[i] = wmma::__float_to_tf32(x.x[i]);
    }
    for (int i = 0; i < y.num_elements; i++) {
        y.x[i] = wmma::__float_to_tf32(y.x[i]);
    }
    wmma::mma_sync(sum, x, y, sum);
    wmma::store_matrix_sync(c, sum, 16, wmma::mem_row_major);
}
