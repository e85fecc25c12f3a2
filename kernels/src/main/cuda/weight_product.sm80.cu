#define TENSOR_CORES
#include "weight_product.cuda.h"
