#include "vectors.cuda.h"
#include "activation.h"
#include "conv_first_mma.cuda.h"
