// Figures by numpy, scipy and kneed (tests/tools/make_measure_figures.py).
#pragma once

#include "engine/base/json.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace inferlab::test {

// The rows of one kind of figure.
inline Json measureFigures(const char *kind)
{
    std::ifstream file(INFERLAB_FIXTURES "/measure_figures.json");
    std::stringstream text;
    text << file.rdbuf();
    return parseJson(text.str(), "measure_figures.json").at(kind);
}

inline std::vector<double> numbers(const Json &list)
{
    return list.get<std::vector<double>>();
}

} // namespace inferlab::test
