// What an option's value has to be, checked before it is converted: the parser's own checks let NaN
// through a range, wrap -1 around to the largest number, and do not say what they expected.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab::cli {

CLI::Validator wholeNumber(int64_t least, uint64_t most);
// Finite, in the range; both ends belong to it.
CLI::Validator realNumber(double least, double most);
// As well, but 0 itself does not belong to it.
CLI::Validator positiveNumber(double most);
CLI::Validator oneOf(const std::vector<std::string> &words);
// Not empty: what a shell makes of an unset variable.
CLI::Validator notEmpty();

// "1,8,32". Throws InputError naming `option`, with `expected`, for anything else, a number out of
// range and nothing between two commas included.
std::vector<int32_t> parseNumbers(std::string_view text, const std::string &option, int32_t least,
                                  int32_t most, const std::string &expected);

// A slip of the keyboard must not cost what was read: throws InputError naming `option` where the
// output is the same file as one of the `inputs` ("the model"); those that are empty or not there
// are passed over.
struct InputFile
{
    std::string name;
    std::string path;
};
void requireOtherThan(const std::vector<InputFile> &inputs, const std::string &output,
                      const std::string &option);

} // namespace inferlab::cli
