#define TENSOR_CORES
#include "product.cuda.h"
