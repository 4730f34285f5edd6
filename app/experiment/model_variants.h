// The files that hold one model in different types: what the quantisation experiment compares.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace inferlab {

// GGUF files beside `model`, itself among them, with the same architecture and the same number of
// parameters, which this program can run; most bytes first. Files that cannot be read are left out.
// Throws InputError when `model` itself cannot.
std::vector<std::string> modelVariants(const std::filesystem::path &model);

} // namespace inferlab
