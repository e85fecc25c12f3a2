#include "vectors.cuda.h"
#include "activation.h"

// Numbers of 16 bits are multiplied on tensor cores; float is exact.
#ifdef REAL_BF16
#include "conv_first_mma.cuda.h"
#else
#include "conv_first.cuda.h"
#endif
