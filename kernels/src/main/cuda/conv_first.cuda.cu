#include "conv_first.cuda.h"
