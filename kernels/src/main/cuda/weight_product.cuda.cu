#include "weight_product.cuda.h"
