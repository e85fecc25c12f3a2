#include "product.cuda.h"
