// Reads a fixture of one JSON object a line. Lines end at \n only: texts hold U+0085, U+2028 and
// the like.
#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace inferlab::test {

inline std::vector<nlohmann::json> readCases(const std::string &name)
{
    const std::string path = std::string(INFERLAB_FIXTURES) + "/text/" + name;
    std::ifstream file(path);
    std::vector<nlohmann::json> cases;
    for (std::string line; std::getline(file, line);)
        cases.push_back(nlohmann::json::parse(line));
    if (cases.empty())
        throw std::runtime_error("no cases in " + path);
    return cases;
}

} // namespace inferlab::test
