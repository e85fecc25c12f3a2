#include "clock.h"

KERNEL_AS(clock_tick_i32)(GLOBAL int* clock) {
    clock[CLOCK_STEP]++;
    clock[CLOCK_UPDATES]++;
}
