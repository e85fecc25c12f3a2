// Numbers of 16 bits are multiplied on tensor cores; float is exact.
#ifdef REAL_BF16
#define TENSOR_CORES
#endif
#include "weight_product.cuda.h"
