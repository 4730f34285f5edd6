#include "unread_types.h"

#include <array>
#include <string_view>

namespace inferlab {

namespace {

struct NamedType
{
    uint32_t id;
    std::string_view name;
    bool removed;
};

constexpr std::array<NamedType, 26> kTypes {{
    {4, "Q4_2", true},        {5, "Q4_3", true},        {9, "Q8_1", false},
    {15, "Q8_K", false},      {16, "IQ2_XXS", false},   {17, "IQ2_XS", false},
    {18, "IQ3_XXS", false},   {19, "IQ1_S", false},     {21, "IQ3_S", false},
    {22, "IQ2_S", false},     {24, "I8", false},        {25, "I16", false},
    {26, "I32", false},       {27, "I64", false},       {28, "F64", false},
    {29, "IQ1_M", false},     {31, "Q4_0_4_4", true},   {32, "Q4_0_4_8", true},
    {33, "Q4_0_8_8", true},   {34, "TQ1_0", false},     {35, "TQ2_0", false},
    {36, "IQ4_NL_4_4", true}, {37, "IQ4_NL_4_8", true}, {38, "IQ4_NL_8_8", true},
    {40, "NVFP4", false},     {41, "Q1_0", false},
}};

} // namespace

std::string describeUnknownType(uint32_t id)
{
    std::string number = "type " + std::to_string(id);
    for (const NamedType &type : kTypes) {
        if (type.id == id)
            return std::string(type.name) + " (" + number
                + (type.removed ? ", removed from the format)" : ")");
    }
    return number;
}

} // namespace inferlab
