// Where caches help a calibrated machine to read faster than its memory gives, in words.
#pragma once

#include "engine/model/roofline.h"

#include <string>

namespace inferlab {

// "92.1 where the same 16 MiB are read again and again, 60.4 of 128 MiB", in GB/s; empty where they
// clearly help nowhere.
std::string readRatesText(const DeviceLimits &limits);

} // namespace inferlab
