#include "portable.h"

KERNEL_AS(clock_tick_i32)(GLOBAL int* clock) {
    clock[0]++;
    clock[2]++;
}
